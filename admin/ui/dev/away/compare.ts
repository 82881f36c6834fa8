import type { InfiniteData, Query } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";
import { listMessages } from "@/api/inbox";
import type { Account, Agent, Message, Session, Team } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane } from "@/live/cache";

type Page = { items: unknown[]; next?: string | null };

/** canonical is JSON of which there is one for a value: keys in order, and nothing that is not there. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  ) ?? "nothing";

/** Asks as the query itself would, past the cache. */
function ask(query: Query, pageParam?: unknown): Promise<unknown> {
  const run = query.options.queryFn as (context: object) => Promise<unknown>;
  return run({ queryKey: query.queryKey, pageParam, client: queryClient, meta: undefined });
}

/** paged compares as many rows as are held, and whether there are more. */
async function paged(query: Query, data: InfiniteData<Page>): Promise<[unknown, unknown]> {
  const held = data.pages.flatMap((p) => p.items);
  const more = Boolean(data.pages.at(-1)?.next);
  const fresh: unknown[] = [];
  let next: string | null | undefined;
  do {
    const page = (await ask(query, next)) as Page;
    fresh.push(...page.items);
    next = page.next;
  } while (next && fresh.length <= held.length);
  // A page may end where all does: then it says that there is more, and the next is empty.
  const whole = more ? fresh.slice(0, held.length) : fresh;
  return [held, whole];
}

/** thread compares as far back as was read, and whether there is more, or something that is not ours to see. */
async function thread(id: string, lane: Lane): Promise<[unknown, unknown]> {
  const held = lane.items.length;
  const fresh: Message[] = [];
  let next: string | null | undefined;
  let hidden = false;
  do {
    const page = await listMessages(id, Math.min(200, Math.max(50, held) - fresh.length), next ?? undefined);
    fresh.push(...page.items);
    hidden ||= page.hidden;
    next = page.next;
  } while (next && fresh.length < held);
  fresh.sort((a, b) => a.pos - b.pos);
  // The number orders two versions of a message. That a customer's message was read moves it for the customer's
  // browser, and nothing a colleague sees.
  const bare = (items: Message[]) => items.map((m) => ({ ...m, rev: undefined }));
  return [
    { items: bare(lane.items), more: lane.next !== null, hidden: lane.hidden },
    { items: bare(fresh), more: next !== null, hidden },
  ];
}

async function both(query: Query): Promise<[unknown, unknown]> {
  const { data, error } = query.state;
  if (data === undefined) {
    const held = error instanceof ApiError ? error.status : String(error);
    return [held, await ask(query).catch((e: unknown) => (e instanceof ApiError ? e.status : String(e)))];
  }
  if (query.queryKey[0] === "messages") return thread(String(query.queryKey[1]), data as Lane);
  if (typeof data === "object" && data && "pageParams" in data)
    return paged(query, data as unknown as InfiniteData<Page>);
  return [told(query, data), told(query, await ask(query))];
}

/**
 * told leaves out what is no state of the client's: the place in the feed at which a session was asked for, since the
 * socket holds the place; when each account last said something, which moves with every message and is told by no
 * entry, so that the page that shows it asks now and then; and what the hub does not tell who sees some conversations
 * only: how many others have or wait, and when somebody was last there.
 */
function told(query: Query, answer: unknown): unknown {
  const session = queryClient.getQueryData<Session>(keys.session);
  const some = !session?.permissions.includes("conversation.all");
  switch (query.queryKey[0]) {
    case "session":
      return { ...(answer as Session), seq: undefined };
    case "accounts":
      return (answer as Account[]).map((a) => ({
        ...a,
        state: { ...a.state, last_in: undefined, last_out: undefined },
      }));
    case "teams":
      return some ? (answer as Team[]).map((t) => ({ ...t, queued: undefined })) : answer;
    case "agents":
      return some
        ? (answer as Agent[]).map((a) => (a.id === session?.agent.id ? a : { ...a, load: undefined }))
        : answer;
    case "contact": // perhaps they wrote where one does not see it
      return some && !Array.isArray(answer) ? { ...(answer as object), seen: undefined } : answer;
  }
  return answer;
}

type Item = { id?: string; conversation?: { id: string }; message?: string };

/** parted leaves of two lists what is not in both, in the order of each. */
function parted(held: unknown, hub: unknown): [unknown, unknown] {
  if (!Array.isArray(held) || !Array.isArray(hub)) return [held, hub];
  const name = (i: Item) => i.message ?? i.conversation?.id ?? i.id;
  const [a, b] = [new Set(held.map(canonical)), new Set(hub.map(canonical))];
  const only = (all: unknown[], others: Set<string>) => all.filter((i) => !others.has(canonical(i)));
  const [x, y] = [only(held, b), only(hub, a)];
  if (x.length || y.length) return [x, y];
  return [held.map((i) => name(i as Item)), hub.map((i) => name(i as Item))];
}

export interface Compared {
  /** How many answers of the hub the client holds, and how many characters they have. */
  held: number;
  size: number;
  differ: { key: string; held: string; hub: string }[];
}

/** compare asks the hub for everything the client holds and takes for current. */
export async function compare(): Promise<Compared> {
  const out: Compared = { held: 0, size: 0, differ: [] };
  for (const query of queryClient.getQueryCache().getAll()) {
    const { data, isInvalidated } = query.state;
    if (!query.isActive() && (data === undefined || isInvalidated)) continue;
    const key = JSON.stringify(query.queryKey);
    if (data !== undefined && query.isActive() && isInvalidated) {
      out.differ.push({ key, held: "is old, and was not asked for again", hub: "" });
      continue;
    }
    const [a, b] = await both(query).catch((e: unknown): [unknown, unknown] => ["an answer", String(e)]);
    const [held, hub] = [canonical(a), canonical(b)];
    out.held++;
    out.size += held.length;
    if (held === hub) continue;
    const [only, others] = parted(a, b);
    out.differ.push({ key, held: canonical(only), hub: canonical(others) });
  }
  return out;
}
