import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { ListQuery, Page } from "@/api/inbox";
import type { Conversation, ID, List, Mention, Message, Row } from "@/api/types";

/** The names under which the cache keeps what the inbox shows. */
export const keys = {
  lists: ["conversations"] as const,
  list: (query: ListQuery) => ["conversations", query] as const,
  conversation: (id: ID) => ["conversation", id] as const,
  messages: (id: ID) => ["messages", id] as const,
  tallies: ["tallies"] as const,
  views: ["views"] as const,
  bulk: (id: ID) => ["bulk", id] as const,
  session: ["session"] as const,
  agents: ["agents"] as const,
  teams: ["teams"] as const,
  tags: ["tags"] as const,
  canned: ["canned"] as const,
  accounts: ["accounts"] as const,
  bots: ["bots"] as const,
  contentment: ["contentment"] as const,
  contact: (id: ID) => ["contact", id] as const,
  history: (id: ID) => ["contact", id, "conversations"] as const,
  identities: (id: ID) => ["identities", id] as const,
  mentions: ["mentions"] as const,
};

/**
 * amend changes what is held of something. What is known to be old and not shown is left so: changed, it would
 * pass for new. Shown, it is changed, and still asked for again.
 */
export function amend<T>(cache: QueryClient, queryKey: readonly unknown[], change: (had: T) => T): void {
  const query = cache.getQueryCache().find({ queryKey, exact: true });
  if (query?.state.data === undefined) return;
  const old = query.state.isInvalidated || query.state.status === "error";
  if (old && !query.isActive()) return;
  cache.setQueryData<T>(queryKey, (had) => had && change(had));
  if (old) query.invalidate(); // it still is, until it was answered
}

export type Lists = InfiniteData<List<Row>, string | undefined>;

/** Shown is conversations where they stand in an order of their own: those of a person, and those of mentions. */
export type Shown = InfiniteData<List<Row | Mention>, string | undefined>;

const rowOf = (item: Row | Mention): Row | undefined => ("conversation" in item ? item : item.row);

/** shows reports whether a row that is as asked stands there. */
export const shows = (shown: Shown, is: (row: Row) => boolean): boolean =>
  shown.pages.some((p) =>
    p.items.some((i) => {
      const row = rowOf(i);
      return row !== undefined && is(row);
    }),
  );

/** redraw changes rows where they stand. */
export function redraw(shown: Shown, now: (row: Row) => Row): Shown {
  const item = (i: Row | Mention) => {
    const row = rowOf(i);
    if (!row) return i;
    const next = now(row);
    return next === row ? i : "conversation" in i ? next : { ...i, row: next };
  };
  return { ...shown, pages: shown.pages.map((p) => ({ ...p, items: p.items.map(item) })) };
}

/** Lane is what is known of a thread's messages, oldest first. */
export interface Lane {
  thread: ID | undefined;
  items: Message[];
  rev: number;
  /** Where older ones go on; null: there are none. */
  next: string | null;
  /** Some are left out, which are not ours to see. */
  hidden: boolean;
}

/** merge puts messages into a lane; of two versions of one the later revision stays. */
export function merge(lane: Lane, incoming: Message[]): Lane {
  const byId = new Map(lane.items.map((m) => [m.id, m]));
  let rev = lane.rev;
  for (const m of incoming) {
    rev = Math.max(rev, m.rev);
    const had = byId.get(m.id);
    if (!had || m.rev >= had.rev) byId.set(m.id, m);
  }
  const items = [...byId.values()].sort((a, b) => a.pos - b.pos);
  return { ...lane, items, rev, thread: lane.thread ?? incoming[0]?.thread };
}

/** extend puts older messages before those of a lane. */
export function extend(lane: Lane, { items, next, hidden }: Page): Lane {
  return { ...merge(lane, items), next, hidden: lane.hidden || hidden };
}

/** fits reports whether a conversation belongs into a list. */
export function fits(query: ListQuery, c: Conversation, me: ID): boolean {
  const { status = ["open"], owner, account, team, tag, language, priority, wait, overdue } = query;
  const kind = c.snooze ? "snoozed" : c.owner.kind;
  const open = kind !== "snoozed" && kind !== "closed";
  if (!status.includes(kind) && !(open && status.includes("open"))) return false;
  // Mine is also what one was added to.
  const owned = (o: ID) => (o === "me" ? c.owner.id === me || c.colleagues.includes(me) : c.owner.id === o);
  if (owner?.length && !owner.some(owned)) return false;
  if (account?.length && !account.includes(c.account)) return false;
  if (team?.length && !team.includes(c.owner.team ?? "none")) return false;
  if (tag?.length && !tag.some((id) => c.tags.includes(id))) return false;
  if (language?.length && !language.includes((c.locale ?? "").toLowerCase().split(/[-_]/)[0]!)) return false;
  if (priority?.length && !priority.includes(c.priority ?? "none")) return false;
  if ((query.sort === "waiting" || wait) && !c.waiting_since) return false;
  if ((query.sort === "due" || overdue) && !c.due) return false;
  if (overdue && Date.parse(c.due!) > Date.now()) return false;
  return !wait || Date.parse(c.waiting_since!) <= Date.now() - wait * 60_000;
}

/** order compares two rows as the hub sorts them; where times are the same, by id. */
export function order(sort: ListQuery["sort"]): (a: Row, b: Row) => number {
  const later = (a: Row, b: Row) => (a.conversation.id > b.conversation.id ? 1 : -1);
  const at = (time: string | undefined) => (time ? Date.parse(time) : Infinity);
  const urgency = ({ conversation: { priority } }: Row) => (priority ? (priority === "urgent" ? 2 : 1) : 0);
  if (sort === "waiting")
    return (a, b) => at(a.conversation.waiting_since) - at(b.conversation.waiting_since) || later(a, b);
  if (sort === "due") return (a, b) => at(a.conversation.due) - at(b.conversation.due) || later(a, b);
  const newer = (a: Row, b: Row) => at(b.conversation.last_at) - at(a.conversation.last_at) || later(b, a);
  return sort === "priority" ? (a, b) => urgency(b) - urgency(a) || newer(a, b) : newer;
}

/** place puts a row where it belongs now: in, moved, or out. Beyond the last loaded row it is left for paging. */
export function place(lists: Lists, query: ListQuery, row: Row, me: ID): Lists {
  const rows = lists.pages.flatMap((p) => p.items);
  const next = lists.pages.at(-1)?.next ?? null;
  const had = rows.findIndex((r) => r.conversation.id === row.conversation.id);
  const without = had < 0 ? rows : rows.toSpliced(had, 1);
  if (!fits(query, row.conversation, me)) return had < 0 ? lists : repage(lists, without, next);
  const compare = order(query.sort);
  const at = without.findIndex((r) => compare(row, r) < 0);
  // Past the last loaded row it is paging's, unless it was that row and did not move down.
  if (at < 0 && next !== null && !(had === rows.length - 1 && had >= 0 && compare(row, rows[had]!) <= 0))
    return had < 0 ? lists : repage(lists, without, next);
  return repage(lists, without.toSpliced(at < 0 ? without.length : at, 0, row), next);
}

/** repage keeps the cursors: one page more or less long does no harm, a lost cursor would. */
function repage(lists: Lists, rows: Row[], next: string | null): Lists {
  const pages: List<Row>[] = [];
  let from = 0;
  lists.pages.forEach((page, i) => {
    const last = i === lists.pages.length - 1;
    const to = last ? rows.length : Math.min(rows.length, from + page.items.length);
    pages.push({ items: rows.slice(from, to), next: last ? next : page.next });
    from = to;
  });
  return { ...lists, pages };
}
