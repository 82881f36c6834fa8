import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useSteady } from "./useSteady";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

function Screen({ value, of, shown }: { value: string; of: string; shown: string[] }) {
  const steady = useSteady(value, of, 100);
  if (shown.at(-1) !== steady) shown.push(steady);
  return null;
}

/** drawn keeps what was shown, one after the other. */
function drawn() {
  const shown: string[] = [];
  const root = createRoot(document.createElement("div"));
  const draw = (value: string, of = "queue") =>
    act(() => root.render(createElement(Screen, { value, of, shown })));
  return { shown, draw, end: () => act(() => root.unmount()) };
}

describe("a list that changes many times a second", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows the first change at once, and then the last of each tenth of a second", () => {
    const { shown, draw, end } = drawn();
    draw("1");
    act(() => void vi.advanceTimersByTime(500));
    draw("2");
    for (const next of ["3", "4", "5"]) draw(next);
    expect(shown).toEqual(["1", "2"]);
    act(() => void vi.advanceTimersByTime(100));
    expect(shown).toEqual(["1", "2", "5"]);
    end();
  });

  it("never shows one list in the place of another", () => {
    const { shown, draw, end } = drawn();
    draw("1");
    draw("2");
    draw("a", "closed");
    expect(shown.at(-1)).toBe("a");
    act(() => void vi.advanceTimersByTime(500));
    expect(shown.at(-1)).toBe("a");
    end();
  });
});
