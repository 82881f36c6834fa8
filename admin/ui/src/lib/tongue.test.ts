import { expect, it } from "vitest";
import { tongue } from "./tongue";

it("names languages in the reader's own, however platforms write them", () => {
  expect([
    tongue("en", "en"),
    tongue("zh_CN", "en"),
    tongue("ja", "zh"),
    tongue("not a language", "en"),
  ]).toEqual(["English", "Chinese (China)", "日语", "not a language"]);
});
