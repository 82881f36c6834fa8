import { useTranslation } from "react-i18next";
import s from "./search.module.css";
import "@/i18n/more/search";

const today = () => new Date().toLocaleDateString("en-CA");

/** Hints are the operators, to be put into the question with a click. */
export function Hints({ add }: { add: (text: string) => void }) {
  const { t } = useTranslation("more");
  const all = [
    { says: t("find.hintFrom"), text: `from:${t("find.exampleFrom")}` },
    { says: t("find.hintIn"), text: `in:${t("find.exampleIn")}` },
    { says: t("find.hintTag"), text: `tag:${t("find.exampleTag")}` },
    { says: t("find.hintAfter"), text: `after:${today()}` },
    { says: t("find.hintBefore"), text: `before:${today()}` },
    { says: t("find.hintQuoted"), text: t("find.exampleQuoted") },
  ];
  return (
    <section className={s.hints} aria-label={t("find.hints")}>
      <p className="muted">{t("find.start")}</p>
      <ul>
        {all.map((h) => (
          <li key={h.text}>
            <button type="button" className={`bare ${s.hint}`} onClick={() => add(h.text)}>
              <code>{h.text}</code>
              <span className="muted">{h.says}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
