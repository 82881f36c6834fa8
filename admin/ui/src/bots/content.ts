/** What a designer wrote about a bot of rules, as `bots/rules` reads it. */
export interface RulesContent {
  version: number;
  basics: { name: string; avatar?: string; language: string };
  matching: { script: boolean };
  welcome: { on: boolean; replies: Reply[]; late: boolean };
  default: { on: boolean; replies: Reply[] };
  repeated: { on: boolean; replies: Reply[]; answer: boolean; handoff: boolean; texts?: Saying[] };
  timeout: { on: boolean; seconds: number; replies: Reply[]; close: boolean };
  human: Human;
  rules: Rule[];
  menus: Menu[];
}

export interface Saying {
  language?: string;
  text: string;
}

export interface Human {
  on: boolean;
  words: string[];
  phrases: string[];
  except: string[];
  team?: string;
  texts?: Saying[];
  off_texts?: Saying[];
}

export type Match = "exact" | "keyword" | "regex";

export interface Rule {
  id: string;
  name?: string;
  on: boolean;
  match: Match;
  patterns: string[];
  answers: Reply[];
  menus?: string[];
  language?: string;
  handoff?: { team?: string; texts?: Saying[]; off_texts?: Saying[] };
  close?: boolean;
  repeatable?: boolean;
  order: number;
}

export interface Reply {
  language?: string;
  parts: ReplyPart[];
}

export interface ReplyPart {
  type: "text" | "image" | "audio" | "video" | "file" | "menu" | "card";
  text?: string;
  file?: string;
  menu?: string;
  card?: ReplyCard;
}

export interface ReplyCard {
  kind: "product" | "order" | "link" | "article";
  title: string;
  text?: string;
  url?: string;
  price?: string;
  ref?: string;
}

export interface Menu {
  id: string;
  name?: string;
  style?: "quick" | "buttons" | "list";
  prompt?: string;
  options: MenuOption[];
  footer?: string;
}

export interface MenuOption {
  label: string;
  value?: string;
  rule?: string;
  menu?: string;
  url?: string;
  human?: boolean;
}

/** newId is short, unique enough within one bot, and of letters the hub takes. */
export const newId = (): string => crypto.randomUUID().slice(0, 8);

export const textReply = (text = ""): Reply => ({ parts: [{ type: "text", text }] });

export const newRule = (): Rule => ({
  id: newId(),
  on: true,
  match: "keyword",
  patterns: [],
  answers: [textReply()],
  order: 0,
});

export const newMenu = (): Menu => ({ id: newId(), style: "buttons", options: [{ label: "" }] });

/** replyText is a reply in one line, for tables. */
export const replyText = (reply: Reply | undefined): string =>
  (reply?.parts ?? [])
    .map((p) => p.text ?? p.card?.title ?? (p.menu ? `[${p.menu}]` : `[${p.type}]`))
    .join(" ");

/** usesOf lists where a menu or rule is used, so that deleting it is no surprise. */
export function usesOf(content: RulesContent, id: string): string[] {
  const inReply = (r: Reply) => r.parts.some((p) => p.menu === id);
  const names: string[] = [];
  for (const r of content.rules)
    if (r.menus?.includes(id) || r.answers.some(inReply)) names.push(r.name || r.id);
  for (const m of content.menus) {
    if (m.options.some((o) => o.rule === id || o.menu === id)) names.push(m.name || m.id);
  }
  return names;
}

/** placeOf reads where a problem is, such as menus[3].options[1].label: counted from one, and by the name people gave. */
export function placeOf(field: string, content: Pick<RulesContent, "rules" | "menus">) {
  const [, list, at, rest] = /^(rules|menus)\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
  if (!list) return undefined;
  const section = list === "rules" ? ("rule" as const) : ("menu" as const);
  const item = content[list as "rules" | "menus"][Number(at)];
  return {
    section,
    name: item?.name || item?.id || String(Number(at) + 1),
    rest: (rest ?? "").replace(/\[(\d+)\]/g, (_, n) => ` ${Number(n) + 1}`).replaceAll(".", " · "),
  };
}
