import { useTranslation } from "react-i18next";
import type { Step } from "@/api/types";
import "@/i18n/more/inbox";
import s from "./thread.module.css";

/** Steps are what was tried in turn while an owner was looked for. */
export function Steps({ steps }: { steps: Step[] }) {
  const { t, i18n } = useTranslation("more");
  const words = (step: Step) => {
    const key = `step.${step.code}` as "step.bot_none";
    if (!i18n.exists(key, { ns: "more" })) return step.words ?? step.code;
    return t(key, { ...step, team: step.team ? t("step.team", { name: step.team }) : t("step.noTeam") });
  };
  return (
    <ol className={s.steps}>
      {steps.map((step) => (
        <li key={JSON.stringify(step)}>{words(step)}</li>
      ))}
    </ol>
  );
}
