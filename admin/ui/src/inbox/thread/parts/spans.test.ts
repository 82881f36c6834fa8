import { describe, expect, it } from "vitest";
import { pieces } from "./spans";

describe("spans count code points", () => {
  it("after emoji and Chinese", () => {
    expect(pieces("👍🏽好bold!", [{ start: 3, length: 4, style: "bold" }])).toEqual([
      { text: "👍🏽好", styles: [], url: undefined },
      { text: "bold", styles: ["bold"], url: undefined },
      { text: "!", styles: [], url: undefined },
    ]);
  });
  it("find addresses without the punctuation around them", () => {
    const links = pieces("见（https://a.example/x?y=1）。或 https://b.example.").flatMap((p) => p.url ?? []);
    expect(links).toEqual(["https://a.example/x?y=1", "https://b.example/"]);
  });
  it("never link to a script", () => {
    expect(
      pieces("press", [{ start: 0, length: 5, style: "link", url: "javascript:alert(1)" }])[0]!.url,
    ).toBeUndefined();
  });
});
