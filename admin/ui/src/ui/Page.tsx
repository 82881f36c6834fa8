import { Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { nameTitle } from "@/lib/title";
import s from "./ui.module.css";

interface Props {
  title: ReactNode;
  /** One sentence that says what the page does. */
  lead?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  wide?: boolean;
  children: ReactNode;
}

/** Page is every screen but the inbox: a title, what it is for, and what to do. */
export function Page({ title, lead, actions, back, wide, children }: Props) {
  useEffect(() => {
    if (typeof title === "string") nameTitle(title);
  }, [title]);
  return (
    <div className={s.page}>
      <div className={`${s.pageIn} ${wide ? s.wide : ""}`}>
        {back && (
          <Link to={back.to as "/"} className={s.back}>
            <ChevronLeft aria-hidden />
            {back.label}
          </Link>
        )}
        <header className={s.pageHead}>
          <div>
            <h1>{title}</h1>
            {lead && <p>{lead}</p>}
          </div>
          {actions && <div className="row wrap">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

/** Section is a titled part of a page. */
export function Section({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <section className={s.section}>
      <header>
        <h2>{title}</h2>
        {lead && <p>{lead}</p>}
      </header>
      {children}
    </section>
  );
}

export function CardBox({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <div className={`${s.card} ${className}`}>{children}</div>;
}
