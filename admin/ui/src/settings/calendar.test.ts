import { describe, expect, it } from "vitest";
import { clockOf, minutesOf, nextPeriod, wrong } from "./calendar";

describe("opening hours", () => {
  it("write and read times, to the end of the day", () => {
    expect([clockOf(0), clockOf(570), clockOf(1440)]).toEqual(["00:00", "09:30", "24:00"]);
    expect([
      minutesOf("09:30", false),
      minutesOf("00:00", true),
      minutesOf("00:00", false),
      minutesOf("x", false),
    ]).toEqual([570, 1440, 0, undefined]);
  });
  it("read what people type", () => {
    expect(
      ["9", "930", "0930", "9:30", "13：30", "24:00", "25:00", "9:75", ""].map((x) => minutesOf(x, false)),
    ).toEqual([540, 570, 570, 570, 810, 1440, undefined, undefined, undefined]);
  });
  it("refuse periods that end before they begin, or overlap", () => {
    expect(wrong([{ from: 600, to: 600 }])).toBe("empty");
    expect(
      wrong([
        { from: 800, to: 1000 },
        { from: 540, to: 810 },
      ]),
    ).toBe("overlap");
    expect(
      wrong([
        { from: 540, to: 720 },
        { from: 720, to: 1080 },
      ]),
    ).toBeUndefined();
  });
  it("offer one that fits", () => {
    for (const day of [[], [{ from: 0, to: 1380 }], [{ from: 540, to: 720 }]])
      expect(wrong([...day, nextPeriod(day)])).toBeUndefined();
  });
});
