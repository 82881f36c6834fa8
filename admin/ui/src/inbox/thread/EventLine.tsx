import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Owner, Reason, Snooze } from "@/api/types";
import { useLanguage, useWords } from "@/i18n/words";
import { clock, exact, soon } from "@/lib/time";
import { useNames, useOwnerWords } from "@/session/data";
import { Because } from "./Because";
import s from "./thread.module.css";

const Steps = lazy(() => import("./Steps").then((m) => ({ default: m.Steps })));
const Elsewhere = lazy(() => import("../composer/lazy").then((m) => ({ default: m.Elsewhere })));

/** useReason words why an owner has a conversation. */
export function useReason(): (reason: Reason | undefined) => string {
  const { t, i18n } = useTranslation();
  return (reason) => {
    if (!reason?.code) return "";
    const key = `reason.${reason.code}` as "reason.asked";
    const known = i18n.exists(key) ? t(key) : reason.code;
    return reason.text ? `${known} · ${reason.text}` : known;
  };
}

/** useSleeps words until when a conversation is out of sight. */
export function useSleeps(): (snooze: Snooze) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return ({ until }) =>
    until ? t("inbox.sleepsUntil", { time: soon(until, language) }) : t("inbox.sleepsUntilReply");
}

/** EventLine is something that happened, small and centred, with its reason. */
export function EventLine({ message: m }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const owner = useOwnerWords(t);
  const names = useNames();
  const why = useReason();
  const words = useWords();
  const change = m.event?.owner;
  const kind = m.event?.kind ?? "unknown";

  const outside = change?.reason.code === "platform_desk";
  const other = m.event?.other;
  let text = "";
  if (other) {
    // Worded where it is drawn.
  } else if (change) {
    const by = names(change.by) || (change.by ? (m.name ?? "") : "");
    text = changeWords(change.to, by, owner(change.to));
  } else if (kind === "snoozed") {
    const { until = "", detail = "" } = m.event!;
    const by = names(m.sender) || m.name;
    text = until
      ? t("event.snoozed", { by, until: soon(until, language) })
      : t("event.snoozedUntilReply", { by });
    if (detail) text += ` · ${detail}`;
  } else if (kind === "woken") {
    const how = { customer: "Customer", agent: "Agent" }[m.event!.detail ?? ""] ?? "Time";
    text = t(`event.woken${how as "Time" | "Agent"}`, { by: names(m.sender) || m.name });
  } else if (kind === "overdue") {
    const { detail = "next", until = m.at } = m.event!;
    text = t(`event.overdue_${detail as "next"}`, { until: soon(until, language) });
  } else {
    const key = `event.${kind}` as "event.opened";
    text = i18n.exists(key) ? t(key, { score: m.event?.score }) : kind;
    const detail = words(m.event?.says) || m.event?.detail;
    if (detail) text += ` · ${detail}`;
  }
  const reason = change ? (outside ? change.reason.text : why(change.reason)) : "";

  return (
    <div className={s.event}>
      <span>
        {text}
        {other && (
          <Suspense>
            <Elsewhere kind={kind === "onward" ? "to" : "from"} other={other} by={m.name ?? ""} />
          </Suspense>
        )}
        {reason && <span className="faint"> · {reason}</span>}
        {change?.reason.steps && change.reason.steps.length > 0 && (
          <Because>
            <Suspense>
              <Steps steps={change.reason.steps} />
            </Suspense>
          </Because>
        )}
      </span>
      <time dateTime={m.at} title={exact(m.at, language)}>
        {clock(m.at, language)}
      </time>
    </div>
  );

  function changeWords(to: Owner, by: string, toWords: string): string {
    if (outside) return by ? t("event.outsideBy", { by }) : t("event.outside");
    if (to.kind === "closed") return by ? t("event.closedBy", { by }) : t("event.closed");
    if (by && to.kind === "agent" && change?.by === to.id) return t("event.taken", { by });
    return by ? t("event.ownerBy", { by, to: toWords }) : t("event.owner", { to: toWords });
  }
}
