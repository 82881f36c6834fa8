// The time of a played client: it goes as fast as it does outside, and can be turned on. What is due on the way is
// done on the way, one timer after the other.
const real = { setTimeout, clearTimeout, Date, performance: performance.now.bind(performance) };
const due = new Map();
let ahead = 0;
let last = 0;
let alarm;

export const now = () => real.Date.now() + ahead;

function first() {
  let next;
  for (const t of due.values()) if (!next || t.at < next.at) next = t;
  return next;
}

function fire(t) {
  if (t.every === undefined) due.delete(t.id);
  else t.at = now() + t.every;
  t.run();
}

function wind() {
  real.clearTimeout(alarm);
  const next = first();
  if (!next) return;
  alarm = real.setTimeout(
    () => {
      while (first()?.at <= now()) fire(first());
      wind();
    },
    Math.max(0, next.at - now()),
  );
}

/** Timer is what a clock gives in Node: libraries keep it, and some set it anew. */
class Timer {
  constructor(run, wait, repeats) {
    this.id = ++last;
    this.wait = Math.max(1, Number(wait) || 0);
    this.run = run;
    if (repeats) this.every = this.wait;
    this.refresh();
  }
  refresh() {
    this.at = now() + this.wait;
    due.set(this.id, this);
    if (first() === this) wind();
    return this;
  }
  close() {
    due.delete(this.id);
  }
  ref = () => this;
  unref = () => this;
  hasRef = () => true;
  [Symbol.toPrimitive] = () => this.id;
}

/** owned makes every timer and every look at the clock from here on this time's. */
export function owned() {
  const start =
    (repeats) =>
    (run, wait, ...args) =>
      new Timer(() => run(...args), wait, repeats);
  const stop = (t) => void due.delete(typeof t === "object" ? t?.id : Number(t));
  globalThis.setTimeout = start(false);
  globalThis.setInterval = start(true);
  globalThis.clearTimeout = stop;
  globalThis.clearInterval = stop;
  globalThis.Date = class extends real.Date {
    constructor(...args) {
      super(...(args.length === 0 ? [now()] : args));
    }
    static now = now;
  };
  performance.now = () => real.performance() + ahead;
}

/** rest waits in earnest. */
export const rest = (wait) => new Promise((go) => real.setTimeout(go, wait));

/** skip goes on to what is due next, if that is within so many milliseconds, and reports whether there was anything. */
export function skip(within) {
  const next = first();
  if (!next || next.at > now() + within) return false;
  ahead += Math.max(0, next.at - now());
  fire(next);
  wind();
  return true;
}

/** pass lets so many milliseconds go by; after each thing that is done, what it set going has a moment. */
export async function pass(span, moment) {
  const until = now() + span;
  while (skip(until - now())) await moment();
  ahead += Math.max(0, until - now());
  wind();
}
