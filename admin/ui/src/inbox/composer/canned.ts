import type { Canned } from "@/api/types";

/** slash finds a canned reply being called: "/", or what a Chinese input method makes of that key, at the start of a word, up to the caret. */
export function slash(text: string, caret: number): { from: number; query: string } | undefined {
  const hit = /(?:^|\s)[/／、]([^\s/]*)$/.exec(text.slice(0, caret));
  return hit ? { from: caret - hit[1]!.length - 1, query: hit[1]! } : undefined;
}

/** colon finds an emoji being named: ":" and two letters or more. */
export function colon(text: string, caret: number): { from: number; query: string } | undefined {
  const hit = /(?:^|\s):([a-z_]{2,})$/i.exec(text.slice(0, caret));
  return hit ? { from: caret - hit[1]!.length - 1, query: hit[1]!.toLowerCase() } : undefined;
}

/** at finds a colleague being mentioned: "@" at the start of a word, up to the caret. */
export function at(text: string, caret: number): { from: number; query: string } | undefined {
  const hit = /(?:^|[^\w@])@([^\s@]{0,30})$/.exec(text.slice(0, caret));
  return hit ? { from: caret - hit[1]!.length - 1, query: hit[1]! } : undefined;
}

/** pick returns the canned replies that answer a query: those used most first. */
export function pick(all: Canned[], query: string, limit = 8): Canned[] {
  const q = query.toLowerCase();
  const score = (c: Canned) => {
    const shortcut = c.shortcut.toLowerCase();
    if (shortcut === q) return 4;
    if (shortcut.startsWith(q)) return 3;
    if (c.title.toLowerCase().includes(q)) return 2;
    return c.body.toLowerCase().includes(q) ? 1 : 0;
  };
  return all
    .map((c) => ({ c, n: score(c) }))
    .filter((x) => x.n > 0 || q === "")
    .sort((a, b) => b.n - a.n || b.c.uses - a.c.uses)
    .slice(0, limit)
    .map((x) => x.c);
}

const slot = /\{\{\s*([\w.]+)\s*\}\}/g;

/** fill puts what is known into a text; a variable nobody knows stays, and must be seen to before sending. */
export function fill(body: string, values: Record<string, string | undefined>): string {
  return body.replace(slot, (whole, name: string) => values[name] || whole);
}

export const missing = (text: string): string[] => [...text.matchAll(slot)].map((m) => m[0]);
