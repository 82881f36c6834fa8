import type { QueryClient } from "@tanstack/react-query";
import { type Detail, getConversation, type ListQuery } from "@/api/inbox";
import { readRow } from "@/api/row";
import type { components } from "@/api/schema";
import type { Agent, Contact, FeedEntry, ID, Message, Row } from "@/api/types";
import { keys, type Lane, type Lists, merge, place, touched } from "./cache";

type RawConversation = components["schemas"]["Conversation"];

/** about is the thing an entry tells of: the hub sends a message beside its conversation, each by name. */
function about(e: FeedEntry): unknown {
  const both = e.data as
    | { message?: Message; contact?: Contact; conversation?: RawConversation | ID }
    | undefined;
  if (both?.message) return both.message;
  if (e.kind.startsWith("contact.") && both?.contact) return both.contact;
  return typeof both?.conversation === "object" ? both.conversation : e.data;
}

/**
 * Apply changes the cache as the feed says, so that what is shown is what a
 * refetch would show. Rows the cache has never seen are fetched once.
 */
export class Apply {
  private readonly fetching = new Set<ID>();
  private stale = false;

  constructor(
    private readonly cache: QueryClient,
    private readonly me: () => ID | undefined,
    private readonly fetchOne: (id: ID) => Promise<Detail> = getConversation,
  ) {}

  entry(entry: FeedEntry): void {
    const e = { ...entry, data: about(entry) };
    switch (e.kind) {
      case "message":
      case "message.changed":
        if (e.data) this.message(e.data as Message, e.kind === "message");
        break;
      case "conversation.opened":
      case "conversation.assigned":
      case "conversation.transferred":
      case "conversation.closed":
      case "conversation.snoozed":
      case "conversation.woken":
      case "conversation.changed":
      case "conversation.rated":
        if (e.conversation) this.conversation(e.conversation, e.data as RawConversation | undefined);
        this.tallies();
        break;
      case "agent.created":
      case "agent.changed":
      case "agent.deleted":
      case "agent.state":
        this.agent(e);
        break;
      case "contact.changed":
      case "contact.tagged":
      case "contact.untagged":
        this.contact(e);
        break;
      case "contact.merged":
        for (const key of ["contact", "contacts", "identities", "conversations", "conversation"])
          this.refetch([key]);
        break;
      case "account.changed":
        this.refetch(keys.accounts);
        this.refetch(["account"]);
        break;
      case "mention":
      case "mention.read":
        this.refetch(["mentions"]);
        this.tallies();
        break;
      case "bulk.changed":
        if (e.subject) this.cache.setQueryData(keys.bulk(e.subject), e.data);
        break;
      case "settings.changed":
        for (const key of [
          "views",
          "teams",
          "tags",
          "bots",
          "tenant",
          "canned",
          "blocks",
          "hours",
          "attributes",
        ])
          this.refetch([key]);
        break;
    }
  }

  private message(m: Message, isNew: boolean): void {
    for (const [key, lane] of this.cache.getQueriesData<Lane>({ queryKey: ["messages"] })) {
      if (!lane || (lane.thread ? lane.thread !== m.thread : key[1] !== m.conversation)) continue;
      this.cache.setQueryData<Lane>(key, merge(lane, [m]));
    }
    // What may still be said changes with every message on a channel that counts or closes.
    const c = this.cache.getQueryData<Detail>(keys.conversation(m.conversation))?.capabilities;
    if (c?.window?.for_ns || c?.quota?.limit) this.refetch(keys.conversation(m.conversation));
    if (!isNew) return;
    const row = this.row(m.conversation);
    if (row) this.put({ ...row, conversation: touched(row.conversation, m) });
    else this.learn(m.conversation);
  }

  private conversation(id: ID, data: RawConversation | undefined): void {
    if (!data) {
      this.learn(id);
      return;
    }
    const given = readRow(data);
    const had = this.row(id);
    if (!had && !given.contact.name) {
      this.learn(id);
      return;
    }
    // Entries arrive in order, but a fetch may have been faster.
    if (had && had.conversation.lease > given.conversation.lease) return;
    this.put({
      // What is absent is over: a snooze, a wait.
      conversation: {
        ...had?.conversation,
        waiting_since: undefined,
        snooze: undefined,
        ...given.conversation,
      },
      contact: given.contact.name ? given.contact : had!.contact,
      account: given.account.name ? given.account : had!.account,
    });
  }

  /** row finds a conversation in whatever list or page shows it. */
  private row(id: ID): Row | undefined {
    const detail = this.cache.getQueryData<Detail>(keys.conversation(id));
    if (detail) return detail;
    for (const [, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists })) {
      for (const page of lists?.pages ?? []) {
        const row = page.items.find((r) => r.conversation.id === id);
        if (row) return row;
      }
    }
    return undefined;
  }

  /** put shows a row everywhere it belongs. */
  put(row: Row): void {
    const { id } = row.conversation;
    this.cache.setQueryData<Detail>(keys.conversation(id), (d) => d && { ...d, ...row });
    for (const [key, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists })) {
      if (lists) this.cache.setQueryData(key, place(lists, key[1] as ListQuery, row, this.me() ?? ""));
    }
  }

  private learn(id: ID): void {
    if (this.fetching.has(id)) return;
    this.fetching.add(id);
    this.fetchOne(id)
      .then((detail) =>
        this.put({ conversation: detail.conversation, contact: detail.contact, account: detail.account }),
      )
      .catch(() => this.refetch(keys.lists))
      .finally(() => this.fetching.delete(id));
  }

  private agent(e: FeedEntry): void {
    const agent = e.data as Agent | undefined;
    if (!agent?.id || e.kind === "agent.deleted") {
      this.refetch(keys.agents);
      return;
    }
    this.cache.setQueryData<Agent[]>(keys.agents, (all) => {
      if (!all) return all;
      const at = all.findIndex((a) => a.id === agent.id);
      return at < 0 ? [...all, agent] : all.with(at, { ...all[at]!, ...agent });
    });
    if (agent.id === this.me()) {
      this.cache.setQueryData<{ agent: Agent }>(
        keys.session,
        (s) => s && { ...s, agent: { ...s.agent, ...agent } },
      );
    }
  }

  private contact(e: FeedEntry): void {
    const id = e.subject ?? (e.data as Contact | undefined)?.id;
    if (!id) return;
    const contact = e.data as Contact | undefined;
    if (contact?.id && contact.name !== undefined) {
      this.cache.setQueryData<Contact>(keys.contact(id), (had) => had && { ...had, ...contact });
      for (const [, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists })) {
        for (const row of lists?.pages.flatMap((p) => p.items) ?? []) {
          if (row.contact.id === id)
            this.put({ ...row, contact: { id, name: contact.name, avatar: contact.avatar } });
        }
      }
    } else this.refetch(keys.contact(id));
    this.refetch(["contacts"]);
  }

  /** tallies are counters of the hub: asked again at most once a second. */
  private tallies(): void {
    if (this.stale) return;
    this.stale = true;
    setTimeout(() => {
      this.stale = false;
      this.refetch(keys.tallies);
    }, 1000);
  }

  private refetch(queryKey: readonly unknown[]): void {
    void this.cache.invalidateQueries({ queryKey });
  }
}
