import { expect, it } from "vitest";
import type { FormField } from "@/api/types";
import { fault, type Words } from "./fieldRules";

const words: Words = {
  url: "url",
  host: "host",
  looks: (example) => `like ${example}`,
  length: (min, max) => `${min} to ${max}`,
};

const field = (f: Partial<FormField>) =>
  ({ name: "x", kind: "text", label: {}, help: {}, ...f }) as FormField;

it("says what does not fit while it is typed, as the hub would", () => {
  const id = field({ pattern: "[0-9]{5,20}", example: "4839274610283746" });
  const secret = field({ kind: "secret", min: 8, max: 10 });
  for (const [f, typed, want] of [
    [id, "12a", "like 4839274610283746"],
    [id, " 4839274610283746\n", undefined],
    [id, "", undefined],
    [secret, "1234567", "8 to 10"],
    [secret, "12345678901", "8 to 10"],
    [secret, "😀😀😀😀😀😀😀😀", undefined],
    [field({ kind: "url" }), "example.com", "url"],
    [field({ kind: "host" }), "https://example.com", "host"],
    [field({ kind: "host" }), "mail.example.com ", undefined],
    [field({ pattern: "(?i)RE2 only" }), "left to the hub", undefined],
    [field({ kind: "number", min: 5, max: 10 }), 7, undefined],
  ] as [FormField, unknown, string | undefined][]) {
    expect(fault(f, typed, words), `${f.kind} ${JSON.stringify(typed)}`).toBe(want);
  }
});
