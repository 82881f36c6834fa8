import { Eye } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { useLive } from "@/live/store";
import s from "./thread.module.css";
import "@/i18n/more/inbox";

/** Company says who else has the conversation open. */
export function Company({ conversation }: { conversation: ID }) {
  const { t } = useTranslation("more");
  const others = Object.values(useLive((l) => l.company[conversation]) ?? {});
  if (others.length === 0) return null;
  const words = t("company.looks", { names: others.join(", "), count: others.length });
  return (
    <span className={s.company} role="status" title={words}>
      <Eye aria-hidden />
      <span className="cut">{words}</span>
    </span>
  );
}
