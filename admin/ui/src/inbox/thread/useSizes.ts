import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { CacheSnapshot, VListHandle } from "virtua";
import type { ID } from "@/api/types";

/** How many threads' heights are kept. */
const KEPT = 300;

const kept = new Map<ID, { first: string | undefined; sizes: CacheSnapshot }>();

/**
 * useSizes are the heights a thread's lines had when it was last shown: it stands at its end at once, instead of
 * being measured anew. They hold while it begins with the same line; what is otherwise by now is measured.
 */
export function useSizes(
  id: ID,
  list: RefObject<VListHandle | null>,
  first: string | undefined,
): CacheSnapshot | undefined {
  const [had] = useState(() => kept.get(id));
  const begins = useRef(first);
  begins.current = first;
  useLayoutEffect(
    () => () => {
      const sizes = list.current?.cache;
      if (!sizes || !begins.current) return;
      kept.delete(id);
      kept.set(id, { first: begins.current, sizes });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    },
    [id, list],
  );
  return had && had.first === first ? had.sizes : undefined;
}
