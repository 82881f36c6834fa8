import type { ListQuery } from "@/api/inbox";
import type { InboxSearch } from "@/router";

export const views = ["mine", "queue", "bots", "all", "closed"] as const;
export type View = (typeof views)[number];

export const asView = (name: string): View =>
  (views as readonly string[]).includes(name) ? (name as View) : "mine";

const base: Record<View, ListQuery> = {
  mine: { status: "agent", owner: "me" },
  queue: { status: "queue" },
  bots: { status: "bot" },
  all: { status: "open" },
  closed: { status: "closed" },
};

/** listQuery is what a view with its filters asks the hub for. Queues show who waits longest first. */
export function listQuery(view: View, search: InboxSearch): ListQuery {
  const sort = search.sort ?? (view === "queue" ? "waiting" : "newest");
  const query: ListQuery = { ...base[view], sort };
  if (search.account) query.account = search.account;
  if (search.team && view === "queue") query.team = search.team;
  if (search.tag) query.tag = search.tag;
  return query;
}
