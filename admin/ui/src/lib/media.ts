import { useSyncExternalStore } from "react";

/** useWide reports whether the window is at least so many pixels wide. */
export const useWide = (pixels: number): boolean => useMedia(`(min-width: ${pixels}px)`);

/** useStill reports whether the person asked for less motion. */
export const useStill = (): boolean => useMedia("(prefers-reduced-motion: reduce)");

function useMedia(media: string): boolean {
  const query = window.matchMedia(media);
  return useSyncExternalStore(
    (tell) => {
      query.addEventListener("change", tell);
      return () => query.removeEventListener("change", tell);
    },
    () => query.matches,
  );
}
