import { useEffect, useMemo, useState } from "react";
import type { Row } from "@/api/types";

/**
 * held keeps rows where they are while somebody reads or points at them:
 * those that left go, those that changed change, those that came or moved up wait.
 */
export function held(shown: string[], rows: Row[]): { rows: Row[]; waiting: number } {
  const byId = new Map(rows.map((r) => [r.conversation.id, r]));
  const kept = shown.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(shown);
  // New rows before the last kept one wait behind the pill; those after it were loaded by scrolling.
  const last = kept.at(-1);
  const end = last ? rows.findIndex((r) => r.conversation.id === last.conversation.id) : -1;
  let waiting = 0;
  const after: Row[] = [];
  rows.forEach((r, i) => {
    if (known.has(r.conversation.id)) return;
    if (i > end && shown.length > 0) after.push(r);
    else waiting++;
  });
  return { rows: [...kept, ...after], waiting };
}

/** useHeld applies held while hold is true, and lets go at once when it is not. */
export function useHeld(rows: Row[], hold: boolean, view: string) {
  const [shown, setShown] = useState<string[]>([]);
  const [of, setOf] = useState(view);
  const holding = hold && of === view && shown.length > 0;
  const result = useMemo(() => (holding ? held(shown, rows) : { rows, waiting: 0 }), [holding, shown, rows]);
  const ids = result.rows.map((r) => r.conversation.id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: ids says whether the rows changed
  useEffect(() => {
    setShown(result.rows.map((r) => r.conversation.id));
    setOf(view);
  }, [ids, view]);
  return { ...result, release: () => setShown(rows.map((r) => r.conversation.id)) };
}
