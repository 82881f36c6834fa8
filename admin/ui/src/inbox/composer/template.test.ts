import { expect, test } from "vitest";
import { filled, led, lineOf, ready, search } from "./template";

const text = "Order {{header.1}}\nHi {{body.1}}, {{body.2}} is on its way.";

test("what is filled in stands in the words, what is not stays marked", () => {
  expect(filled(text, [{ slot: "body.1", text: "Ann $& {{body.2}}" }, { slot: "body.2" }])).toBe(
    "Order {{header.1}}\nHi Ann $& {{body.2}}, {{body.2}} is on its way.",
  );
});

test("a slot is asked for by its line", () => {
  expect(lineOf(text, "body.1")).toBe("Hi …, · is on its way.");
  expect(lineOf(text, "button.1")).toBe("button.1");
});

test("a template is whole when every slot is filled in", () => {
  expect(ready([])).toBe(true);
  expect(ready([{ slot: "body.1", text: " " }])).toBe(false);
  expect(
    ready([
      { slot: "header.1", media: "image", file: "f" },
      { slot: "body.1", text: "x" },
    ]),
  ).toBe(true);
});

test("where a tap leads may stay empty, and has to lead somewhere otherwise", () => {
  const leads = (url?: string, app?: string, page?: string) => [
    { slot: "body.1", text: "x" },
    { slot: "url", leads: "url" as const, text: url },
    { slot: "app", leads: "app" as const, text: app },
    { slot: "page", leads: "page" as const, text: page },
  ];
  expect(ready(leads())).toBe(true);
  expect(ready(leads("shop.example.com"))).toBe(false);
  expect(ready(leads("https://shop.example.com/1"))).toBe(true);
  expect(ready(leads("", "wx1", "pages/a"))).toBe(true);
  expect(ready(leads("", "", "pages/a"))).toBe(false);
  expect(ready([{ slot: "page", leads: "page", text: "pages/a" }])).toBe(true);
  expect(led(leads("", "wx1")).map((p) => p.slot)).toEqual(["body.1", "app"]);
});

test("search finds all words in name and text", () => {
  const all = [
    { name: "order_shipped", text: "您的订单 {{body.1}} 已发货" },
    { name: "hello_world", text: "Hello" },
  ];
  expect(search(all, "order 发货").map((t) => t.name)).toEqual(["order_shipped"]);
  expect(search(all, "")).toHaveLength(2);
});
