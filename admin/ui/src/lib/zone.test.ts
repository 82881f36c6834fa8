import { describe, expect, it } from "vitest";
import { instantOf, presets, wallOf } from "./zone";

const at = (text: string) => Date.parse(text);
const iso = (n: number) => new Date(n).toISOString();
const wall = (year: number, month: number, day: number, hour: number, minute = 0) => ({
  year,
  month,
  day,
  hour,
  minute,
});

describe("U-09 a time of day in the agent's zone", () => {
  it.each([
    ["Asia/Shanghai", wall(2026, 11, 27, 9), "2026-11-27T01:00:00.000Z"],
    ["America/New_York", wall(2026, 3, 7, 9), "2026-03-07T14:00:00.000Z"],
    ["America/New_York", wall(2026, 3, 8, 9), "2026-03-08T13:00:00.000Z"], // set forward that night
    ["Europe/Berlin", wall(2026, 10, 25, 9), "2026-10-25T08:00:00.000Z"], // set back that night
    ["Australia/Lord_Howe", wall(2026, 4, 5, 9), "2026-04-04T22:30:00.000Z"], // by half an hour
    ["Europe/Berlin", wall(2026, 10, 25, 2, 30), "2026-10-25T00:30:00.000Z"], // twice: the first
    ["America/New_York", wall(2026, 3, 8, 2, 30), "2026-03-08T07:30:00.000Z"], // never: 3:30
    ["Asia/Shanghai", wall(2026, 12, 32, 9), "2027-01-01T01:00:00.000Z"],
  ])("%s %o", (zone, w, want) => {
    expect(iso(instantOf(w, zone))).toBe(want);
  });

  it("comes back as the same wall clock in every zone and month", () => {
    for (const zone of ["Asia/Shanghai", "America/St_Johns", "Europe/London", "Pacific/Auckland", "UTC"])
      for (let day = 1; day < 366; day++)
        expect(wallOf(instantOf(wall(2026, 1, day, 9), zone), zone)).toMatchObject({ hour: 9, minute: 0 });
  });
});

describe("the times to snooze to", () => {
  const said = (now: string, zone: string) => presets(at(now), zone).map((p) => `${p.id} ${iso(p.at)}`);
  it("are today, the next morning and the next Monday", () => {
    expect(said("2026-11-26T02:20:00Z", "Asia/Shanghai")).toEqual([
      "later 2026-11-26T06:00:00.000Z",
      "tomorrow 2026-11-27T01:00:00.000Z",
      "monday 2026-11-30T01:00:00.000Z",
    ]);
  });
  it("are those of the agent's day, not the browser's", () => {
    expect(said("2026-11-26T17:30:00Z", "Asia/Shanghai")).toEqual([
      "later 2026-11-26T21:00:00.000Z", // already the 27th there
      "tomorrow 2026-11-28T01:00:00.000Z",
      "monday 2026-11-30T01:00:00.000Z",
    ]);
  });
  it("leave out what is no more, or twice the same", () => {
    expect(said("2026-11-29T14:00:00Z", "Asia/Shanghai")).toEqual(["tomorrow 2026-11-30T01:00:00.000Z"]);
  });
  it("are nine o'clock across daylight saving", () => {
    expect(said("2026-03-07T20:00:00Z", "America/New_York").slice(1)).toEqual([
      "tomorrow 2026-03-08T13:00:00.000Z",
      "monday 2026-03-09T13:00:00.000Z",
    ]);
  });
});
