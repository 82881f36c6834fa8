import { useCallback, useState } from "react";

/** useStored is useState that this browser remembers. */
export function useStored<T>(key: string, initial: T): [T, (next: T) => void] {
  const name = `parley.${key}`;
  const [value, setValue] = useState<T>(() => {
    try {
      const raw = localStorage.getItem(name);
      return raw === null ? initial : (JSON.parse(raw) as T);
    } catch {
      return initial;
    }
  });
  const set = useCallback(
    (next: T) => {
      localStorage.setItem(name, JSON.stringify(next));
      setValue(next);
    },
    [name],
  );
  return [value, set];
}
