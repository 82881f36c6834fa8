import { Info, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { lengthIn } from "@/lib/format";
import { soon, span, useNow } from "@/lib/time";
import s from "./composer.module.css";

interface Props {
  capabilities: Capabilities | undefined;
  text: string;
}

/** useShut tells that the channel takes nothing but a template until the customer writes. */
export function useShut(c: Capabilities | undefined): boolean {
  const now = useNow();
  const w = c?.window;
  return !!w?.closes && (Date.parse(w.closes) <= now || (w.messages > 0 && !w.left));
}

/** TruthLine says, only when it matters, what the channel will allow and what it will change. */
export function TruthLine({ capabilities: c, text }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  if (!c) return null;
  const facts: string[] = [];
  let serious = false;

  const { window: w, quota: q } = c;
  if (w?.closes) {
    const left = Date.parse(w.closes) - now;
    serious ||= left <= 0 || (w.messages > 0 && !w.left);
    if (left <= 0) facts.push(t("truth.closed"));
    else {
      facts.push(t("truth.closes", { time: span(left, language) }));
      if (w.messages) facts.push(t("truth.left", { count: w.left ?? 0 }));
    }
  }
  if (q?.limit) {
    const count = Math.max(0, q.limit - q.used);
    facts.push(
      q.ends ? t("truth.quota", { count, time: soon(q.ends, language) }) : t("truth.left", { count }),
    );
  }

  if (c.text?.max && text) {
    const length = lengthIn(text, c.text.unit);
    if (length > c.text.max * 0.8) facts.push(t("truth.length", { length, max: c.text.max }));
  }
  if (facts.length === 0) return null;
  const Icon = serious ? TriangleAlert : Info;
  return (
    <div className={s.truth} data-serious={serious || undefined} role="status">
      <Icon aria-hidden />
      {facts.join(" · ")}
    </div>
  );
}
