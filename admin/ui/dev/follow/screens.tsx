import { type Query, QueryClientProvider, type QueryFunction } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { listNotes } from "@/api/book";
import { getContact } from "@/api/contacts";
import { getConversation, type ListQuery, listConversations, listMessages } from "@/api/inbox";
import type { Account, Contact, ID, Message, Row, Session, Team } from "@/api/types";
import { getBulk } from "@/api/views";
import { useBook } from "@/contacts/data";
import { useContact } from "@/inbox/context/useContact";
import { useList } from "@/inbox/list/useList";
import { useConversation } from "@/inbox/thread/useConversation";
import { useLane } from "@/inbox/thread/useLane";
import { useLooking } from "@/inbox/thread/useLooking";
import { listQuery, useSavedViews, views } from "@/inbox/views/query";
import { useTallies } from "@/inbox/views/useTallies";
import { queryClient } from "@/lib/query";
import { keys, type Lane, type Lists } from "@/live/cache";
import { apply } from "@/live/follow";
import { useLive } from "@/live/store";
import { heard, useFeed } from "@/live/useFeed";
import { useAccounts, useAgents, useBots, useTags, useTeams } from "@/session/data";
import { sessionQuery, useCan, useKeptSession } from "@/session/useSession";

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
        <Feed />
        <Small />
        {views.map((view) => (
          <List key={view} query={listQuery(view, {})} />
        ))}
        <Filtered />
        {conversations.map((id) => (
          <Thread key={id} id={id} />
        ))}
        {conversations[0] && <Looking id={conversations[0]} />}
      </QueryClientProvider>,
    );
  draw([]);
}

/** show opens conversations, the first before all, and leaves others. */
export function show(conversations: ID[]): void {
  window.history.replaceState(null, "", `/inbox/all/${conversations[0] ?? ""}`);
  draw(conversations);
}

/** sees is whether a conversation is there for who is signed in. */
export const sees = (id: ID): Promise<boolean> =>
  getConversation(id).then(
    () => true,
    () => false,
  );

/** company is who else is told to have a conversation open. */
export const company = (id: ID): string[] => Object.values(useLive.getState().company[id] ?? {}).sort();

function Feed() {
  useFeed();
  return null;
}

function Looking({ id }: { id: ID }) {
  useLooking(id);
  return null;
}

function Small() {
  useKeptSession();
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

/**
 * compare says where what is held differs from what the hub answers now; or, unless everything up to an entry
 * was heard, what is waited for.
 */
export async function compare(seq: number): Promise<{ wait?: string; found: string[] }> {
  if (heard() < seq) return { wait: `at entry ${heard()} of ${seq}`, found: [] };
  if (queryClient.isFetching() > 0 || !apply.quiet)
    return { wait: "something is still asked for", found: [] };
  return { found: await differences() };
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
      const { items, next, thread } = data as Lane;
      const from = items[0]?.pos ?? Number.POSITIVE_INFINITY;
      let all: Message[] = [];
      let rest: string | null | undefined;
      do {
        const page = await listMessages(key[1] as ID, 50, rest ?? undefined);
        all = [...page.items].sort((a, b) => a.pos - b.pos).concat(all);
        rest = page.next;
      } while (rest && (all[0]?.pos ?? Number.POSITIVE_INFINITY) > from);
      const shown = all.filter((m) => m.pos >= from);
      return [
        [items.map(unnumbered), !!next, thread],
        [shown.map(unnumbered), !!rest || shown.length < all.length, all[0]?.thread],
      ];
    }
    case "conversation":
      return [data, await getConversation(key[1] as ID)];
    case "contact": {
      // Of when somebody was last there, who sees some of what they write is told some.
      const held = data as Contact;
      const fresh = await getContact(held.id);
      return mayList()
        ? [held, fresh]
        : [
            { ...held, seen: "" },
            { ...fresh, seen: "" },
          ];
    }
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
  // Up to where it is told what happened is the answer's own.
  if (key[0] === "session")
    return [data, await ask(context as never)].map((s) => ({ ...(s as Session), seq: 0 })) as [
      unknown,
      unknown,
    ];
  // How many wait for teams whose queues one does not see is told to who sees all.
  if (key[0] === "teams" && !mayList())
    return [data, await ask(context as never)].map((all) =>
      (all as Team[]).map((t) => ({ ...t, queued: 0 })),
    ) as [unknown, unknown];
  // When something last came and went is a sign of life that nobody is told of.
  if (key[0] === "accounts")
    return [data, await ask(context as never)].map((all) =>
      (all as Account[]).map((a) => ({ ...a, state: { ...a.state, last_in: "", last_out: "" } })),
    ) as [unknown, unknown];
  const pages = (data as { pages?: unknown[] }).pages;
  if (!pages) return [data, await ask(context as never)];
  return [pages[0], await ask({ ...context, pageParam: undefined } as never)];
}

/** That the customer's words were read is told to their side alone: for it the message gets another number. */
const unnumbered = (m: Message): Message => (m.from === "customer" ? { ...m, rev: 0 } : m);

const mayList = () =>
  queryClient.getQueryData<Session>(keys.session)?.permissions.includes("contact.list") ?? false;

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
