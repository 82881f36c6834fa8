/**
 * A clock that stands until it is wound: what waits, waits for that and for nothing else. What is to come at
 * once comes in the next turn of the loop.
 */
export function woundClock() {
  const timers = new Map();
  let now = 0;
  let count = 0;
  const { setImmediate: soon } = globalThis;

  const fire = (id) => {
    const timer = timers.get(id);
    if (!timer) return;
    if (timer.every === undefined) timers.delete(id);
    else timer.due = now + timer.every;
    timer.run();
  };
  const set = (run, wait, every) => {
    const id = ++count;
    timers.set(id, { run, due: now + wait, every });
    if (wait === 0) soon(() => fire(id));
    return id;
  };
  const length = (wait) => Math.max(0, Number(wait) || 0);
  const clear = (id) => timers.delete(id);

  return {
    setTimeout: (run, wait, ...more) => set(() => run(...more), length(wait)),
    setInterval: (run, wait, ...more) => set(() => run(...more), length(wait), Math.max(1, length(wait))),
    clearTimeout: clear,
    clearInterval: clear,

    /** wind lets time pass, and after everything that comes of it waits for settled. */
    async wind(by, settled) {
      const end = now + by;
      for (;;) {
        let next;
        for (const [id, { due }] of timers)
          if (due <= end && (next === undefined || due < timers.get(next).due)) next = id;
        if (next === undefined) break;
        now = Math.max(now, timers.get(next).due);
        fire(next);
        await settled();
      }
      now = end;
    },
  };
}
