import type { InfiniteData } from "@tanstack/react-query";
import { words } from "@/api/canon";
import type { ListQuery } from "@/api/inbox";
import type { Conversation, ID, List, Message, Row } from "@/api/types";

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
  contact: (id: ID) => ["contact", id] as const,
};

export type Lists = InfiniteData<List<Row>, string | undefined>;

/** Lane is what is known of a thread's messages, oldest first. */
export interface Lane {
  thread: ID | undefined;
  items: Message[];
  rev: number;
  more: boolean;
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

/** fits reports whether a conversation belongs into a list. */
export function fits(query: ListQuery, c: Conversation, me: ID): boolean {
  const { status = ["open"], owner, account, team, tag, language, wait } = query;
  const kind = c.snooze ? "snoozed" : c.owner.kind;
  const open = kind !== "snoozed" && kind !== "closed";
  if (!status.includes(kind) && !(open && status.includes("open"))) return false;
  if (owner?.length) {
    const mine = owner.includes("me") && (c.owner.id === me || c.colleagues.includes(me));
    if (!mine && !owner.includes(c.owner.id ?? "")) return false;
  }
  if (account?.length && !account.includes(c.account)) return false;
  if (team?.length && !team.includes(c.owner.team ?? "none")) return false;
  if (tag?.length && !tag.some((id) => c.tags.includes(id))) return false;
  if (language?.length && !language.includes((c.locale ?? "").toLowerCase().split(/[-_]/)[0]!)) return false;
  if ((query.sort === "waiting" || wait) && !c.waiting_since) return false;
  return !wait || Date.parse(c.waiting_since!) <= Date.now() - wait * 60_000;
}

/** order compares two rows as the hub sorts them. */
export function order(sort: ListQuery["sort"]): (a: Row, b: Row) => number {
  const newest = (a: Row, b: Row) => Date.parse(b.conversation.last_at) - Date.parse(a.conversation.last_at);
  if (sort !== "waiting") return newest;
  const since = (r: Row) =>
    r.conversation.waiting_since ? Date.parse(r.conversation.waiting_since) : Infinity;
  return (a, b) => since(a) - since(b) || newest(a, b);
}

/** place puts a row where it belongs now: in, moved, or out. Beyond the last loaded row it is left for paging. */
export function place(lists: Lists, query: ListQuery, row: Row, me: ID): Lists {
  const rows = lists.pages.flatMap((p) => p.items);
  const next = lists.pages.at(-1)?.next ?? null;
  const without = rows.filter((r) => r.conversation.id !== row.conversation.id);
  const known = without.length !== rows.length;
  if (!fits(query, row.conversation, me)) return known ? repage(lists, without, next) : lists;
  const compare = order(query.sort);
  const at = without.findIndex((r) => compare(row, r) < 0);
  if (at < 0 && next !== null && !known) return lists;
  without.splice(at < 0 ? without.length : at, 0, row);
  return repage(lists, without, next);
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

/** touched is the conversation after a message, until the hub's own version of it arrives. */
export function touched(c: Conversation, m: Message): Conversation {
  if (m.from === "event" || m.from === "note" || Date.parse(m.at) < Date.parse(c.last_at)) return c;
  const text = words(m.content);
  const next = { ...c, last_at: m.at, last_from: m.from, last_text: text.slice(0, 200) };
  if (m.from === "customer") {
    next.unread = c.unread + 1;
    if (c.owner.kind !== "bot") next.waiting_since = c.waiting_since ?? m.at;
  }
  if (m.from === "agent") next.waiting_since = undefined;
  return next;
}
