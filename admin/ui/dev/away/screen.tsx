import { QueryClientProvider, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { contactConversations, contactIdentities } from "@/api/contacts";
import type { ListQuery } from "@/api/inbox";
import { listMentions } from "@/api/mentions";
import { averages } from "@/api/ratings";
import type { ID } from "@/api/types";
import { useBook } from "@/contacts/data";
import { useContact } from "@/inbox/context/useContact";
import { useList } from "@/inbox/list/useList";
import { useConversation } from "@/inbox/thread/useConversation";
import { useLane } from "@/inbox/thread/useLane";
import { useSavedViews } from "@/inbox/views/query";
import { useTallies } from "@/inbox/views/useTallies";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useAccounts, useAgents, useBots, useTags, useTeams } from "@/session/data";
import { useKeptSession } from "@/session/useSession";

/** Wanted is what the client has before it. */
export interface Wanted {
  lists: ListQuery[];
  conversations: ID[];
  contacts: ID[];
}

const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
};

/** What there is to do on the screens: further down a list, further up a thread. */
export const doings = new Map<string, () => unknown>();

function Held({ lists }: { lists: boolean }) {
  useKeptSession();
  useTallies();
  useAgents();
  useTeams();
  useTags();
  useAccounts();
  useBots();
  useSavedViews();
  useQuery({ queryKey: [...keys.contentment, 7], queryFn: () => averages(7) });
  // As their screens ask.
  useInfiniteQuery({
    queryKey: keys.mentions,
    queryFn: ({ pageParam }) => listMentions(pageParam),
    ...paged,
  });
  useBook({}, lists);
  return null;
}

function List({ query }: { query: ListQuery }) {
  const { fetchNextPage } = useList(query, true);
  doings.set(`list ${JSON.stringify(query)}`, fetchNextPage);
  return null;
}

function Conversation({ id }: { id: ID }) {
  useConversation(id);
  const { older } = useLane(id);
  doings.set(`thread ${id}`, older);
  return null;
}

function Contact({ id }: { id: ID }) {
  useContact(id);
  useQuery({ queryKey: keys.identities(id), queryFn: () => contactIdentities(id) });
  useInfiniteQuery({
    queryKey: keys.history(id),
    queryFn: ({ pageParam }) => contactConversations(id, pageParam),
    ...paged,
  });
  return null;
}

const root = createRoot(document.createElement("div"));

/** show puts it before the client. */
export function show({ lists, conversations, contacts }: Wanted, book: boolean): void {
  doings.clear();
  root.render(
    <QueryClientProvider client={queryClient}>
      <Held lists={book} />
      {lists.map((query) => (
        <List key={JSON.stringify(query)} query={query} />
      ))}
      {conversations.map((id) => (
        <Conversation key={id} id={id} />
      ))}
      {contacts.map((id) => (
        <Contact key={id} id={id} />
      ))}
    </QueryClientProvider>,
  );
}
