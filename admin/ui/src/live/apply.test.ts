import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import type { FeedEntry, Message } from "@/api/types";
import { Apply } from "./apply";
import { keys, type Lane } from "./cache";

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
  const old: Lane = { thread: "t", items: [message(1, 1, "hello")], rev: 1, more: false };
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
