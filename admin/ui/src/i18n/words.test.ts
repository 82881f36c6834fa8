import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
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

const src = `${join(process.cwd(), "src")}/`;

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((f) =>
    f.isDirectory()
      ? files(join(dir, f.name))
      : /\.tsx?$/.test(f.name) && !/\.test\./.test(f.name)
        ? [join(dir, f.name)]
        : [],
  );
}

/** Every file that is not made of words. */
const sources = () => files(src).filter((f) => !/\/i18n\/((more\/\w+\.|more\.)?(en|zh)|pinyin)\.ts$/.test(f));

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

describe("U-18 the words of a feature", () => {
  // By the feature, as what a file imports names it.
  const features = new Map<string, Set<string>>();
  const names = readdirSync(join(process.cwd(), "src/i18n/more")).flatMap(
    (f) => /^(\w+)\.ts$/.exec(f)?.[1] ?? [],
  );
  const plain = (tree: object) => new Set(keys(tree).map((k) => base(k).replace(/_ordinal$/, "")));
  const first = plain(baseEn);
  beforeAll(async () => {
    for (const name of names)
      features.set(name, plain((await import(`./more/${name}.en.ts`)).default as object));
  });

  it("are in one file, or another would hide them", () => {
    const tops = [...features].flatMap(([, all]) => [...new Set([...all].map((k) => k.split(".")[0]!))]);
    expect(tops).toEqual([...new Set(tops)]);
    expect([...features.keys()].sort()).toEqual(names.sort());
    expect(tops.length).toBe(Object.keys(moreEn).length);
  });

  /** needed are the features whose words a file speaks. */
  function needed(source: ts.SourceFile): Set<string> {
    const prefix = /keyPrefix: "(\w+)"/.exec(source.text)?.[1];
    const out = new Set<string>();
    const key = (begins: string, ends?: string) => {
      const from = prefix ? `${prefix}.${begins}` : begins;
      const is = (k: string) => (ends === undefined ? k === from : k.startsWith(from) && k.endsWith(ends));
      if ([...first].some(is)) return;
      const has = [...features].filter(([, all]) => [...all].some(is)).map(([name]) => name);
      if (has.length === 0) throw new Error(`no words for ${from}`);
      for (const name of has) out.add(name);
    };
    const said = (node: ts.Expression | undefined): void => {
      if (!node) return;
      if (ts.isStringLiteralLike(node)) key(node.text);
      else if (ts.isTemplateExpression(node) && node.head.text)
        key(node.head.text, node.templateSpans.at(-1)!.literal.text);
      else if (ts.isConditionalExpression(node)) {
        said(node.whenTrue);
        said(node.whenFalse);
      } else if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) said(node.expression);
    };
    const visit = (node: ts.Node) => {
      if (ts.isCallExpression(node) && node.expression.getText() === "t") said(node.arguments[0]);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return out;
  }

  it("are there before they are spoken: who speaks them imports them", () => {
    const missing: string[] = [];
    for (const file of sources()) {
      if (file.endsWith("/composer/Composer.tsx")) continue; // it names people with what "./lazy" brings
      const text = readFileSync(file, "utf8");
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
      for (const name of needed(source))
        if (!text.includes(`import "@/i18n/more/${name}";`)) missing.push(`${file}: ${name}`);
    }
    expect(missing).toEqual([]);
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

  for (const file of sources()) {
    it(file.slice(src.length), () => expect(spoken(file)).toEqual([]));
  }
});
