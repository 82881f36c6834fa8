import { expect, it } from "vitest";
import { quiet } from "./quiet";

const at = (iso: string) => Date.parse(iso);
const shanghai = "Asia/Shanghai"; // eight hours ahead

it("U-14 quiet hours go by the clock of one's zone, past midnight and without an end", () => {
  const night = { on: true, from: "22:00", until: "08:00" };
  for (const [when, is] of [
    ["2026-11-27T13:59:00Z", false], // 21:59 there
    ["2026-11-27T14:00:00Z", true],
    ["2026-11-27T16:30:00Z", true], // half past midnight
    ["2026-11-27T23:59:00Z", true],
    ["2026-11-28T00:00:00Z", false], // eight
  ] as const)
    expect(quiet(night, at(when), shanghai), when).toBe(is);
  const noon = { on: true, from: "12:00", until: "13:30" };
  expect(quiet(noon, at("2026-11-27T12:00:00Z"), "UTC")).toBe(true);
  expect(quiet(noon, at("2026-11-27T13:30:00Z"), "UTC")).toBe(false);
  expect(quiet({ ...noon, until: "12:00" }, at("2026-11-27T05:00:00Z"), "UTC")).toBe(true);
  expect(quiet({ ...night, on: false }, at("2026-11-27T16:30:00Z"), shanghai)).toBe(false);
  expect(quiet(undefined, at("2026-11-27T16:30:00Z"), shanghai)).toBe(false);
});
