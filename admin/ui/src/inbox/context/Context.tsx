import { ChevronDown } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { useStored } from "@/lib/stored";
import { Loading } from "@/ui/States";
import { useConversation } from "../thread/useConversation";
import s from "./context.module.css";
import { Timeline } from "./Timeline";

// Nobody waits for these to see the thread.
const Card = lazy(() => import("@/beside").then((m) => ({ default: m.Card })));
const HowItCame = lazy(() => import("@/beside").then((m) => ({ default: m.HowItCame })));
const History = lazy(() => import("@/beside").then((m) => ({ default: m.History })));

/** Context is what one should know beside what is said: who this is, how they came, what was before. */
export function Context({ id }: { id: ID }) {
  const { t } = useTranslation();
  const detail = useConversation(id).data;
  if (!detail) return <Loading rows={6} />;
  const { conversation, contact } = detail;
  return (
    <div className={s.context}>
      <Fold name="contact" title={t("context.contact")}>
        <Suspense fallback={<Loading rows={5} />}>
          <Card id={contact.id} />
        </Suspense>
      </Fold>
      <Fold name="came" title={t("context.came")}>
        <Suspense>
          <HowItCame conversation={conversation} />
        </Suspense>
      </Fold>
      <Fold name="timeline" title={t("context.timeline")}>
        <Timeline detail={detail} />
      </Fold>
      <Fold name="history" title={t("context.history")}>
        <Suspense>
          <History contact={contact.id} current={conversation.id} />
        </Suspense>
      </Fold>
    </div>
  );
}

function Fold({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  const [open, setOpen] = useStored(`fold.${name}`, true);
  return (
    <section className={s.fold}>
      <h3>
        <button type="button" className="bare" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="grow">{title}</span>
          <ChevronDown aria-hidden />
        </button>
      </h3>
      {open && <div className={s.inside}>{children}</div>}
    </section>
  );
}
