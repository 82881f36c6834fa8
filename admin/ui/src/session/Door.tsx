import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { languages, speak } from "@/i18n";
import { useLanguage } from "@/i18n/words";
import s from "./session.module.css";

/** Door is the page before the house: setup and sign-in. */
export function Door({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <main className={s.door}>
      <div className={s.card}>
        <div className={s.brand}>
          <img src="/icon.svg" alt="" width={32} height={32} />
          <span>{t("app.name")}</span>
        </div>
        <h1>{title}</h1>
        <p className="muted">{lead}</p>
        <div className={s.form}>{children}</div>
      </div>
      <nav className={s.languages} aria-label={t("profile.language")}>
        {languages.map((l) => (
          <button
            key={l}
            type="button"
            className="bare"
            aria-pressed={l === language}
            onClick={() => speak(l)}
          >
            {t(`language.${l}`)}
          </button>
        ))}
      </nav>
    </main>
  );
}
