import { describe, expect, it } from "vitest";
import type { Agent, Conversation } from "@/api/types";
import { at } from "./canned";
import { initials, named, offer, sees } from "./mention";

const person = (id: string, name: string, more: Partial<Agent> = {}): Agent =>
  ({
    id,
    name,
    email: `${id}@shop.test`,
    role: "agent",
    state: "online",
    load: 0,
    max_load: 10,
    teams: [],
    ...more,
  }) as Agent;
const all = [
  person("lin", "林"),
  person("zhao", "赵敏"),
  person("zhang", "张三丰"),
  person("wei", "Lin Wei"),
  person("li", "Lin"),
  person("new", "周新", { role: "limited", teams: ["sales"] }),
  person("gone", "赵云", { disabled: "2026-01-01T00:00:00Z" }),
];
const c = { owner: { kind: "agent", id: "lin" }, colleagues: [] } as unknown as Conversation;
const names = (q: string) => offer(all, c, "lin", q).map((a) => a.name);

describe("U-08 mentions", () => {
  it("finds people by name, by letters of pinyin and by words", () => {
    expect(initials("赵敏")).toBe("zm");
    expect(initials("Lin Wei")).toBe("lw");
    expect(initials("单雄信 Sam")).toMatch(/^[sdc]xxs$/);
    expect(names("赵")).toEqual(["赵敏"]);
    expect(names("z")).toEqual(["张三丰", "赵敏", "周新"]);
    expect(names("zs")).toEqual(["张三丰"]);
    expect(names("lw")).toEqual(["Lin Wei"]);
    expect(names("三")).toEqual(["张三丰"]);
    expect(names("nobody")).toEqual([]);
  });

  it("offers neither oneself nor who is gone, and last who cannot see it", () => {
    expect(names("").at(-1)).toBe("周新");
    expect(names("")).not.toContain("林");
    expect(names("")).not.toContain("赵云");
    expect(sees(all[5]!, c)).toBe(false);
    expect(sees(all[5]!, { ...c, colleagues: ["new"] })).toBe(true);
    expect(sees(all[5]!, { ...c, owner: { kind: "queue", team: "sales" } })).toBe(true);
  });

  it("reads who is named, the longest name first", () => {
    expect(named("👍 @Lin Wei and @赵敏,看", all, c, "lin")).toEqual({
      mentions: ["wei", "zhao"],
      spans: [
        { start: 2, length: 8, style: "mention" },
        { start: 15, length: 3, style: "mention" },
      ],
      unseen: [],
    });
    expect(named("@Linda, ask a@Lin or @赵云 or @@Lin", all, c, "lin").mentions).toEqual([]);
    expect(named("@Lin @Lin", all, c, "lin").mentions).toEqual(["li"]);
    expect(named("@周新 @周新", all, c, "lin")).toEqual({ mentions: [], spans: [], unseen: ["周新"] });
  });

  it("is called by @ at the start of a word", () => {
    expect(at("ask @zh", 7)).toEqual({ from: 4, query: "zh" });
    expect(at("问@", 2)).toEqual({ from: 1, query: "" });
    expect(at("a@b", 3)).toBeUndefined();
    expect(at("@zhao min", 9)).toBeUndefined();
  });
});
