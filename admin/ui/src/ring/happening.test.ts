import { expect, it } from "vitest";
import type { FeedEntry } from "@/api/types";
import { gist } from "./bell";
import { happening } from "./happening";
import type { Tune } from "./sound";

const told = (kind: string, conversation: object, message?: object, actor?: string) =>
  happening(
    {
      seq: 7,
      kind,
      at: "",
      actor,
      data: { conversation: { id: "c", colleagues: [], ...conversation }, message },
    } as FeedEntry,
    "me",
    ["mine"],
  )?.kind;
const mine = { owner: { kind: "agent", id: "me" } };
const other = { owner: { kind: "agent", id: "other" } };

it("U-14 one is told of what is given to one, and of who waits for one", () => {
  expect(told("conversation.assigned", mine)).toBe("assigned");
  expect(told("conversation.transferred", mine, undefined, "other")).toBe("assigned");
  expect(told("conversation.assigned", { owner: { kind: "queue", team: "mine" } })).toBe("queued");
  expect(told("conversation.assigned", { owner: { kind: "queue" } })).toBe("queued");
  expect(told("message", mine, { from: "customer" })).toBe("wrote");
  expect(told("message", mine, { from: "note", sender: "boss" })).toBe("noted");
  expect(told("message", { ...other, colleagues: ["me"] }, { from: "note", sender: "boss" })).toBe("noted");
});

it("U-14 and of nothing else", () => {
  expect(told("conversation.assigned", mine, undefined, "me")).toBeUndefined();
  expect(told("conversation.assigned", other)).toBeUndefined();
  expect(told("conversation.assigned", { owner: { kind: "queue", team: "others" } })).toBeUndefined();
  expect(told("message", other, { from: "customer" })).toBeUndefined();
  expect(told("message", { ...mine, snooze: {} }, { from: "customer" })).toBeUndefined();
  expect(told("message", mine, { from: "agent", sender: "other" })).toBeUndefined();
  expect(told("message", mine, { from: "note", sender: "me" })).toBeUndefined();
  expect(told("message", mine, { from: "note", sender: "boss", mentions: ["me"] })).toBeUndefined();
  expect(told("message.changed", mine, { from: "customer" })).toBeUndefined();
});

it("U-14 of what comes at once each conversation is told of once, by the most urgent", () => {
  const b = (key: string, tune: Tune, conversation: string) => ({ key, tune, conversation });
  expect(
    gist([
      b("1", "waiting", "a"),
      b("2", "assigned", "a"),
      b("3", "waiting", "a"),
      b("4", "waiting", "b"),
      b("5", "waiting", "b"),
    ]).map((x) => x.key),
  ).toEqual(["2", "5"]);
});
