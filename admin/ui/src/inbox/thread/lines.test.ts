import { describe, expect, it } from "vitest";
import type { Message } from "@/api/types";
import type { Pending } from "../composer/outbox";
import { firstUnreadOf, lines } from "./lines";

const message = (id: string, at: string, more: Partial<Message> = {}): Message => ({
  id,
  thread: "t",
  conversation: "c",
  pos: Date.parse(at),
  rev: 1,
  from: "customer",
  sender: "x",
  at,
  content: { parts: [] },
  ...more,
});
const pending = (client_id: string): Pending => ({
  client_id,
  conversation: "c",
  content: { parts: [] },
  note: false,
  at: 0,
  state: "sending",
});
const kinds = (l: ReturnType<typeof lines>) => l.map((x) => x.kind);

describe("the lines of a thread", () => {
  it("mark days and group what one person says in a row", () => {
    const l = lines(
      [
        message("1", "2026-03-01T10:00:00Z"),
        message("2", "2026-03-01T10:01:00Z"),
        message("3", "2026-03-05T10:00:00Z"),
      ],
      [],
      undefined,
    );
    expect(kinds(l)).toEqual(["day", "message", "message", "day", "message"]);
    expect(l.map((x) => ("head" in x ? x.head : undefined))).toEqual([
      undefined,
      true,
      false,
      undefined,
      true,
    ]);
  });

  it("put the unread line before the first unread of the customer", () => {
    const all = ["1", "2", "3"].map((id, i) => message(id, `2026-03-01T10:0${i}:00Z`));
    const first = firstUnreadOf(all, 2);
    expect(first).toBe("2");
    expect(kinds(lines(all, [], first))).toEqual(["day", "message", "unread", "message", "message"]);
  });

  it("U-03 show an echo until the hub's copy is there, never both, in the same row", () => {
    const before = lines([], [pending("k1")], undefined);
    expect(before.map((l) => l.key)).toEqual(["k1"]);
    const after = lines(
      [message("m", "2026-03-01T10:00:00Z", { from: "agent", content: { client_id: "k1", parts: [] } })],
      [pending("k1")],
      undefined,
    );
    expect(after.filter((l) => l.key === "k1")).toHaveLength(1);
    expect(kinds(after)).toEqual(["day", "message"]);
  });
});
