import { describe, expect, it } from "vitest";
import type { Row } from "@/api/types";
import { held } from "./useHeld";

const rows = (ids: string) => [...ids].map((id) => ({ conversation: { id } }) as Row);
const ids = (r: Row[]) => r.map((x) => x.conversation.id).join("");

describe("rows under the pointer", () => {
  it("stay while others come or move; what came waits behind the pill", () => {
    const h = held([..."abc"], rows("xcaby"));
    expect(ids(h.rows)).toBe("abcy");
    expect(h.waiting).toBe(1);
  });
  it("go when they left the view", () => expect(ids(held([..."abc"], rows("ac")).rows)).toBe("ac"));
  it("let pages loaded by scrolling in", () =>
    expect(held([..."ab"], rows("abcd"))).toMatchObject({ waiting: 0 }));
});
