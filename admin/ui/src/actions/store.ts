import { useCallback, useEffect, useRef } from "react";
import { create } from "zustand";
import type { ActionId } from "./table";

interface Store {
  /** What each action does on the screen shown now; absent: it can not be done here. */
  runs: Partial<Record<ActionId, () => void>>;
  set: (id: ActionId, run: (() => void) | undefined) => void;
}

export const useActions = create<Store>((set) => ({
  runs: {},
  set: (id, run) =>
    set((s) => {
      const runs = { ...s.runs };
      if (run) runs[id] = run;
      else delete runs[id];
      return { runs };
    }),
}));

/** useAble are the actions that can be done now: of another conversation that allows the same nothing is drawn again. */
export function useAble(): (id: ActionId) => boolean {
  const able = useActions((s) => Object.keys(s.runs).sort().join());
  return useCallback((id) => `,${able},`.includes(`,${id},`), [able]);
}

/** useAction says what an action does while this component is shown; undefined: not now. */
export function useAction(id: ActionId, run: (() => void) | undefined): void {
  const latest = useRef(run);
  latest.current = run;
  const able = run !== undefined;
  useEffect(() => {
    if (!able) return;
    const mine = () => latest.current?.();
    useActions.getState().set(id, mine);
    return () => {
      if (useActions.getState().runs[id] === mine) useActions.getState().set(id, undefined);
    };
  }, [id, able]);
}

/** perform does an action if it can be done now. */
export function perform(id: ActionId): boolean {
  const run = useActions.getState().runs[id];
  run?.();
  return run !== undefined;
}
