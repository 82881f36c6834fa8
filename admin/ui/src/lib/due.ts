import type { Conversation } from "@/api/types";

/** The shortest warning, in milliseconds. */
const SHORT = 60_000;

/**
 * dueOf is how long there is to answer, in milliseconds; less than nothing: for how long it is late. It is soon
 * in the last quarter of what the goal gives.
 */
export function dueOf(c: Pick<Conversation, "due" | "due_for" | "due_within">, now: number) {
  if (!c.due) return undefined;
  const left = Date.parse(c.due) - now;
  const warn = Math.max(SHORT, ((c.due_within ?? 0) * 60_000) / 4);
  const level: "late" | "soon" | "calm" = left <= 0 ? "late" : left <= warn ? "soon" : "calm";
  return { at: c.due, left, level, goal: c.due_for ?? "next" };
}
