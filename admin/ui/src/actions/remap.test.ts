import { describe, expect, it } from "vitest";
import { keymap, keysIn, type Own } from "./keymap";
import { drop, give, obstacle, restore } from "./remap";
import { type Action, actions } from "./table";

const doubled = (own: Own) => {
  const all = (actions as readonly Action[]).flatMap((a) => keysIn(own, a.id));
  return all.filter((k, i) => all.indexOf(k) !== i);
};

describe("2.1.4 keys of one's own", () => {
  it("a free key takes the place of the old one, and nothing else changes", () => {
    const own = give({}, "close", "e", "q");
    expect(own).toEqual({ close: ["q"] });
    expect(keymap(own).get("q")).toBe("close");
    expect(keymap(own).has("e")).toBe(false);
  });

  it("a key that is another's is named and swapped", () => {
    expect(obstacle({}, "close", "i")).toEqual({ what: "taken", by: "take" });
    const own = give({}, "close", "e", "i");
    expect(own).toEqual({ close: ["i"], take: ["e"] });
    expect(doubled(own)).toEqual([]);
  });

  it("a key given beside the others is taken from whom it was", () => {
    const own = give({}, "close", undefined, "i");
    expect(own).toEqual({ close: ["e", "i"], take: [] });
  });

  it("what could not be pressed any more, or could never be, is refused", () => {
    expect(obstacle({}, "close", "g")).toMatchObject({ what: "begins", by: "goInbox", keys: "g i" });
    expect(obstacle({}, "take", "e e")).toMatchObject({ what: "begins", by: "close" });
    for (const key of ["tab", "enter", "mod+w", "mod+c", "q tab"])
      expect(obstacle({}, "close", key)).toEqual({ what: "reserved" });
    expect(obstacle({}, "close", "g q")).toBeUndefined();
    expect(obstacle({}, "close", "mod+shift+z")).toBeUndefined();
  });

  it("going back leaves no key with two, and undoes a swap on both sides", () => {
    const swapped = give({}, "close", "e", "i");
    expect(restore(swapped, "close")).toEqual({});
    const round = give(give(swapped, "tags", "l", "e"), "snooze", "h", "l");
    expect(doubled(round)).toEqual([]);
    for (const id of ["close", "take", "tags", "snooze"] as const)
      expect(doubled(restore(round, id))).toEqual([]);
  });

  it("an action may have no key", () => {
    const own = drop({}, "close", "e");
    expect(own).toEqual({ close: [] });
    expect(give(own, "close", undefined, "e")).toEqual({});
  });
});
