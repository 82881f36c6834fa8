/** front reports whether this window is the one looked at. */
export const front = (): boolean => document.visibilityState === "visible" && document.hasFocus();

let leading = false;

/**
 * leads reports whether this is the window that rings: of all of one browser the one that was in front last. It
 * holds a lock, so that there is always one and never two; where a browser has none, whoever is told rings.
 */
export const leads = (): boolean => leading || !navigator.locks;

/** stand has this window stand for it, until the function it returns. */
export function stand(): () => void {
  if (!navigator.locks) return () => undefined;
  const over = new AbortController();
  let release = () => {};
  const hold = (steal: boolean) => {
    const lead = () => {
      leading = true;
      return new Promise<void>((go) => {
        release = go;
      });
    };
    navigator.locks.request("parley.ring", steal ? { steal } : { signal: over.signal }, lead).catch(() => {
      leading = false;
      if (!over.signal.aborted) hold(false); // another came to the front: behind it
    });
  };
  const look = () => front() && !leading && hold(true);
  hold(false);
  look();
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  return () => {
    over.abort();
    release();
    leading = false;
    window.removeEventListener("focus", look);
    document.removeEventListener("visibilitychange", look);
  };
}

const WAIT = 1500; // of those behind, for the one that leads
const HELD = 10_000;
const stored = "parley.rung";
const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** once does something for a key in one window only: the one that leads or, should it not hear of it, another. */
export async function once(key: string, ring: () => void): Promise<void> {
  if (!leads()) await pause(WAIT);
  const first = () => {
    const rung = (localStorage.getItem(stored) ?? "").split(" ");
    if (rung.includes(key)) return false;
    localStorage.setItem(stored, [...rung.slice(-49), key].join(" "));
    ring();
    return true;
  };
  if (!navigator.locks) return void first();
  // What one window stores, another may read a moment late: the lock is not late.
  await navigator.locks.request(`parley.rung ${key}`, { ifAvailable: true }, async (lock) => {
    if (lock && first()) await pause(HELD);
  });
}
