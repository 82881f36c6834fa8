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

/** ready tells a template whose slots are filled in. Where a tap leads may stay empty, but a page is one of an app. */
export const ready = (params: Param[]): boolean =>
  params.every((p) => p.text?.trim() || p.file || p.leads) &&
  params.every((p) => p.leads !== "url" || !p.text?.trim() || /^https?:\/\/[^\s/]/.test(p.text.trim())) &&
  !(given(params, "page") && params.some((p) => p.leads === "app") && !given(params, "app"));

const given = (params: Param[], leads: Param["leads"]): boolean =>
  params.some((p) => p.leads === leads && p.text?.trim());

/** led are the slots as they are sent: what leads nowhere is left out. */
export const led = (params: Param[]): Param[] => params.filter((p) => !p.leads || p.text?.trim());

/** search finds templates by all words of a query, in name or text. */
export function search<T extends { name: string; text: string }>(all: T[], query: string): T[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((t) => wanted.every((w) => `${t.name}\n${t.text}`.toLowerCase().includes(w)));
}
