import { useTranslation } from "react-i18next";
import type { Health as HealthName, LinkState } from "@/api/types";
import { useWords } from "@/i18n/words";
import s from "./ui.module.css";

/** HealthDot is the light alone, for a row that names its account; shape differs as well as colour. */
export function HealthDot({ health }: { health: HealthName }) {
  const { t } = useTranslation();
  return (
    <span className={`${s.health} ${s[health] ?? ""}`} title={t(`health.${health}`)}>
      <span className={s.dot} aria-hidden />
      <span className="sr">{t(`health.${health}`)}</span>
    </span>
  );
}

/** HealthLine is the light with its reason in words. */
export function HealthLine({ state, paused }: { state: LinkState; paused?: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const health = paused ? "unknown" : state.health;
  return (
    <span className={`${s.health} ${s[health] ?? ""}`}>
      <span className={s.dot} aria-hidden />
      <span className="cut">{paused ? t("health.paused") : words(state.text) || t(`health.${health}`)}</span>
    </span>
  );
}
