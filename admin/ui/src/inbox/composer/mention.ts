import type { Span } from "@/api/canon";
import type { Agent, Conversation, ID } from "@/api/types";
import { firsts, letters } from "@/i18n/pinyin";

const byPinyin = new Intl.Collator("zh-u-co-pinyin");

/** initials are the letters a name is found by: of each word, and of the pinyin of each Han character. */
export function initials(name: string): string {
  let out = "";
  for (const word of name.toLowerCase().match(/\p{Script=Han}|[^\s\p{Script=Han}]+/gu) ?? []) {
    if (!/\p{Script=Han}/u.test(word)) {
      out += [...word][0];
      continue;
    }
    const at = firsts.findLastIndex((first) => byPinyin.compare(word, first) >= 0);
    out += letters[at] ?? "";
  }
  return out;
}

/** sees reports whether somebody can see a conversation; the hub decides it again. */
export function sees(a: Agent, c: Conversation): boolean {
  if (a.disabled) return false;
  if (a.role !== "limited" || c.colleagues.includes(a.id)) return true;
  const { kind, id, team } = c.owner;
  return kind === "queue" ? !!team && a.teams.includes(team) : kind !== "bot" && id === a.id;
}

/** offer are the colleagues a query fits, best first; who cannot see the conversation comes last. */
export function offer(all: Agent[], c: Conversation, me: ID, query: string, limit = 8): Agent[] {
  const q = query.toLowerCase();
  const score = (a: Agent) => {
    const name = a.name.toLowerCase();
    if (name.startsWith(q)) return 4;
    if (initials(a.name).startsWith(q)) return 3;
    if (name.includes(q)) return 2;
    return a.email.startsWith(q) ? 1 : 0;
  };
  return all
    .filter((a) => a.id !== me && !a.disabled && a.role !== "bot")
    .map((a) => ({ a, n: score(a), seen: sees(a, c) }))
    .filter((x) => x.n > 0)
    .sort((x, y) => +y.seen - +x.seen || y.n - x.n || x.a.name.localeCompare(y.a.name))
    .slice(0, limit)
    .map((x) => x.a);
}

export interface Named {
  mentions: ID[];
  spans: Span[];
  /** Names of those who cannot see the conversation: they are not told. */
  unseen: string[];
}

/** named finds who is mentioned in a text: "@" and a whole name. Places count code points, as spans do. */
export function named(text: string, all: Agent[], c: Conversation, me: ID): Named {
  const out: Named = { mentions: [], spans: [], unseen: [] };
  const people = all.filter((a) => a.id !== me && !a.disabled).sort((a, b) => b.name.length - a.name.length);
  for (const hit of text.matchAll(/(?<![\w@])@/g)) {
    const rest = text.slice(hit.index + 1);
    const a = people.find(
      (x) => rest.startsWith(x.name) && !(/\w$/.test(x.name) && /^\w/.test(rest.slice(x.name.length))),
    );
    if (!a) continue;
    if (!sees(a, c)) {
      if (!out.unseen.includes(a.name)) out.unseen.push(a.name);
      continue;
    }
    if (!out.mentions.includes(a.id)) out.mentions.push(a.id);
    const start = [...text.slice(0, hit.index)].length;
    out.spans.push({ start, length: [...a.name].length + 1, style: "mention" });
  }
  return out;
}
