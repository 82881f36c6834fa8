import { describe, expect, it } from "vitest";
import { fill, missing, pick, slash } from "./canned";

const canned = (shortcut: string, uses: number, title = "") => ({
  id: shortcut,
  shortcut,
  title,
  body: `body ${shortcut}`,
  uses,
});

describe("U-07 canned replies", () => {
  it("are called by / at the start of a word only", () => {
    expect(slash("/re", 3)).toEqual({ from: 0, query: "re" });
    expect(slash("好 /退", 4)).toEqual({ from: 2, query: "退" });
    expect(slash("、退", 2)).toEqual({ from: 0, query: "退" });
    expect(slash("书、笔", 3)).toBeUndefined();
    expect(slash("https://x", 9)).toBeUndefined();
    expect(slash("1/2", 3)).toBeUndefined();
  });
  it("come by closeness, then by use", () => {
    const all = [canned("rest", 5), canned("re", 1), canned("x", 99, "Return")];
    expect(pick(all, "re").map((c) => c.id)).toEqual(["re", "rest", "x"]);
    expect(pick(all, "")[0]!.id).toBe("x");
  });
  it("fill what is known and leave what is not to be seen", () => {
    const text = fill("Hi {{name}}, order {{order}}", { name: "王芳" });
    expect(text).toBe("Hi 王芳, order {{order}}");
    expect(missing(text)).toEqual(["{{order}}"]);
  });
});
