import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RatingSettings, Words } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import s from "./rating.module.css";
import "@/i18n/more/settings";

const faces = ["😡", "🙁", "😐", "🙂", "😀"];
const picture = (scale: RatingSettings["scale"], score: number) =>
  scale === "stars" ? "★".repeat(score) : faces[score - 1];

/** RatingPreview is the question as the customer meets it, in the language of this interface. */
export function RatingPreview({ settings }: { settings: RatingSettings }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [given, setGiven] = useState(0);
  const own = (w: Words | undefined, builtIn: string) => w?.[language]?.trim() || builtIn;
  const question = own(settings.question, t("rating.own_question"));
  const scores = t("rating.own_scores").split("|");
  const written = settings.reasons?.map((r) => own(r, own({ en: r?.en ?? "", zh: "" }, r?.zh ?? ""))) ?? [];
  const reasons = written.filter(Boolean);
  return (
    <aside className={s.preview} aria-label={t("rating.preview")}>
      <h2>{t("rating.preview")}</h2>
      <h3>{t("rating.preview_site")}</h3>
      <div className={s.panel}>
        <p>{question}</p>
        <div className={s.scale}>
          {scores.map((words, i) => (
            <button
              key={words}
              type="button"
              className="bare"
              title={words}
              aria-label={words}
              aria-pressed={given === i + 1}
              onClick={() => setGiven(given === i + 1 ? 0 : i + 1)}
            >
              {settings.scale === "stars" ? (i < given ? "★" : "☆") : faces[i]}
            </button>
          ))}
        </div>
        {given > 0 && (
          <>
            <small>{`${picture(settings.scale, given)} ${scores[given - 1]}`}</small>
            <div className={s.chips}>
              {(reasons.length > 0 ? reasons : t("rating.own_reasons").split("|")).map((r) => (
                <span key={r}>{r}</span>
              ))}
            </div>
            <div className={s.note}>{t("rating.add")}</div>
            <p className="faint">{own(settings.thanks, t("rating.own_thanks"))}</p>
          </>
        )}
      </div>
      <h3>{t("rating.preview_chat")}</h3>
      <div className={s.bubble}>
        {question}
        {scores.map((words, i) => (
          <div key={words}>{`${i + 1}. ${picture(settings.scale, i + 1)} ${words}`}</div>
        ))}
      </div>
      <div className={s.ours}>{scores[4]}</div>
      <div className={s.bubble}>{own(settings.thanks, t("rating.own_thanks"))}</div>
      <p className="faint">{t("rating.preview_chat_help")}</p>
    </aside>
  );
}
