import type { Template } from "@/api/canon";

type Param = NonNullable<Template["params"]>[number];

/** filled is a template with what was filled in so far; an empty slot stays marked. */
export function filled(text: string, params: Param[]): string {
  return params.reduce((all, p) => (p.text ? all.replaceAll(`{{${p.slot}}}`, () => p.text!) : all), text);
}

/** lineOf is the line a slot stands in, so that one sees what is asked for. */
export function lineOf(text: string, slot: string): string {
  const line = text.split("\n").find((l) => l.includes(`{{${slot}}}`));
  return line
    ? line
        .replaceAll(`{{${slot}}}`, "…")
        .replace(/\{\{[^{}]+\}\}/g, "·")
        .trim()
    : slot;
}

export const ready = (params: Param[]): boolean => params.every((p) => p.text?.trim() || p.file);

/** search finds templates by all words of a query, in name or text. */
export function search<T extends { name: string; text: string }>(all: T[], query: string): T[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((t) => wanted.every((w) => `${t.name}\n${t.text}`.toLowerCase().includes(w)));
}
