import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { actions } from "@/actions/table";
import baseEn from "./en";
import moreEn from "./more.en";
import moreZh from "./more.zh";
import baseZh from "./zh";

const en = { ...baseEn, more: moreEn };
const zh = { ...baseZh, more: moreZh };

function keys(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([k, v]) =>
    typeof v === "string" ? [path + k] : keys(v, `${path}${k}.`),
  );
}
const base = (k: string) => k.replace(/_(one|two|few|other)$/, "");
const at = (tree: object, key: string) =>
  key.split(".").reduce<unknown>((t, k) => (t as Record<string, unknown>)[k], tree);

describe("U-18 the two languages", () => {
  it("have the same keys", () => {
    const [a, b] = [new Set(keys(en).map(base)), new Set(keys(zh).map(base))];
    expect([...a].filter((k) => !b.has(k))).toEqual([]);
    expect([...b].filter((k) => !a.has(k))).toEqual([]);
  });

  it("fill in the same variables", () => {
    const slots = (s: unknown) => [...new Set(String(s).match(/\{\{\w+\}\}/g))].sort();
    for (const key of keys(zh)) expect([key, slots(at(zh, key))]).toEqual([key, slots(at(en, key))]);
  });

  it("are each in their own language", () => {
    const foreign = new Set(["language.zh", "zh-CN"]);
    for (const key of keys(en))
      if (!foreign.has(key)) expect([key, /\p{Script=Han}/u.test(String(at(en, key)))]).toEqual([key, false]);
  });

  it("never shout", () => {
    for (const tree of [en, zh])
      for (const key of keys(tree)) expect(String(at(tree, key))).not.toMatch(/[!！]/);
  });

  it("name every action, and other words to find it by", () => {
    for (const { id } of actions)
      for (const tree of [en, zh]) {
        expect(tree.action).toHaveProperty(id);
        expect(tree.more.search).toHaveProperty(id);
      }
  });
});

describe("U-18 no string outside the language files", () => {
  const read = new Set([
    "title",
    "placeholder",
    "alt",
    "label",
    "aria-label",
    "okText",
    "cancelText",
    "text",
    "lead",
    "extra",
    "help",
  ]);

  function files(dir: string): string[] {
    return readdirSync(dir, { withFileTypes: true }).flatMap((f) =>
      f.isDirectory()
        ? files(join(dir, f.name))
        : /\.tsx?$/.test(f.name) && !/\.test\./.test(f.name)
          ? [join(dir, f.name)]
          : [],
    );
  }

  function spoken(file: string): string[] {
    const source = ts.createSourceFile(
      file,
      readFileSync(file, "utf8"),
      ts.ScriptTarget.Latest,
      true,
      ts.ScriptKind.TSX,
    );
    const found: string[] = [];
    const wordy = (s: string) => /\p{L}{2,}/u.test(s) && !/^https?:\/\//.test(s);
    const visit = (node: ts.Node) => {
      if (ts.isJsxText(node) && wordy(node.text)) found.push(node.text.trim());
      if (ts.isStringLiteralLike(node) && /[\p{Script=Han}]/u.test(node.text)) found.push(node.text);
      if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
        if (read.has(node.name.getText()) && wordy(node.initializer.text)) found.push(node.initializer.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  const src = `${join(process.cwd(), "src")}/`;
  for (const file of files(src).filter(
    (f) => !/\/i18n\/((more\/\w+\.|more\.)?(en|zh)|pinyin)\.ts$/.test(f),
  )) {
    it(file.slice(src.length), () => expect(spoken(file)).toEqual([]));
  }
});
