import { useQuery } from "@tanstack/react-query";
import { client, items } from "@/api/client";
import type { ListQuery } from "@/api/inbox";
import type { Filter, ID, SavedView, Sort } from "@/api/types";
import { keys } from "@/live/cache";
import type { InboxSearch } from "@/router";

export const views = ["mine", "queue", "bots", "all", "snoozed", "closed"] as const;
export type BuiltIn = (typeof views)[number];
/** A view there always is, the mentions, or the id of a saved one. */
export type View = BuiltIn | (string & {});

export const builtIn = (view: View): view is BuiltIn => (views as readonly string[]).includes(view);
export const asView = (name: string): View =>
  builtIn(name) || name === "mentions" || /^[0-9a-f-]{36}$/.test(name) ? name : "mine";

const base: Record<BuiltIn, Filter> = {
  mine: { status: ["agent"], owner: ["me"] },
  queue: { status: ["queue"] },
  bots: { status: ["bot"] },
  all: { status: ["open"] },
  snoozed: { status: ["snoozed"], owner: ["me"] },
  closed: { status: ["closed"] },
};

/** What may be filtered by in the address: values are parted by commas. */
export const filters = ["status", "owner", "account", "team", "tag", "language", "priority"] as const;

export const sorts: readonly Sort[] = ["newest", "waiting", "due", "priority"];

/** filterOf is what an address filters by. */
export function filterOf(search: InboxSearch): Filter {
  const out: Record<string, unknown> = {};
  for (const name of filters) if (search[name]) out[name] = search[name].split(",");
  if (search.wait) out.wait = search.wait;
  if (search.overdue) out.overdue = true;
  if (search.sort) out.sort = search.sort;
  return out;
}

/** addressOf is the address of a filter. */
export function addressOf(filter: Filter): InboxSearch {
  const out: InboxSearch = {
    wait: filter.wait || undefined,
    overdue: filter.overdue || undefined,
    sort: filter.sort,
  };
  for (const name of filters) out[name] = filter[name]?.join() || undefined;
  return out;
}

/** listQuery is what a view with its filters asks the hub for. Queues show who waits longest first. */
export function listQuery(view: View, search: InboxSearch, saved?: SavedView): ListQuery {
  const query = { ...(saved?.filter ?? base[view as BuiltIn]), ...filterOf(search) };
  // One of the two: each has an order of its own.
  if (search.overdue) delete query.wait;
  else if (search.wait) delete query.overdue;
  return {
    ...query,
    sort: query.wait
      ? "waiting"
      : query.overdue
        ? "due"
        : (query.sort ?? (view === "queue" ? "waiting" : "newest")),
  };
}

export const useSavedViews = () =>
  useQuery({ queryKey: keys.views, queryFn: () => items<SavedView>(client.GET("/api/v1/views", {})) });

/** useSaved is one saved view; null: there is none of this id for us. */
export function useSaved(view: View): SavedView | null | undefined {
  const id = builtIn(view) ? "" : view;
  const all = useSavedViews().data;
  return id ? all && (all.find((v: { id: ID }) => v.id === id) ?? null) : undefined;
}
