import { useTranslation } from "react-i18next";
import s from "./ui.module.css";

/** Score is how a customer rated a conversation: a star and how many of five. */
export function Score({ score }: { score: number }) {
  const { t } = useTranslation();
  const words = t("event.rated", { score });
  return (
    <span className={s.score} data-low={score < 3 || undefined} role="img" aria-label={words} title={words}>
      ★ {score}
    </span>
  );
}
