import { useRef, useState } from "react";
import { lines } from "@/api/lines";
import type { Check } from "@/api/types";

interface Line {
  check?: Check;
  done?: boolean;
  ok: boolean;
}

export interface Verifying {
  running: boolean;
  checks: Check[];
  /** Whether all is well; undefined until the end. */
  ok?: boolean;
  error?: unknown;
  run: (input?: unknown) => Promise<void>;
}

/** useVerify runs checks at the hub and keeps each as it ends. */
export function useVerify(url: string, then?: () => void): Verifying {
  const [state, setState] = useState<Omit<Verifying, "run">>({ running: false, checks: [] });
  const turn = useRef(0);
  const run = async (input?: unknown) => {
    const mine = ++turn.current;
    const set = (change: (s: Omit<Verifying, "run">) => Omit<Verifying, "run">) => {
      if (mine === turn.current) setState(change);
    };
    set(() => ({ running: true, checks: [] }));
    try {
      await lines<Line>(url, input, (l) =>
        set((s) => (l.check ? { ...s, checks: [...s.checks, l.check] } : { ...s, ok: l.ok })),
      );
      set((s) => ({ ...s, running: false }));
    } catch (error) {
      set((s) => ({ ...s, running: false, error }));
    }
    then?.();
  };
  return { ...state, run };
}
