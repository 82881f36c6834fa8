import { useEffect, useState } from "react";

export const people = () => import("./lazy");
export const smileys = () => import("@/beside");

/** useLater brings a part of the composer that is not needed at first, once it may be. */
export function useLater<T>(load: () => Promise<T>, on = true): T | undefined {
  const [loaded, setLoaded] = useState<T>();
  useEffect(() => {
    // What cannot be loaded now is tried again with the next conversation.
    if (on)
      load().then(
        (part) => setLoaded(() => part),
        () => undefined,
      );
  }, [load, on]);
  return loaded;
}
