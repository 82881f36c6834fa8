import { AlarmClockOff, Timer } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { dueOf } from "@/lib/due";
import { soon, span, useNow } from "@/lib/time";
import s from "./ui.module.css";

interface Props {
  conversation: Pick<Conversation, "due" | "due_for" | "due_within">;
}

/** DueMark says how long there is to answer, or for how long somebody should have: in colour and in words. */
export function DueMark({ conversation }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const due = dueOf(conversation, now);
  if (!due) return null;
  const late = due.level === "late";
  const Icon = late ? AlarmClockOff : Timer;
  return (
    <span
      className={s.due}
      data-level={due.level}
      title={t(`due.until_${due.goal}`, { time: soon(due.at, language) })}
    >
      <Icon aria-hidden />
      <span className="cut">
        {t(late ? "due.late" : "due.left", { time: span(Math.abs(due.left), language) })}
      </span>
    </span>
  );
}
