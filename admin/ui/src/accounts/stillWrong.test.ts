import { expect, test } from "vitest";
import { stillWrong } from "./stillWrong";

const found = [
  { field: "items[0].label", detail: "too long" },
  { field: "items[1].items[0].url", detail: "no address" },
  { field: "bar", detail: "empty" },
];
const then = { bar: "", items: [{ label: "Where is it?" }, { label: "More", items: [{ url: "x" }] }] };

test("what was changed since is wrong no longer, all else is", () => {
  expect([...stillWrong(found, then, then).keys()]).toEqual([
    "items[0].label",
    "items[1].items[0].url",
    "bar",
  ]);
  const mended = { ...then, items: [{ label: "Where?" }, then.items[1]] };
  expect([...stillWrong(found, then, mended).keys()]).toEqual(["items[1].items[0].url", "bar"]);
  // What moved away took its fault with it, until it is looked at again.
  const moved = { ...then, items: [then.items[1], then.items[0]] };
  expect([...stillWrong(found, then, moved).keys()]).toEqual(["bar"]);
});
