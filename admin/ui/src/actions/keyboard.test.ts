import { beforeEach, describe, expect, it } from "vitest";
import { Keys } from "./keyboard";
import type { Own } from "./keymap";
import { type Action, actions } from "./table";

let done: string[];
let on: boolean;
let now: number;
let covered: boolean;
let yes: number;
let own: Own;
let keys: Keys;
beforeEach(() => {
  done = [];
  covered = false;
  yes = 0;
  own = {};
  on = true;
  now = 0;
  keys = new Keys(
    (id) => done.push(id) > 0,
    () => on,
    () => now,
    () => covered,
    () => yes++,
    () => own,
  );
});

function event(chord: string, more: object = {}, target: EventTarget = document.body): KeyboardEvent {
  const parts = chord.split("+");
  const key = parts.pop()!;
  const e = new KeyboardEvent("keydown", {
    key: key === "enter" ? "Enter" : key,
    code: /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : key,
    ctrlKey: parts.includes("mod"),
    altKey: parts.includes("alt"),
    shiftKey: parts.includes("shift"),
    cancelable: true,
    ...more,
  });
  Object.defineProperty(e, "target", { value: target });
  return e;
}
const press = (chord: string, more?: object, target?: EventTarget) => {
  for (const k of chord.split(" ")) keys.press(event(k, more, target));
};
const withKeys = (actions as readonly Action[]).flatMap((a) => (a.keys ?? []).map((k) => [k, a] as const));

describe("B2 every key of the table", () => {
  it.each(withKeys.map(([k, a]) => [k, a.id] as const))("%s does %s", (k, id) => {
    press(k);
    expect(done).toEqual([id]);
  });

  it.each(withKeys.map(([k, a]) => [k, a.id] as const))(
    "%s is left to an input method that composes",
    (k) => {
      press(k, { isComposing: true });
      expect(done).toEqual([]);
    },
  );

  it("single keys are off when turned off; chords stay", () => {
    on = false;
    press("j");
    press("g i");
    expect(done).toEqual([]);
    press("mod+k");
    expect(done).toEqual(["palette"]);
  });

  it("typing in a field is typing", () => {
    const field = document.createElement("textarea");
    document.body.append(field);
    press("j", {}, field);
    press("e", {}, field);
    expect(done).toEqual([]);
    press("mod+enter", {}, field);
    press("alt+p", {}, field);
    expect(done).toEqual(["send", "note"]);
  });

  it("what lies beneath a dialog hears nothing; Ctrl-Enter is the dialog's", () => {
    covered = true;
    const field = document.createElement("textarea");
    document.body.append(field);
    for (const [k] of withKeys) press(k, {}, field);
    for (const [k] of withKeys) press(k);
    expect(done).toEqual([]);
    for (const [k] of withKeys) keys.over(event(k, {}, field));
    expect(yes).toBe(1);
    keys.over(event("mod+enter", { isComposing: true }, field));
    covered = false;
    keys.over(event("mod+enter", {}, field));
    expect(yes).toBe(1);
  });

  it("a sequence is forgotten after a moment", () => {
    press("g");
    now = 5000;
    press("m");
    expect(done).toEqual([]);
  });

  it("a key of one's own counts, and the one it took the place of does not", () => {
    own = { close: ["q", "g q"], take: ["e"], theme: [] };
    press("q");
    press("g q");
    press("e");
    press("i");
    expect(done).toEqual(["close", "close", "take"]);
  });

  it("a field that asks for a key gets Ctrl-Enter too", () => {
    covered = true;
    const field = document.createElement("input");
    field.dataset.recording = "";
    keys.over(event("mod+enter", {}, field));
    expect(yes).toBe(0);
  });

  it("no key belongs to two actions", () => {
    const all = withKeys.map(([k]) => k);
    expect(new Set(all).size).toBe(all.length);
  });
});
