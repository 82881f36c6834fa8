import { Check, CircleSlash, Minus, MoveDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Capabilities as Data, Level } from "@/api/types";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

const parts = [
  "text",
  "media.image",
  "media.voice",
  "media.audio",
  "media.video",
  "media.file",
  "location",
  "sticker",
  "contact",
  "choices.quick",
  "choices.buttons",
  "choices.list",
  "card.product",
  "card.link",
] as const;
const operations = ["edit", "revoke", "reply", "react", "typing", "mark_read"] as const;

const icons: Record<Level, typeof Check> = {
  full: Check,
  partial: Minus,
  degrade: MoveDown,
  drop: CircleSlash,
  reject: CircleSlash,
};

/** Capabilities says in people's words what the channel carries, and what becomes of the rest. */
export function Capabilities({ capabilities: c }: { capabilities: Data }) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const line = (key: string, label: string, level: Level) => {
    const Icon = icons[level];
    return (
      <li key={key} data-level={level}>
        <span className="grow">{label}</span>
        <Icon aria-hidden />
        <span className={s.level}>{more(`level.${level}`)}</span>
      </li>
    );
  };
  const limit = c.text?.max
    ? more("capability.limit", { max: c.text.max, unit: t(`unit.${c.text.unit || "runes"}`) })
    : "";
  return (
    <div className={s.capabilities}>
      <ul aria-label={more("capability.parts")}>
        {parts.map((p) =>
          line(
            p,
            more(`capability.${p.replace(".", "_") as "text"}`) +
              (p === "text" && limit ? ` · ${limit}` : ""),
            c.parts?.[p] ?? "degrade",
          ),
        )}
      </ul>
      <ul aria-label={more("capability.ops")}>
        {operations.map((o) => line(o, more(`capability.op_${o}`), c.ops?.[o] ?? "drop"))}
        <li>
          <span className="grow">{more("capability.receipts")}</span>
          <span className={s.level}>
            {c.receipts?.length
              ? c.receipts.map((r) => t(`delivery.${r as "read"}`)).join(" · ")
              : more("capability.none")}
          </span>
        </li>
      </ul>
    </div>
  );
}
