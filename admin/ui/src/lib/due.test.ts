import { describe, expect, it } from "vitest";
import { dueOf } from "./due";

const at = Date.parse("2025-06-02T10:00:00Z");
const within = (minutes: number, due_within: number) =>
  dueOf({ due: new Date(at + minutes * 60_000).toISOString(), due_for: "first", due_within }, at);

describe("what is due", () => {
  it("warns in the last quarter of what the goal gives, and never later than a minute before", () => {
    expect(within(31, 120)?.level).toBe("calm");
    expect(within(30, 120)?.level).toBe("soon");
    expect(within(1, 2)?.level).toBe("soon");
    expect(within(1.1, 2)?.level).toBe("calm");
    expect(within(0, 120)?.level).toBe("late");
  });

  it("says how long is left, and for how long it is late", () => {
    expect(within(12, 60)).toMatchObject({ left: 12 * 60_000, goal: "first" });
    expect(within(-3, 60)).toMatchObject({ left: -3 * 60_000, level: "late" });
  });

  it("is nothing while no clock runs", () => expect(dueOf({}, at)).toBeUndefined());
});
