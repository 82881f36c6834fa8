import type { ID, Message } from "@/api/types";
import { dayKey } from "@/lib/time";
import type { Pending } from "../composer/outbox";

/** Line is one row of the thread as it is drawn. */
export type Line =
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: string }
  | { kind: "message"; key: string; message: Message; head: boolean; tail: boolean }
  | { kind: "pending"; key: string; pending: Pending; head: boolean };

const TOGETHER = 5 * 60_000;

/** keyOf is the same for an echo and for what the hub made of it, so that the row stays in place. */
const keyOf = (m: Message) => m.content?.client_id || m.id;

/**
 * lines lays a thread out: days, the first unread, messages grouped by speaker,
 * and at the end what was written here and is not yet known to the hub.
 */
export function lines(messages: Message[], pending: Pending[], firstUnread: ID | undefined): Line[] {
  const out: Line[] = [];
  const arrived = new Set<string>();
  let day = "";
  let last: Message | undefined;
  for (const message of messages) {
    if (message.content?.client_id) arrived.add(message.content.client_id);
    const today = dayKey(message.at);
    if (today !== day) {
      out.push({ kind: "day", key: `day ${today}`, at: message.at });
      day = today;
      last = undefined;
    }
    if (message.id === firstUnread) {
      out.push({ kind: "unread", key: "unread" });
      last = undefined;
    }
    const head =
      !last ||
      last.from !== message.from ||
      last.sender !== message.sender ||
      last.conversation !== message.conversation ||
      Date.parse(message.at) - Date.parse(last.at) > TOGETHER;
    const before = out.at(-1);
    if (!head && before?.kind === "message") before.tail = false;
    out.push({ kind: "message", key: keyOf(message), message, head, tail: true });
    last = message;
  }
  for (const p of pending) {
    // The hub's own copy replaces the echo; it never stands beside it.
    if (arrived.has(p.client_id)) continue;
    const mine = last?.from === (p.note ? "note" : "agent");
    out.push({ kind: "pending", key: p.client_id, pending: p, head: !mine });
  }
  return out;
}

/** firstUnreadOf is the first of the customer's last n messages. */
export function firstUnreadOf(messages: Message[], unread: number): ID | undefined {
  let left = unread;
  for (let i = messages.length - 1; i >= 0 && left > 0; i--) {
    if (messages[i]!.from === "customer" && --left === 0) return messages[i]!.id;
  }
  return undefined;
}
