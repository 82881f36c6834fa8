import type { FieldProblem } from "@/api/types";

/** stillWrong are the problems, by field, of those that are as they were when they were found. */
export function stillWrong(found: FieldProblem[], then: unknown, now: unknown): Map<string, string> {
  return new Map(
    found
      .filter(({ field = "" }) => JSON.stringify(at(then, field)) === JSON.stringify(at(now, field)))
      .map(({ field = "", detail }) => [field, detail]),
  );
}

/** at is what stands at a place such as items[1].label. */
const at = (whole: unknown, place: string): unknown =>
  place
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((v, key) => (v as Record<string, unknown> | undefined)?.[key], whole);
