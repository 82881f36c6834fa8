import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Content } from "@/api/canon";
import { ApiError, OfflineError } from "@/api/errors";
import { postMessage } from "@/api/inbox";
import type { ID, Message } from "@/api/types";
import { queryClient } from "@/lib/query";
import { amend, keys, type Lane, merge } from "@/live/cache";

/** Pending is a message written here that the hub has not confirmed. */
export interface Pending {
  client_id: string;
  conversation: ID;
  content: Content;
  reply_to?: ID;
  note: boolean;
  hold?: boolean;
  /** The newest place one knew of when it was written: a colleague's answer since is told first. */
  seen?: number;
  mentions?: ID[];
  at: number;
  /** waiting: for the connection; failed: the hub refused it. */
  state: "sending" | "waiting" | "failed";
  error?: { text: string; remedy?: string; requestId?: string; code?: string };
}

const stored = "parley.outbox";
/** How many may wait for the connection. */
export const MAX_WAITING = 50;

function load(): Pending[] {
  try {
    const items = JSON.parse(localStorage.getItem(stored) ?? "[]") as Pending[];
    // What was on its way when the page closed is asked again, under the same key.
    return items.map((i) => (i.state === "sending" ? { ...i, state: "waiting" } : i));
  } catch {
    return [];
  }
}

export const useOutbox = create<{ items: Pending[] }>(() => ({ items: load() }));

function update(change: (items: Pending[]) => Pending[]): void {
  useOutbox.setState((s) => ({ items: change(s.items) }));
  localStorage.setItem(stored, JSON.stringify(useOutbox.getState().items));
}

const set = (id: string, change: Partial<Pending>) =>
  update((items) => items.map((i) => (i.client_id === id ? { ...i, ...change } : i)));

export const dropPending = (id: string): void => update((items) => items.filter((i) => i.client_id !== id));

export const usePending = (conversation: ID): Pending[] =>
  useOutbox(useShallow((s) => s.items.filter((i) => i.conversation === conversation)));

/** One message after another in each conversation, so that none overtakes. */
const lanes = new Map<ID, Promise<void>>();

function enqueue(id: string, conversation: ID): Promise<void> {
  const next = (lanes.get(conversation) ?? Promise.resolve()).then(() => deliver(id));
  lanes.set(conversation, next);
  return next;
}

async function deliver(id: string): Promise<void> {
  const item = useOutbox.getState().items.find((i) => i.client_id === id);
  if (!item || item.state === "failed") return;
  set(id, { state: "sending" });
  try {
    const { client_id, content, reply_to, note, hold, seen, mentions } = item;
    const posting = { client_id, content, reply_to, note, hold, seen, mentions };
    const message = await postMessage(item.conversation, posting);
    confirm(item.conversation, message);
    dropPending(id);
  } catch (error) {
    if (error instanceof OfflineError || (error instanceof ApiError && error.status === 503)) {
      set(id, { state: "waiting" });
      return;
    }
    const problem = error instanceof ApiError ? error.problem : undefined;
    set(id, {
      state: "failed",
      error: {
        text: problem?.detail || problem?.title || String(error),
        remedy: problem?.remedy,
        requestId: problem?.request_id,
        code: problem?.code,
      },
    });
  }
}

/**
 * confirm puts the hub's copy into the thread before the echo goes, so that nothing flickers. Where the
 * feed was faster, what it told since is newer than this answer, and stays.
 */
function confirm(conversation: ID, message: Message): void {
  amend<Lane>(queryClient, keys.messages(conversation), (lane) =>
    lane.items.some((m) => m.id === message.id) ? lane : merge(lane, [message]),
  );
}

/** send shows a message at once and delivers it; false: too many wait already. */
export function send(
  conversation: ID,
  content: Content,
  note: boolean,
  replyTo?: ID,
  hold?: boolean,
  seen?: number,
  mentions?: ID[],
): boolean {
  const { items } = useOutbox.getState();
  if (items.filter((i) => i.state === "waiting").length >= MAX_WAITING) return false;
  const client_id = crypto.randomUUID();
  const withId = { ...content, client_id };
  update((all) => [
    ...all,
    {
      client_id,
      conversation,
      content: withId,
      reply_to: replyTo,
      note,
      hold,
      seen,
      mentions: mentions?.length ? mentions : undefined,
      at: Date.now(),
      state: "sending",
    },
  ]);
  void enqueue(client_id, conversation);
  return true;
}

export function resend(id: string): void {
  const item = useOutbox.getState().items.find((i) => i.client_id === id);
  if (!item) return;
  // Who was told of a colleague's answer sends theirs all the same.
  set(id, { state: "waiting", error: undefined, seen: undefined });
  void enqueue(id, item.conversation);
}

/** flushOutbox delivers what waited for the connection, in the order it was written. */
export async function flushOutbox(): Promise<void> {
  const waiting = useOutbox.getState().items.filter((i) => i.state === "waiting");
  await Promise.all(waiting.map((i) => enqueue(i.client_id, i.conversation)));
}
