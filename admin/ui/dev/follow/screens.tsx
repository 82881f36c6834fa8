import { type Query, QueryClientProvider, type QueryFunction } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { listNotes } from "@/api/book";
import { getConversation, type ListQuery, listConversations, listMessages } from "@/api/inbox";
import type { Account, ID, Message, Row } from "@/api/types";
import { getBulk } from "@/api/views";
import { useBook } from "@/contacts/data";
import { useContact } from "@/inbox/context/useContact";
import { useList } from "@/inbox/list/useList";
import { useConversation } from "@/inbox/thread/useConversation";
import { useLane } from "@/inbox/thread/useLane";
import { listQuery, useSavedViews, views } from "@/inbox/views/query";
import { useTallies } from "@/inbox/views/useTallies";
import { queryClient } from "@/lib/query";
import type { Lane, Lists } from "@/live/cache";
import { apply, follow } from "@/live/follow";
import type { Socket } from "@/live/socket";
import { useAccounts, useAgents, useBots, useTags, useTeams } from "@/session/data";
import { sessionQuery, useCan } from "@/session/useSession";

let link: Socket;
let draw: (conversations: ID[]) => void;

/** start opens the screens of somebody signed in. */
export async function start(): Promise<void> {
  // Nothing is asked for again because time passed: what is shown, the feed told.
  const { queries } = queryClient.getDefaultOptions();
  queryClient.setDefaultOptions({ queries: { ...queries, staleTime: Number.POSITIVE_INFINITY } });
  await queryClient.fetchQuery(sessionQuery);
  const root = createRoot(document.createElement("div"));
  draw = (conversations) =>
    root.render(
      <QueryClientProvider client={queryClient}>
        <Small />
        {views.map((view) => (
          <List key={view} query={listQuery(view, {})} />
        ))}
        <Filtered />
        {conversations.map((id) => (
          <Thread key={id} id={id} />
        ))}
      </QueryClientProvider>,
    );
  draw([]);
  link = follow();
}

/** show opens conversations, and leaves others. */
export const show = (conversations: ID[]): void => draw(conversations);

function Small() {
  useTallies();
  useAgents();
  useTeams();
  useTags();
  useAccounts();
  useBots();
  useSavedViews();
  useBook({}, useCan()("contact.list"));
  return null;
}

function List({ query }: { query: ListQuery }) {
  useList(query, true);
  return null;
}

/** Lists by whatever there is to filter by. */
function Filtered() {
  const team = useTeams().data?.[0]?.id;
  const tag = useTags().data?.find((t) => t.scope === "conversation")?.id;
  const agent = useAgents().data?.[0]?.id;
  return (
    <>
      <List query={listQuery("all", { sort: "waiting" })} />
      {team && <List query={listQuery("all", { team })} />}
      {tag && <List query={listQuery("all", { tag })} />}
      {tag && <List query={listQuery("closed", { tag })} />}
      {agent && <List query={listQuery("all", { owner: agent })} />}
    </>
  );
}

function Thread({ id }: { id: ID }) {
  const detail = useConversation(id).data;
  useLane(id);
  return detail ? <Person id={detail.contact.id} /> : null;
}

function Person({ id }: { id: ID }) {
  useContact(id);
  return null;
}

const wait = (later: typeof setTimeout, ms: number) => new Promise((go) => later(go, ms));

/**
 * compare waits until everything up to an entry was heard, and says where what is held differs from what the
 * hub answers now: nothing, or what still differed when the time was over.
 */
export async function compare(
  seq: number,
  within: number,
  later: typeof setTimeout,
  now: () => number,
): Promise<string[]> {
  const end = now() + within;
  for (;;) {
    const quiet = link.place >= seq && queryClient.isFetching() === 0 && apply.quiet;
    const found = quiet ? await differences() : [`at entry ${link.place} of ${seq}`];
    if (found.length === 0 || now() > end) return found;
    await wait(later, 20);
  }
}

async function differences(): Promise<string[]> {
  const all = queryClient.getQueryCache().getAll();
  const told = await Promise.all(all.map((q) => differs(q).catch((e) => `${q.queryHash}: ${e.message}`)));
  return told.filter((t): t is string => t !== undefined);
}

async function differs(query: Query): Promise<string | undefined> {
  const { queryKey: key, state } = query;
  // What is not shown and known to be old is asked for before it is shown.
  if (state.data === undefined || (state.isInvalidated && !query.isActive())) return;
  const [held, fresh] = await both(key, state.data, query);
  const [a, b] = [text(held), text(fresh)];
  return a === b ? undefined : `${query.queryHash}:\n${apart(a, b)}`;
}

/** both are what is held and what the hub holds, in the same form. */
async function both(key: readonly unknown[], data: unknown, query: Query): Promise<[unknown, unknown]> {
  switch (key[0]) {
    case "conversations": {
      const { pages } = data as Lists;
      const held = pages.flatMap((p) => p.items);
      const all: Row[] = [];
      let next: string | null | undefined;
      do {
        const page = await listConversations(key[1] as ListQuery, next ?? undefined);
        all.push(...page.items);
        next = page.next;
      } while (next && all.length < held.length);
      const more = all.length > held.length || !!next;
      return [
        [held, !!pages.at(-1)?.next],
        [all.slice(0, held.length), more],
      ];
    }
    case "messages": {
      const { items, more, thread } = data as Lane;
      let all: Message[] = [];
      let before: number | undefined;
      let rest = true;
      while (rest && all.length < items.length) {
        const page = await listMessages(key[1] as ID, { before, limit: 50 });
        all = [...page.items].sort((a, b) => a.pos - b.pos).concat(all);
        before = all[0]?.pos;
        rest = page.more;
      }
      return [
        [items, more, thread],
        [all.slice(all.length - items.length), rest || all.length > items.length, all[0]?.thread],
      ];
    }
    case "conversation":
      return [data, await getConversation(key[1] as ID)];
    case "bulk":
      return [data, await getBulk(key[1] as ID)];
    case "contacts":
      if (key[1] === "notes") return [data, await listNotes(key[2] as ID)];
  }
  const ask = query.options.queryFn as QueryFunction;
  const context = {
    queryKey: key,
    client: queryClient,
    signal: new AbortController().signal,
    meta: undefined,
  };
  // When something last came and went is a sign of life that nobody is told of.
  if (key[0] === "accounts")
    return [data, await ask(context as never)].map((all) =>
      (all as Account[]).map((a) => ({ ...a, state: { ...a.state, last_in: "", last_out: "" } })),
    ) as [unknown, unknown];
  const pages = (data as { pages?: unknown[] }).pages;
  if (!pages) return [data, await ask(context as never)];
  return [pages[0], await ask({ ...context, pageParam: undefined } as never)];
}

/** text is a value as bytes that do not depend on the order of fields. */
function text(value: unknown): string {
  return JSON.stringify(
    value,
    (_, v) =>
      v && typeof v === "object" && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    1,
  );
}

/** apart shows the first lines that differ. */
function apart(held: string, fresh: string): string {
  const [a, b] = [held.split("\n"), fresh.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  const from = Math.max(0, at < 0 ? a.length - 2 : at - 3);
  return `held:\n${a.slice(from, from + 6).join("\n")}\nthe hub:\n${b.slice(from, from + 6).join("\n")}`;
}
