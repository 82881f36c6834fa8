import { describe, expect, it } from "vitest";
import { allows, another, changes, questionsOf, textOf } from "./draft";

describe("the draft of a widget", () => {
  it("writes only what changed", () => {
    expect(changes({ color: "#000000", logo: "x" }, { color: "#ffffff", logo: "x", ask: "" })).toEqual({
      color: "#ffffff",
    });
  });

  it("reads the words of earlier versions and its own lists", () => {
    expect(questionsOf("none")).toEqual([]);
    expect(questionsOf("contact").map((q) => q.name)).toEqual(["name", "email", "phone"]);
    const all = [another("text", []), another("choice", [])];
    expect(questionsOf(textOf(all))).toEqual(all);
    expect(textOf([])).toBe("");
  });

  it("names every question once", () => {
    const first = another("text", []);
    expect(another("text", [first]).name).not.toBe(first.name);
  });

  it("knows which sites may show the chat", () => {
    const sites = "https://shop.example.com\nhttps://*.example.org/";
    expect(allows(sites, "https://shop.example.com")).toBe(true);
    expect(allows(sites, "https://a.example.org")).toBe(true);
    expect(allows(sites, "https://example.org")).toBe(false);
    expect(allows(sites, "http://shop.example.com")).toBe(false);
    expect(allows("*", "http://anywhere.example")).toBe(true);
    expect(allows("", "https://shop.example.com")).toBe(false);
  });
});
