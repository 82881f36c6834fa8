import { hashKey, type Query, type QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";
import { type Detail, getConversation, type ListQuery, type Page } from "@/api/inbox";
import { brief, readRow } from "@/api/row";
import type { components } from "@/api/schema";
import type { Agent, Contact, FeedEntry, ID, Message, Row, Session } from "@/api/types";
import { amend, extend, keys, type Lane, type Lists, merge, place, redraw, type Shown, shows } from "./cache";

type RawConversation = components["schemas"]["Conversation"];

/** What an entry tells of: the hub sends a message beside its conversation, each by name. */
interface Told {
  message?: Message;
  contact?: Contact;
  conversation?: RawConversation;
}

/** What became of a query. */
interface Action {
  type: string;
  manual?: boolean;
  error?: unknown;
  meta?: { fetchMore?: unknown } | null;
}

/**
 * Apply changes the cache as the feed says, so that what is shown is what a
 * refetch would show. Rows the cache has never seen are fetched once.
 */
export class Apply {
  /** What is being learned; true: something happened to it meanwhile. */
  private readonly fetching = new Map<ID, boolean>();
  /** What is asked again in a moment. */
  private readonly old = new Map<string, readonly unknown[]>();
  /** What was told while queries were under way, whose answers may be older; and from where each missed it. */
  private heard: FeedEntry[] = [];
  private readonly asked = new Map<string, number>();
  /** What was asked before the feed forgot what happened since, or before it was known to be old. */
  private readonly outrun = new Set<string>();
  private linked = false;
  /** How often each thread was asked for anew, or changed further back than was read. */
  private readonly turns = new Map<ID, number>();

  constructor(
    private readonly cache: QueryClient,
    private readonly me: () => ID | undefined,
    private readonly fetchOne: (id: ID) => Promise<Detail> = getConversation,
  ) {
    cache.getQueryCache().subscribe((e) => {
      if (e.type === "updated") this.answered(e.query, e.action as Action);
      else if (e.type === "removed") this.over(e.query);
    });
  }

  /** Whether nothing is still to be asked for. */
  get quiet(): boolean {
    return this.old.size === 0 && this.fetching.size === 0;
  }

  entry(entry: FeedEntry): void {
    if (this.asked.size > 0) this.heard.push(entry);
    this.apply(entry);
  }

  /** back has asked again what could not be answered while there was no connection. */
  back(again = true): void {
    if (again && !this.seesAll()) this.sight(); // what left it meanwhile was not told
    void this.cache.refetchQueries({
      type: "active",
      predicate: ({ state }) => state.isInvalidated || state.status === "error",
    });
  }

  /** connected says whether there is a connection: what cannot be had without one is asked for when it is back. */
  connected(now: boolean): void {
    this.linked = now;
  }

  /**
   * older reads a thread further back. Of a page that was asked for before something happened to it, nobody knows
   * whether it tells so: it is asked for again.
   */
  async older(id: ID, ask: (next: string) => Promise<Page>): Promise<void> {
    const key = keys.messages(id);
    const next = () => this.cache.getQueryData<Lane>(key)?.next;
    for (let at = next(); at; at = next()) {
      const turns = this.turns.get(id);
      const page = await ask(at);
      if (turns !== this.turns.get(id) || at !== next()) continue;
      return this.patch<Lane>(key, (lane) => extend(lane, page));
    }
  }

  /** fresh asks for everything again, of which the feed has forgotten what happened to it. */
  fresh(): void {
    for (const hash of this.asked.keys()) this.outrun.add(hash);
    this.relearn();
    void this.cache.invalidateQueries();
  }

  /** answered tells a query's answer what happened since it was asked. */
  private answered(query: Query, action: Action): void {
    if (query.queryKey[0] === "messages" && ["fetch", "invalidate"].includes(action.type))
      this.turned(String(query.queryKey[1]));
    if (action.type === "fetch") {
      this.asked.set(query.queryHash, this.heard.length);
      // More of a list makes what is known to be old of it no newer.
      if (action.meta?.fetchMore && query.state.isInvalidated) this.outrun.add(query.queryHash);
    }
    // What is shown and there is asked anew at once; otherwise the answer under way would pass for new.
    const anew = query.isActive() && query.state.data !== undefined;
    if (action.type === "invalidate" && !anew && this.asked.has(query.queryHash))
      this.outrun.add(query.queryHash);
    if (action.type === "error") {
      this.over(query);
      this.refused(query, action.error);
      this.failed(query, action.error);
    }
    if (action.type !== "success" || action.manual) return;
    const since = this.asked.get(query.queryHash);
    const missed = since === undefined ? [] : this.heard.slice(since);
    // Asked anew in the moment its answer came, a query is answered twice, and the first answer ended the listening.
    const twice = since === undefined && query.state.dataUpdateCount > 1;
    const old = twice || this.outrun.has(query.queryHash);
    this.over(query);
    for (const e of missed) this.apply(e);
    if (old) void this.cache.invalidateQueries({ queryKey: query.queryKey, exact: true });
    if (query.queryHash === hashKey(keys.agents)) this.self();
  }

  /** refused lets go of what was shown before and is not ours to see any more. */
  private refused({ queryKey, state }: Query, error: unknown): void {
    const gone = error instanceof ApiError && error.status === 404;
    if (
      gone &&
      state.data !== undefined &&
      ["conversation", "messages", "contact", "identities"].includes(String(queryKey[0]))
    )
      void this.cache.resetQueries({ queryKey, exact: true });
  }

  /** failed asks again for what is shown and could not be had although there is a connection. */
  private failed(query: Query, error: unknown): void {
    const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
    if (this.linked && !refused && query.isActive()) this.soon(query.queryKey);
  }

  /** self takes who one is oneself from the list of all: what one has in progress no entry tells. */
  private self(): void {
    const agent = this.cache.getQueryData<Agent[]>(keys.agents)?.find((a) => a.id === this.me());
    if (agent) this.patch<Session>(keys.session, (s) => ({ ...s, agent }));
  }

  private over({ queryHash }: Query): void {
    this.asked.delete(queryHash);
    this.outrun.delete(queryHash);
    if (this.asked.size === 0) this.heard = [];
  }

  private apply(e: FeedEntry): void {
    const told = (e.data ?? {}) as Told;
    // Of what one does not see is told that one does not see it, whatever happened: it may have been one's own.
    if (e.conversation && !e.data) {
      this.soon(keys.agents);
      this.tallies(); // and stood in a queue before others
      for (const key of this.touched(e.conversation)) this.soon(key);
      if (!this.holds(e.conversation)) return;
    }
    switch (e.kind) {
      case "message":
      case "message.changed":
        if (told.message) this.message(told.message);
        // When somebody was last there is told by nothing else.
        if (told.conversation && told.message?.from === "customer") {
          for (const key of this.about(told.conversation.contact)) this.soon(key);
          this.soon(["contacts", "list"]);
        }
        if (e.conversation) this.conversation(e.conversation, told.conversation);
        break;
      case "conversation.opened":
      case "conversation.assigned":
      case "conversation.transferred":
      case "conversation.closed":
      case "conversation.snoozed":
      case "conversation.woken":
        if (e.kind === "conversation.opened") this.soon(["contacts", "list"]); // perhaps of somebody new
        this.soon(keys.agents); // what each has in progress
        this.soon(keys.teams); // and how many wait
        if (e.conversation) this.conversation(e.conversation, told.conversation);
        break;
      case "conversation.erased":
        this.refetch(keys.lists);
        if (e.conversation) this.conversation(e.conversation, undefined);
        break;
      case "conversation.changed":
      case "conversation.overdue":
      case "conversation.rated":
        if (e.kind === "conversation.rated") this.soon(keys.contentment);
        if (e.conversation) this.conversation(e.conversation, told.conversation);
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
      case "contact.erased":
        this.contact(e, told.contact);
        break;
      case "contact.merged":
        this.relearn();
        for (const key of ["contact", "contacts", "identities", "conversations", "conversation", "mentions"])
          this.refetch([key]);
        break;
      case "account.changed":
        this.relearn();
        for (const key of ["accounts", "account", "conversations", "conversation", "contact", "mentions"])
          this.refetch([key]);
        break;
      case "mention":
      case "mention.read":
        this.refetch(keys.mentions);
        this.tallies();
        break;
      case "preferences.changed":
        this.refetch(keys.session);
        break;
      case "bulk.changed":
        if (e.subject) this.patch(keys.bulk(e.subject), () => e.data);
        break;
      case "settings.changed":
        for (const key of [
          "views",
          "teams",
          "agents",
          "tags",
          "bots",
          "tenant",
          "canned",
          "blocks",
          "hours",
          "attributes",
        ])
          this.refetch([key]);
        this.soon(keys.session); // it carries the business
        if (!this.seesAll()) this.sight(); // it goes by teams
        break;
    }
  }

  private turned(id: ID): void {
    this.turns.set(id, (this.turns.get(id) ?? 0) + 1);
  }

  private seesAll(): boolean {
    const session = this.cache.getQueryData<Session>(keys.session);
    return !session || session.permissions.includes("conversation.all");
  }

  /** sight asks again what may be seen. */
  private sight(): void {
    for (const key of [
      "conversations",
      "conversation",
      "messages",
      "contact",
      "identities",
      "mentions",
      "tallies",
      "agents",
    ])
      this.refetch([key]);
  }

  private message(m: Message): void {
    for (const [key, lane] of this.cache.getQueriesData<Lane>({ queryKey: ["messages"] })) {
      if (!lane || (lane.thread ? lane.thread !== m.thread : key[1] !== m.conversation)) continue;
      // What changed further back than was read is read as one scrolls up: a lane has no holes.
      if (lane.next !== null && m.pos < (lane.items[0]?.pos ?? 0)) {
        this.turned(String(key[1]));
        continue;
      }
      this.patch<Lane>(key, (l) => merge(l, [m]));
    }
    // What may still be said changes with every message on a channel that counts or closes.
    const c = this.cache.getQueryData<Detail>(keys.conversation(m.conversation))?.capabilities;
    if (c?.window?.for_ns || c?.quota?.limit) this.refetch(keys.conversation(m.conversation));
  }

  private conversation(id: ID, data: RawConversation | undefined): void {
    this.tallies();
    if (this.fetching.has(id)) this.fetching.set(id, true);
    const had = this.row(id);
    if (!data) {
      // It left our sight, or was erased.
      if (had) {
        this.learn(id);
        for (const key of this.person(had.contact.id)) this.refetch(key);
      }
      this.refetch(keys.messages(id));
      for (const [key, shown] of this.elsewhere())
        if (shows(shown, (r) => r.conversation.id === id)) this.soon(key);
      this.beside(id, (l) => l.items.some((m) => m.conversation === id));
      return;
    }
    // It is back in our sight: what was refused is asked for again.
    for (const key of [keys.conversation(id), keys.messages(id), ...this.person(data.contact)])
      if (this.cache.getQueryState(key)?.status === "error") this.refetch(key);
    const given = readRow(data);
    if (!had) {
      this.beside(id, (l) => l.thread === data.thread);
      this.learn(id);
      return;
    }
    const { visit, place, lease } = had.conversation;
    // Entries arrive in order, but a fetch may have been faster.
    if (lease > given.conversation.lease) return;
    // Only what the feed leaves out is kept: what is absent is over.
    this.put({ ...had, conversation: { ...given.conversation, visit, place } });
    // The history of owners is not in the feed, nor are the names of those who are part of it.
    const { colleagues } = given.conversation;
    const were = had.conversation.colleagues;
    if (
      lease !== given.conversation.lease ||
      colleagues.length !== were.length ||
      colleagues.some((c) => !were.includes(c))
    ) {
      this.refetch(keys.conversation(id));
      this.beside(id, (l) => l.thread === data.thread);
    }
  }

  /** beside asks again for threads as other conversations show them, of which one may see more now, or less. */
  private beside(id: ID, shows: (lane: Lane) => boolean): void {
    if (this.seesAll()) return;
    for (const [key, lane] of this.cache.getQueriesData<Lane>({ queryKey: ["messages"] }))
      if (key[1] !== id && lane && shows(lane)) this.refetch(key);
  }

  private holds(id: ID): boolean {
    return (
      [keys.conversation(id), keys.messages(id)].some((key) => this.cache.getQueryState(key)) ||
      this.cache
        .getQueriesData<Lists>({ queryKey: keys.lists })
        .some(([, lists]) => lists?.pages.some((p) => p.items.some((r) => r.conversation.id === id))) ||
      this.cache
        .getQueriesData<Lane>({ queryKey: ["messages"] })
        .some(([, lane]) => lane?.items.some((m) => m.conversation === id)) ||
      this.elsewhere().some(([, shown]) => shows(shown, (r) => r.conversation.id === id))
    );
  }

  /** stands reports whether what is held of something is not being asked for again, and needs not be. */
  private stands(key: readonly unknown[]): boolean {
    const state = this.cache.getQueryState(key);
    return state?.isInvalidated === false && state.fetchStatus === "idle";
  }

  /** row finds a conversation in whatever list or page shows it, unless that is known to be old. */
  private row(id: ID): Row | undefined {
    const detail = this.cache.getQueryData<Detail>(keys.conversation(id));
    if (detail && this.stands(keys.conversation(id))) return detail;
    for (const [key, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists })) {
      if (!this.stands(key)) continue;
      for (const page of lists?.pages ?? []) {
        const row = page.items.find((r) => r.conversation.id === id);
        if (row) return row;
      }
    }
    return undefined;
  }

  private patch<T>(queryKey: readonly unknown[], change: (had: T) => T): void {
    amend(this.cache, queryKey, change);
  }

  /** put shows a row everywhere it belongs. */
  put({ conversation, contact, account }: Row): void {
    const { id } = conversation;
    this.patch<Detail>(keys.conversation(id), (d) => ({ ...d, conversation, contact, account }));
    // Long, and about one conversation: lists are without.
    const { visit, place: _, ...short } = conversation;
    const row = { conversation: short, contact, account };
    for (const [key, shown] of this.elsewhere()) {
      if (shows(shown, (r) => r.conversation.id === id))
        this.patch<Shown>(key, (s) => redraw(s, (r) => (r.conversation.id === id ? row : r)));
      else if (this.missing(key, shown, row)) this.soon(key);
    }
    for (const [key, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists })) {
      if (!lists) continue;
      this.patch<Lists>(key, (l) => place(l, key[1] as ListQuery, row, this.me() ?? ""));
    }
  }

  /** elsewhere is where conversations stand besides the lists. */
  private elsewhere(): [readonly unknown[], Shown][] {
    const all = [
      ...this.cache.getQueriesData<Shown>({ queryKey: ["contact"] }),
      ...this.cache.getQueriesData<Shown>({ queryKey: keys.mentions }),
    ];
    return all.flatMap(([key, shown]) =>
      shown && (key.length === 3 || key.length === 1) ? [[key, shown]] : [],
    );
  }

  /** missing reports whether a conversation that does not stand there may have to: it is new, or ours to see again. */
  private missing(key: readonly unknown[], { pages }: Shown, { conversation, contact }: Row): boolean {
    if (key.length === 1) return pages.some((p) => p.items.some((i) => "message" in i && !i.row));
    if (key[1] !== contact.id && !this.about(contact.id).some((k) => k[1] === key[1])) return false;
    const last = pages.at(-1);
    const end = last?.items.at(-1) as Row | undefined; // newest first; what is further back is read as it is asked for
    return !last?.next || !end || conversation.id > end.conversation.id;
  }

  private learn(id: ID): void {
    if (this.fetching.has(id)) {
      this.fetching.set(id, true);
      return;
    }
    this.fetching.set(id, false);
    this.fetchOne(id)
      .then((detail) => this.put(detail))
      .catch(() => {
        this.refetch(keys.lists);
        this.refetch(keys.conversation(id));
        for (const [key] of this.elsewhere()) this.refetch(key);
      })
      .finally(() => {
        const again = this.fetching.get(id);
        this.fetching.delete(id);
        if (again) this.learn(id);
      });
  }

  /** relearn asks once more for what is being learned: it may be about what changed. */
  private relearn(): void {
    for (const id of this.fetching.keys()) this.fetching.set(id, true);
  }

  private agent(e: FeedEntry): void {
    const agent = e.data as Agent | undefined;
    if (e.kind !== "agent.state") this.soon(keys.teams); // whose members they are
    if (!agent?.id || e.kind === "agent.deleted") {
      this.refetch(keys.agents);
      return;
    }
    this.patch<Agent[]>(keys.agents, (all) => {
      const at = all.findIndex((a) => a.id === agent.id);
      return at < 0 ? [...all, agent] : all.with(at, agent);
    });
    if (!this.seesAll()) this.soon(keys.agents); // what they have in progress is as it was then, and not all told
    if (agent.id !== this.me()) return;
    this.patch<Session>(keys.session, (s) => ({ ...s, agent }));
    if (!this.seesAll()) this.sight();
  }

  /** person are the names under which what one may see of somebody is held. */
  private person(id: ID): (readonly unknown[])[] {
    return [keys.contact(id), keys.history(id), keys.identities(id)];
  }

  /**
   * touched are the names of what is held of people whose conversation this may be, of which nothing else is told
   * where one does not see it.
   */
  private touched(id: ID): (readonly unknown[])[] {
    const held = this.cache.getQueryCache().findAll({
      predicate: ({ queryKey: [what] }) => what === "contact" || what === "identities",
    });
    const another = new Map<ID, boolean>();
    for (const [key, shown] of this.elsewhere())
      if (key.length === 3)
        another.set(
          String(key[1]),
          !shown.pages.at(-1)?.next && !shows(shown, (r) => r.conversation.id === id),
        );
    return held.map((q) => q.queryKey).filter((key) => !another.get(String(key[1])));
  }

  /** about are the names under which a contact is held: also those of contacts merged into it. */
  private about(id: ID): (readonly unknown[])[] {
    const all = this.cache.getQueriesData<Contact>({ queryKey: ["contact"] });
    return all.filter(([key, c]) => key.length === 2 && (key[1] === id || c?.id === id)).map(([key]) => key);
  }

  private contact(e: FeedEntry, contact: Contact | undefined): void {
    const id = e.subject ?? contact?.id;
    if (!id) return;
    this.relearn();
    if (contact) {
      for (const key of this.about(id)) this.patch<Contact>(key, () => contact);
      this.rename(id, brief(contact));
    } else {
      // Of whom one may not be told all: what is held of them is asked for.
      for (const key of this.about(id)) this.refetch(key);
      for (const conversation of this.with(id)) this.learn(conversation);
      for (const [key, shown] of this.elsewhere())
        if (shows(shown, (r) => r.contact.id === id)) this.soon(key);
    }
    this.soon(["contacts"]);
  }

  /** rename changes who somebody is wherever they stand, each row by itself: they are not all equally new. */
  private rename(id: ID, contact: Row["contact"]): void {
    const now = <R extends Row>(r: R): R => (r.contact.id === id ? { ...r, contact } : r);
    for (const [key, detail] of this.cache.getQueriesData<Detail>({ queryKey: ["conversation"] }))
      if (detail?.contact.id === id) this.patch<Detail>(key, now);
    for (const [key] of this.elsewhere()) this.patch<Shown>(key, (s) => redraw(s, now));
    for (const [key, lists] of this.cache.getQueriesData<Lists>({ queryKey: keys.lists }))
      if (lists?.pages.some((p) => p.items.some((r) => r.contact.id === id)))
        this.patch<Lists>(key, (l) => ({
          ...l,
          pages: l.pages.map((p) => ({ ...p, items: p.items.map(now) })),
        }));
  }

  /** with are the conversations with somebody that are held. */
  private with(id: ID): Set<ID> {
    const lists = this.cache.getQueriesData<Lists>({ queryKey: keys.lists });
    const details = this.cache.getQueriesData<Detail>({ queryKey: ["conversation"] });
    const rows: (Row | undefined)[] = lists.flatMap(([, l]) => l?.pages.flatMap((p) => p.items) ?? []);
    for (const [, detail] of details) rows.push(detail);
    return new Set(rows.flatMap((r) => (r?.contact.id === id ? r.conversation.id : [])));
  }

  /** tallies are counters of the hub, and a place in a queue is one. */
  private tallies(): void {
    this.soon(keys.tallies);
    for (const [key, detail] of this.cache.getQueriesData<Detail>({ queryKey: ["conversation"] }))
      if (detail?.conversation.owner.kind === "queue") this.soon(key);
  }

  /** soon asks for something again: at most once a second, whatever happens. */
  private soon(key: readonly unknown[]): void {
    if (this.old.size === 0)
      setTimeout(() => {
        const all = [...this.old.values()];
        this.old.clear();
        for (const key of all) this.refetch(key);
      }, 1000);
    this.old.set(JSON.stringify(key), key);
  }

  private refetch(queryKey: readonly unknown[]): void {
    void this.cache.invalidateQueries({ queryKey });
  }
}
