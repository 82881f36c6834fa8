import { describe, expect, it } from "vitest";
import type { ListQuery } from "@/api/inbox";
import type { Conversation, Message, Row } from "@/api/types";
import { fits, type Lists, merge, place } from "./cache";

const conversation = (id: string, minutes: number, more: Partial<Conversation> = {}): Conversation => ({
  id,
  thread: `t${id}`,
  account: "a",
  contact: "c",
  owner: { kind: "agent", id: "me" },
  lease: 1,
  tags: [],
  colleagues: [],
  unread: 0,
  trouble: false,
  created: "2026-01-01T00:00:00Z",
  last_at: new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString(),
  ...more,
});
const row = (c: Conversation): Row => ({
  conversation: c,
  contact: { id: "c", name: "C" },
  account: { id: "a", name: "A", kind: "web" },
});
const lists = (next: string | null, ...rows: Row[]): Lists => ({
  pages: [{ items: rows, next }],
  pageParams: [undefined],
});
const ids = (l: Lists) => l.pages.flatMap((p) => p.items).map((r) => r.conversation.id);
const mine = { status: ["agent"], owner: ["me"], sort: "newest" } satisfies ListQuery;

describe("a list follows the feed", () => {
  const full = lists(
    null,
    row(conversation("3", 30)),
    row(conversation("2", 20)),
    row(conversation("1", 10)),
  );

  it("moves a conversation to where it now belongs", () => {
    expect(ids(place(full, mine, row(conversation("1", 40)), "me"))).toEqual(["1", "3", "2"]);
  });
  it("takes in a new one and lets go one that left", () => {
    expect(ids(place(full, mine, row(conversation("4", 25)), "me"))).toEqual(["3", "4", "2", "1"]);
    expect(ids(place(full, mine, row(conversation("2", 50, { owner: { kind: "closed" } })), "me"))).toEqual([
      "3",
      "1",
    ]);
  });
  it("leaves what belongs beyond the loaded pages to paging", () => {
    const part = lists("more", ...full.pages[0]!.items);
    expect(ids(place(part, mine, row(conversation("0", 1)), "me"))).toEqual(["3", "2", "1"]);
    expect(place(part, mine, row(conversation("9", 99)), "me").pages[0]!.next).toBe("more");
  });
  it("is what a refetch would give, whatever the order of arrival", () => {
    const all = Array.from({ length: 9 }, (_, i) => row(conversation(String(i), (i * 37) % 60)));
    let built = lists(null);
    for (const r of [...all].reverse()) built = place(built, mine, r, "me");
    const sorted = [...all].sort((a, b) => b.conversation.last_at.localeCompare(a.conversation.last_at));
    expect(ids(built)).toEqual(sorted.map((r) => r.conversation.id));
  });
});

describe("which conversation fits which view", () => {
  it.each([
    ["mine", mine, {}, true],
    ["as a colleague", mine, { owner: { kind: "agent", id: "lin" }, colleagues: ["me"] }, true],
    ["another's", mine, { owner: { kind: "agent", id: "lin" } }, false],
    ["queue of a team", { status: ["queue"], team: ["t"] }, { owner: { kind: "queue", team: "t" } }, true],
    ["queue of no team", { status: ["queue"], team: ["none"] }, { owner: { kind: "queue" } }, true],
    [
      "queue of another team",
      { status: ["queue"], team: ["t"] },
      { owner: { kind: "queue", team: "u" } },
      false,
    ],
    ["all open", { status: ["open"] }, { owner: { kind: "bot", id: "b" } }, true],
    ["closed among open", { status: ["open"] }, { owner: { kind: "closed" } }, false],
    ["another account", { status: ["open"], account: ["z"] }, {}, false],
    ["one of two accounts", { status: ["open"], account: ["z", "a"] }, {}, true],
    ["asleep among open", {}, { snooze: { at: "" } }, false],
    ["asleep among mine", mine, { snooze: { at: "" } }, false],
    ["asleep", { status: ["snoozed"], owner: ["me"] }, { snooze: { at: "" } }, true],
    ["in the language", { language: ["zh"] }, { locale: "zh-CN" }, true],
    ["in another language", { language: ["zh", "en"] }, { locale: "ja" }, false],
    [
      "who waits too short",
      { wait: 10 },
      { waiting_since: new Date(Date.now() - 9 * 60_000).toISOString() },
      false,
    ],
    [
      "who waits so long",
      { wait: 10 },
      { waiting_since: new Date(Date.now() - 11 * 60_000).toISOString() },
      true,
    ],
    ["who does not wait", { wait: 10 }, {}, false],
    ["with the tag", { status: ["open"], tag: ["y", "x"] }, { tags: ["x"] }, true],
  ] as [string, ListQuery, Partial<Conversation>, boolean][])("%s", (_, query, more, want) => {
    expect(fits(query, conversation("1", 1, more), "me")).toBe(want);
  });
});

const message = (id: string, pos: number, rev: number, more: Partial<Message> = {}): Message => ({
  id,
  thread: "t1",
  conversation: "1",
  pos,
  rev,
  from: "customer",
  at: "2026-01-02T00:00:00Z",
  content: { parts: [{ type: "text", body: id }] },
  ...more,
});

describe("U-03 a thread never doubles and never goes back", () => {
  const empty = { thread: undefined, items: [], rev: 0, next: null, hidden: false };
  it("keeps the later of two revisions in any order", () => {
    const old = message("m", 1, 1, { state: "sent" });
    const late = message("m", 1, 5, { state: "read" });
    for (const order of [
      [old, late],
      [late, old],
    ]) {
      const lane = order.reduce((l, m) => merge(l, [m]), empty as Parameters<typeof merge>[0]);
      expect(lane.items).toEqual([late]);
      expect(lane.rev).toBe(5);
    }
  });
  it("orders by place, not by arrival", () => {
    expect(merge(empty, [message("b", 2, 2), message("a", 1, 9)]).items.map((m) => m.id)).toEqual(["a", "b"]);
  });
});
