import { useEffect, useRef, useState } from "react";

/**
 * useSteady follows a value that may change many times a second: at once when it was quiet, else at most so often.
 * of says what the value is of: another one's value is never shown in its place.
 */
export function useSteady<T>(value: T, of: string, every: number): T {
  const [shown, setShown] = useState({ value, of, at: 0 });
  const latest = useRef(value);
  latest.current = value;
  const still = shown.of === of;
  useEffect(() => {
    if (still && Object.is(shown.value, value)) return;
    const show = () => setShown({ value: latest.current, of, at: performance.now() });
    const wait = still ? shown.at + every - performance.now() : 0;
    if (wait <= 0) return show();
    const timer = setTimeout(show, wait);
    return () => clearTimeout(timer);
  }, [value, still, shown, of, every]);
  return still ? shown.value : value;
}
