import { expect, test } from "vitest";
import { levels } from "../thread/parts/VoicePart";
import { waveOf } from "./microphone";

test("a wave keeps its peaks, however long it was recorded", () => {
  const long = Array.from({ length: 4000 }, (_, i) => (i === 1999 ? 1 : 0.2));
  const bars = levels(waveOf(long));
  expect(bars).toHaveLength(40);
  expect(bars[19]).toBe(1);
  expect(bars[20]).toBeCloseTo(0.2, 2);
});

test("a short one has a bar for each level, and none has none", () => {
  expect(levels(waveOf([0, 1, 2]))).toEqual([0, 1, 1]);
  expect(waveOf([])).toBe("");
});
