import { Flag } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Priority } from "@/api/types";
import s from "./ui.module.css";

/** PriorityMark says how urgent a conversation is, where it is more than any. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useTranslation();
  return (
    <span className={s.priority} data-priority={priority}>
      <Flag aria-hidden />
      {t(`priority.${priority}`)}
    </span>
  );
}
