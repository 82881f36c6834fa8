import type { FormField } from "@/api/types";

/** Words are what a field says that does not fit. */
export interface Words {
  url: string;
  host: string;
  looks: (example?: string) => string;
  length: (min: number, max: number) => string;
}

/**
 * fault tells what is wrong with a value, as the hub would: it too takes what was pasted without the
 * blanks around it, and counts characters, not the units a browser keeps them in. What a field must hold
 * at all is for whoever draws it.
 */
export function fault(f: FormField, typed: unknown, words: Words): string | undefined {
  const v = typed === undefined || typed === null ? "" : String(typed).trim();
  if (!v || f.kind === "number" || f.kind === "switch" || f.kind === "choice" || f.kind === "list") return;
  if (f.kind === "url" && !/^https?:\/\/[^\s/]+/.test(v)) return words.url;
  if (f.kind === "host" && !/^[^/@\s]+$/.test(v)) return words.host;
  if (f.pattern && !browserPattern(f.pattern).test(v)) return words.looks(f.example);
  const n = [...v].length;
  if (f.max && (n > f.max || n < (f.min ?? 0))) return words.length(f.min ?? 0, f.max);
}

/** The hub's expressions are RE2; one that this browser cannot read is left to the hub. */
function browserPattern(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return /.*/;
  }
}
