import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import type { Detail } from "@/api/inbox";
import type { FeedEntry, Message, Row, Session } from "@/api/types";
import { Apply } from "./apply";
import { keys, type Lane, type Lists } from "./cache";

const message = (pos: number, rev: number, body: string): Message => ({
  id: `m${pos}`,
  thread: "t",
  conversation: "c",
  pos,
  rev,
  from: "customer",
  at: "2026-01-02T00:00:00Z",
  content: { parts: [{ type: "text", body }] },
});
const told = (seq: number, m: Message): FeedEntry => ({
  seq,
  kind: "message",
  at: m.at,
  subject: m.id,
  data: { message: m },
});

it("R-16 an answer that is older than what was told meanwhile does not take it back", async () => {
  const cache = new QueryClient();
  const apply = new Apply(cache, () => "me");
  let answer: (lane: Lane) => void = () => undefined;
  const old: Lane = { thread: "t", items: [message(1, 1, "hello")], rev: 1, next: null, hidden: false };
  const asked = cache.fetchQuery({
    queryKey: keys.messages("c"),
    queryFn: () =>
      new Promise<Lane>((go) => {
        answer = go;
      }),
  });
  await Promise.resolve();
  apply.entry(told(7, message(2, 2, "are you there?")));
  answer(old);
  await asked;
  expect(cache.getQueryData<Lane>(keys.messages("c"))?.items.map((m) => m.pos)).toEqual([1, 2]);
  cache.clear();
});

it("R-16 what changed further back than was read leaves no hole in a thread", () => {
  const cache = new QueryClient();
  const lane: Lane = { thread: "t", items: [message(9, 9, "now")], rev: 9, next: "older", hidden: false };
  cache.setQueryData(keys.messages("c"), lane);
  const apply = new Apply(cache, () => "me");
  apply.entry(told(1, message(3, 10, "changed")));
  apply.entry(told(2, message(10, 11, "and now")));
  expect(cache.getQueryData<Lane>(keys.messages("c"))?.items.map((m) => m.pos)).toEqual([9, 10]);
  cache.clear();
});

it("R-16 a page further back that was under way while something changed there is read again", async () => {
  const cache = new QueryClient();
  const apply = new Apply(cache, () => "me");
  const key = keys.messages("c");
  const lane: Lane = { thread: "t", items: [message(9, 9, "now")], rev: 9, next: "older", hidden: false };
  const shown = () => cache.getQueryData<Lane>(key)?.items.map((m) => m.content.parts[0]);
  const page = (body: string) => ({ items: [message(3, 3, body)], rev: 10, next: null, hidden: false });
  const reads = async (meanwhile: () => void) => {
    cache.setQueryData(key, lane);
    let asked = 0;
    await apply.older("c", async () => {
      const answer = page(asked === 0 ? "before" : "after");
      if (asked++ === 0) meanwhile();
      return answer;
    });
    return asked;
  };
  expect(await reads(() => undefined)).toBe(1);
  // It was changed, of a conversation that left one's sight nothing may be kept, and the feed may have forgotten.
  expect(await reads(() => apply.entry(told(1, message(3, 10, "after"))))).toBe(2);
  expect(shown()).toEqual([message(3, 3, "after"), message(9, 9, "now")].map((m) => m.content.parts[0]));
  expect(
    await reads(() => apply.entry({ seq: 2, kind: "conversation.closed", at: "", conversation: "c" })),
  ).toBe(2);
  expect(await reads(() => apply.fresh())).toBe(2);
  // What is old already does not pass for new with what came before it.
  const stop = new QueryObserver(cache, {
    queryKey: key,
    queryFn: () => new Promise<Lane>(() => undefined),
  }).subscribe(() => undefined);
  await cache.cancelQueries();
  cache.setQueryData(key, lane);
  cache.getQueryCache().find({ queryKey: key })?.invalidate();
  await apply.older("c", async () => page(""));
  expect([shown()?.length, cache.getQueryState(key)?.isInvalidated]).toEqual([2, true]);
  stop();
  cache.clear();
});

const row = (id: string, name: string): Row => ({
  conversation: {
    id,
    thread: "t",
    account: "a",
    contact: "k",
    owner: { kind: "queue" },
    lease: 1,
    tags: [],
    colleagues: [],
    unread: 0,
    trouble: false,
    created: "2026-01-01T00:00:00Z",
    last_at: "2026-01-01T00:00:00Z",
  },
  contact: { id: "k", name },
  account: { id: "a", name: "A", kind: "web" },
});

it("R-16 somebody renamed while their conversation is being learned does not keep the old name", async () => {
  const cache = new QueryClient();
  const key = keys.list({ status: ["open"], sort: "newest" });
  cache.setQueryData<Lists>(key, { pages: [{ items: [], next: null }], pageParams: [undefined] });
  const answers: ((d: Detail) => void)[] = [];
  const apply = new Apply(
    cache,
    () => "me",
    () => new Promise((go) => answers.push(go)),
  );
  const { conversation } = row("c", "");
  apply.entry({ seq: 1, kind: "conversation.opened", at: "", conversation: "c", data: { conversation } });
  apply.entry({
    seq: 2,
    kind: "contact.changed",
    at: "",
    subject: "k",
    data: { contact: { id: "k", name: "Ann" } },
  });
  answers[0]!(row("c", "") as Detail);
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]!(row("c", "Ann") as Detail);
  await vi.waitFor(() =>
    expect(cache.getQueryData<Lists>(key)?.pages[0]?.items.map((r) => r.contact.name)).toEqual(["Ann"]),
  );
  cache.clear();
});

it("R-16 what one has in progress is what the list of all says of oneself", async () => {
  const cache = new QueryClient();
  new Apply(cache, () => "me");
  cache.setQueryData(keys.session, { agent: { id: "me", load: 0 }, permissions: [] });
  await cache.fetchQuery({ queryKey: keys.agents, queryFn: async () => [{ id: "me", load: 3 }] });
  expect(cache.getQueryData<Session>(keys.session)?.agent.load).toBe(3);
  cache.clear();
});

it("R-16 who one is taken from the list of all makes nothing else of a session new", async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  new Apply(cache, () => "me");
  const stop = new QueryObserver(cache, {
    queryKey: keys.session,
    queryFn: () => Promise.reject(new Error("offline")),
    initialData: { agent: { id: "me", load: 0 }, permissions: [] },
    staleTime: Number.POSITIVE_INFINITY,
  }).subscribe(() => undefined);
  await cache.invalidateQueries({ queryKey: keys.session });
  await cache.fetchQuery({ queryKey: keys.agents, queryFn: async () => [{ id: "me", load: 3 }] });
  const { data, isInvalidated } = cache.getQueryState<Session>(keys.session)!;
  expect([data?.agent.load, isInvalidated]).toEqual([3, true]);
  stop();
  cache.clear();
});

it("R-16 what could not be asked while there was no connection is asked when it is back", async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const apply = new Apply(cache, () => "me");
  let there = true;
  let n = 0;
  const observer = new QueryObserver(cache, {
    queryKey: keys.tallies,
    queryFn: async () => {
      if (!there) throw new Error("offline");
      return ++n;
    },
  });
  const stop = observer.subscribe(() => undefined);
  await cache.fetchQuery({ queryKey: keys.tallies, staleTime: Number.POSITIVE_INFINITY });
  there = false;
  await cache.invalidateQueries({ queryKey: keys.tallies });
  there = true;
  apply.back();
  await new Promise((go) => setTimeout(go, 0));
  expect(cache.getQueryData(keys.tallies)).toBe(2);
  stop();
  cache.clear();
});

const limited = (load: number) => ({ agent: { id: "me", load }, permissions: ["conversation.read"] });
const contactOf = (name: string) => ({ id: "k", name });

it("R-16 who is called otherwise now takes no older row along into the lists", () => {
  const cache = new QueryClient();
  const stale = row("1", "Ann");
  const now = row("1", "Ann");
  now.conversation.last_text = "new";
  cache.setQueryData(keys.conversation("1"), stale);
  void cache.invalidateQueries({ queryKey: keys.conversation("1") });
  const all = keys.list({ status: ["open"] });
  cache.setQueryData(all, { pages: [{ items: [now], next: null }], pageParams: [undefined] });
  new Apply(cache, () => "me").entry({
    seq: 1,
    kind: "contact.changed",
    at: "",
    subject: "k",
    data: { contact: contactOf("Anna") },
  });
  const shown = cache.getQueryData<Lists>(all)!.pages[0]!.items[0]!;
  expect([shown.contact.name, shown.conversation.last_text]).toEqual(["Anna", "new"]);
  cache.clear();
});

it("R-16 what left one's sight may have been one's own: what one has in progress is asked for", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  cache.setQueryData(keys.session, limited(1));
  cache.setQueryData(keys.agents, [{ id: "me", load: 1 }]);
  const apply = new Apply(cache, () => "me");
  for (const kind of ["message", "conversation.transferred"] as const) {
    cache.setQueryData(keys.agents, [{ id: "me", load: 1 }]);
    cache.setQueryData(keys.conversation("1"), row("1", "Ann")); // in a queue, at a place that may be another now
    apply.entry({ seq: 1, kind, at: "", conversation: "of whom nothing is held" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(cache.getQueryState(keys.agents)?.isInvalidated).toBe(true);
    expect(cache.getQueryState(keys.conversation("1"))?.isInvalidated).toBe(true);
  }
  vi.useRealTimers();
  cache.clear();
});

it("R-16 who is called a colleague no more is not named any more either", () => {
  const cache = new QueryClient();
  const held = row("1", "Ann");
  held.conversation.colleagues = ["lin"];
  cache.setQueryData(keys.conversation("1"), { ...held, names: { lin: "Lin" } });
  const { conversation } = row("1", "Ann");
  new Apply(cache, () => "me").entry({
    seq: 1,
    kind: "conversation.changed",
    at: "",
    conversation: "1",
    data: { conversation },
  });
  expect(cache.getQueryState(keys.conversation("1"))?.isInvalidated).toBe(true);
  cache.clear();
});

it("X-01 of a thread goes what is of a conversation that left one's sight, and comes what came into it", () => {
  const cache = new QueryClient();
  cache.setQueryData(keys.session, limited(0));
  const lane: Lane = { thread: "t", items: [message(1, 1, "hello")], rev: 1, next: null, hidden: false };
  const apply = new Apply(
    cache,
    () => "me",
    () => new Promise(() => undefined),
  );
  const beside = () => cache.getQueryState(keys.messages("another"))?.isInvalidated;
  cache.setQueryData(keys.messages("another"), lane);
  apply.entry({ seq: 1, kind: "conversation.transferred", at: "", conversation: "c" });
  expect(beside()).toBe(true);
  cache.setQueryData(keys.messages("another"), { ...lane, items: [] });
  expect(beside()).toBe(false);
  const { conversation } = row("c", "Ann");
  apply.entry({ seq: 2, kind: "conversation.assigned", at: "", conversation: "c", data: { conversation } });
  expect(beside()).toBe(true);
  cache.clear();
});

it("R-16 what may be seen is asked for again after a loss, and not when the first connection stands", () => {
  const cache = new QueryClient();
  cache.setQueryData(keys.session, limited(0));
  const all = keys.list({ status: ["open"] });
  cache.setQueryData(all, { pages: [], pageParams: [] });
  const apply = new Apply(cache, () => "me");
  apply.back(false);
  expect(cache.getQueryState(all)?.isInvalidated).toBe(false);
  apply.back();
  expect(cache.getQueryState(all)?.isInvalidated).toBe(true);
  cache.clear();
});

it("R-16 what was asked before the feed forgot what happened is asked once more", async () => {
  const cache = new QueryClient();
  const apply = new Apply(cache, () => "me");
  let answer: (n: number) => void = () => undefined;
  const first = cache.fetchQuery({
    queryKey: keys.tallies,
    queryFn: () =>
      new Promise<number>((go) => {
        answer = go;
      }),
  });
  await Promise.resolve();
  apply.fresh();
  answer(1);
  await first;
  expect(cache.getQueryState(keys.tallies)?.isInvalidated).toBe(true);
  cache.clear();
});

it("what stands beside a contact is not taken for the contact when that changes", () => {
  const cache = new QueryClient();
  const beside = ["contact", "k", "conversations"];
  const held = { pages: [], pageParams: [] };
  cache.setQueryData(keys.contact("k"), { id: "k", name: "Ann" });
  cache.setQueryData(beside, held);
  const contact = { id: "k", name: "Anna" };
  new Apply(cache, () => "me").entry({
    seq: 1,
    kind: "contact.changed",
    at: "",
    subject: "k",
    data: { contact },
  });
  expect([cache.getQueryData(keys.contact("k")), cache.getQueryData(beside)]).toEqual([contact, held]);
  cache.clear();
});

it("R-16 an answer that comes in the moment it is asked anew hides nothing that was told since", async () => {
  const turns = async (n: number) => {
    for (let i = 0; i < n; i++) await Promise.resolve();
  };
  for (let at = 0; at < 8; at++) {
    const cache = new QueryClient();
    const apply = new Apply(cache, () => "me");
    const key = keys.conversation("c");
    const detail = (name: string) =>
      ({ ...row("c", name), owner_changes: [], names: {} }) as unknown as Detail;
    const answers: ((d: Detail) => void)[] = [];
    const observer = new QueryObserver(cache, {
      queryKey: key,
      queryFn: () =>
        new Promise<Detail>((go) => {
          answers.push(go);
        }),
      initialData: detail(""),
    });
    const stop = observer.subscribe(() => undefined);
    await turns(20);
    const [first] = answers.splice(0);
    first?.(detail(""));
    await turns(at);
    const merged: FeedEntry = { seq: 1, kind: "contact.merged", at: "", subject: "other" };
    apply.entry(merged);
    await turns(20);
    const [second] = answers.splice(0);
    const contact = { id: "k", name: "Ann" };
    apply.entry({ seq: 2, kind: "contact.changed", at: "", subject: "k", data: { contact } });
    second?.(detail("")); // read before she had a name
    await turns(20);
    for (const later of answers.splice(0)) later(detail("Ann"));
    await turns(20);
    expect(cache.getQueryData<Detail>(key)?.contact.name, `${at} turns after`).toBe("Ann");
    stop();
    cache.clear();
  }
});

it("R-16 what is shown and was told to be old is asked for until it is had, as long as there is a connection", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const apply = new Apply(cache, () => "me");
  let busy = 0;
  let asked = 0;
  const stop = new QueryObserver(cache, {
    queryKey: keys.contact("k"),
    queryFn: async () => {
      asked++;
      if (busy-- > 0) throw new Error("the hub is busy");
      return "new";
    },
    initialData: "old",
    staleTime: Number.POSITIVE_INFINITY,
  }).subscribe(() => undefined);
  apply.connected(true);
  busy = 2;
  apply.fresh();
  await vi.advanceTimersByTimeAsync(5000);
  expect([cache.getQueryData(keys.contact("k")), asked]).toEqual(["new", 3]);

  // Without one it waits until that is back.
  apply.connected(false);
  busy = 1;
  await cache.invalidateQueries();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toBe(4);
  apply.back();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toBe(5);
  stop();
  cache.clear();
  vi.useRealTimers();
});

const never = () => new Promise<Detail>(() => undefined);
const page = <T>(...items: T[]) => ({ pages: [{ items, next: null }], pageParams: [undefined] });
const mention = (of: Row | undefined) => ({ message: "m1", pos: 1, unread: true, at: "", row: of });

it("R-16 a person's other conversations and those of mentions are shown as they are now", () => {
  const cache = new QueryClient();
  const all = keys.list({ status: ["open"] });
  for (const [key, held] of [
    [all, page(row("c", "Ann"))],
    [keys.history("k"), page(row("d", "Ann"), row("c", "Ann"))],
    [keys.mentions, page(mention(row("c", "Ann")), mention(row("d", "Ann")))],
  ] as const)
    cache.setQueryData(key, held);
  const apply = new Apply(cache, () => "me", never);
  const conversation = { ...row("c", "Ann").conversation, last_text: "are you there?" };
  apply.entry({ seq: 1, kind: "conversation.changed", at: "", conversation: "c", data: { conversation } });
  apply.entry({
    seq: 2,
    kind: "contact.changed",
    at: "",
    subject: "k",
    data: { contact: contactOf("Anna") },
  });
  const seen = (r: Row | undefined) => [r?.conversation.id, r?.conversation.last_text, r?.contact.name];
  const want = [
    ["d", undefined, "Anna"],
    ["c", "are you there?", "Anna"],
  ];
  expect(cache.getQueryData<Lists>(keys.history("k"))!.pages[0]!.items.map(seen)).toEqual(want);
  const told = cache.getQueryData<{ pages: { items: { row?: Row }[] }[] }>(keys.mentions)!;
  expect(told.pages[0]!.items.map((m) => seen(m.row))).toEqual(want.toReversed());
  cache.clear();
});

it("R-16 a new conversation comes among those of its person, and one that left one's sight goes", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  const old = async (key: readonly unknown[]) => {
    await vi.advanceTimersByTimeAsync(1000);
    return cache.getQueryState(key)?.isInvalidated;
  };
  const [history, strangers] = [keys.history("k"), keys.history("somebody else")];
  const hold = () => {
    cache.setQueryData(keys.list({}), page(row("e", "Ann")));
    for (const key of [history, strangers, keys.mentions]) cache.setQueryData(key, page());
  };
  const apply = new Apply(cache, () => "me", never);
  const { conversation } = row("e", "Ann");
  hold();
  apply.entry({ seq: 1, kind: "conversation.opened", at: "", conversation: "e", data: { conversation } });
  expect([await old(history), await old(strangers), await old(keys.mentions)]).toEqual([true, false, false]);
  hold();
  cache.setQueryData(history, page(row("e", "Ann")));
  cache.setQueryData(keys.mentions, page(mention(row("e", "Ann"))));
  apply.entry({ seq: 2, kind: "conversation.transferred", at: "", conversation: "e" });
  expect([await old(history), await old(strangers), await old(keys.mentions)]).toEqual([true, false, true]);
  // Of whom one may not be told all is asked.
  hold();
  cache.setQueryData(keys.mentions, page(mention(row("e", "Ann"))));
  apply.entry({ seq: 4, kind: "contact.changed", at: "", subject: "k" });
  expect(await old(keys.mentions)).toBe(true);
  // It is ours to see again: perhaps it is what a mention is of that shows nothing.
  hold();
  cache.setQueryData(keys.mentions, page(mention(undefined)));
  apply.entry({ seq: 3, kind: "conversation.assigned", at: "", conversation: "e", data: { conversation } });
  expect(await old(keys.mentions)).toBe(true);
  cache.clear();
  vi.useRealTimers();
});

it("X-01 under which addresses somebody writes is let go of with them, and asked for when they are back", async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  cache.setQueryData(keys.session, limited(0));
  const apply = new Apply(cache, () => "me", never);
  let sees = true;
  const key = keys.identities("k");
  const stop = new QueryObserver(cache, {
    queryKey: key,
    queryFn: async () => {
      if (!sees) throw new ApiError({ status: 404, code: "not_found", detail: "", title: "", type: "" });
      return ["ann@example.com"];
    },
  }).subscribe(() => undefined);
  await vi.waitFor(() => expect(cache.getQueryData(key)).toEqual(["ann@example.com"]));
  cache.setQueryData(keys.list({}), page(row("c", "Ann")));
  sees = false;
  apply.entry({ seq: 1, kind: "conversation.transferred", at: "", conversation: "c" });
  await vi.waitFor(() => expect(cache.getQueryData(key)).toBeUndefined());
  await vi.waitFor(() => expect(cache.getQueryState(key)?.status).toBe("error"));
  sees = true;
  const { conversation } = row("c", "Ann");
  apply.entry({ seq: 2, kind: "conversation.assigned", at: "", conversation: "c", data: { conversation } });
  await vi.waitFor(() => expect(cache.getQueryData(key)).toEqual(["ann@example.com"]));
  stop();
  cache.clear();
});

it("R-16 whose team somebody is in is asked for when they change", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  cache.setQueryData(keys.teams, []);
  const apply = new Apply(cache, () => "me", never);
  const old = async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return cache.getQueryState(keys.teams)?.isInvalidated;
  };
  apply.entry({ seq: 1, kind: "agent.state", at: "", subject: "lin", data: { id: "lin" } });
  expect(await old()).toBe(false);
  apply.entry({ seq: 2, kind: "agent.changed", at: "", subject: "lin", data: { id: "lin" } });
  expect(await old()).toBe(true);
  cache.clear();
  vi.useRealTimers();
});

it("R-16 an answer under way does not make new what is told to be old meanwhile", async () => {
  const cache = new QueryClient();
  new Apply(cache, () => "me", never);
  let answer: (n: number) => void = () => undefined;
  const asked = cache.fetchQuery({
    queryKey: keys.tallies,
    queryFn: () =>
      new Promise<number>((go) => {
        answer = go;
      }),
  });
  await Promise.resolve();
  await cache.invalidateQueries({ queryKey: keys.tallies });
  answer(1);
  await asked;
  expect(cache.getQueryState(keys.tallies)?.isInvalidated).toBe(true);
  cache.clear();
});

it("R-16 more of a list that is known to be old makes it no newer", async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  new Apply(cache, () => "me", never);
  let there = true;
  let first = "one";
  const list = new InfiniteQueryObserver(cache, {
    queryKey: keys.list({}),
    queryFn: async ({ pageParam }) => {
      if (!there) throw new Error("offline");
      return { items: [pageParam ?? first], next: pageParam ? null : "two" };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
  });
  const stop = list.subscribe(() => undefined);
  const shown = () => list.getCurrentResult().data?.pages.flatMap((p) => p.items);
  await vi.waitFor(() => expect(shown()).toEqual(["one"]));
  there = false;
  first = "new";
  await cache.invalidateQueries({ queryKey: keys.lists });
  there = true;
  await list.fetchNextPage();
  await vi.waitFor(() => expect(shown()).toEqual(["new", "two"]));
  stop();
  cache.clear();
});

it("R-16 what could not be learned of a conversation is asked for wherever it may stand", async () => {
  const cache = new QueryClient();
  const held = [keys.list({}), keys.history("k"), keys.mentions];
  const apply = new Apply(
    cache,
    () => "me",
    () => Promise.reject(new Error("offline")),
  );
  for (const key of held) cache.setQueryData(key, page(row("d", "Ann")));
  const { conversation } = row("c", "Ann");
  apply.entry({ seq: 1, kind: "conversation.changed", at: "", conversation: "c", data: { conversation } });
  await vi.waitFor(() =>
    expect(held.map((key) => cache.getQueryState(key)?.isInvalidated)).toEqual([true, true, true]),
  );
  cache.clear();
});

it("X-01 whose conversation left one's sight is asked for, also where only their others stand", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  cache.setQueryData(keys.session, limited(0));
  const hold = (history?: object) => {
    for (const key of [keys.contact("k"), keys.identities("k"), keys.history("k")])
      cache.removeQueries({ queryKey: key });
    cache.setQueryData(keys.contact("k"), contactOf("Ann"));
    cache.setQueryData(keys.identities("k"), []);
    if (history) cache.setQueryData(keys.history("k"), history);
  };
  const apply = new Apply(cache, () => "me", never);
  const old = async () => {
    apply.entry({ seq: 1, kind: "conversation.closed", at: "", conversation: "c" });
    await vi.advanceTimersByTimeAsync(1000);
    return [keys.contact("k"), keys.identities("k")].map((key) => cache.getQueryState(key)?.isInvalidated);
  };
  hold(page(row("c", "Ann")));
  expect(await old()).toEqual([true, true]);
  hold({ pages: [{ items: [row("d", "Ann")], next: "older" }], pageParams: [undefined] });
  expect(await old(), "it may be further back").toEqual([true, true]);
  hold();
  expect(await old(), "it may be any").toEqual([true, true]);
  hold(page(row("d", "Ann")));
  expect(await old(), "it is somebody else's").toEqual([false, false]);
  cache.clear();
  vi.useRealTimers();
});
