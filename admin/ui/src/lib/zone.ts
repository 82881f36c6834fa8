/** Wall clocks of other zones than the browser's, daylight saving included. */

export interface Wall {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** wallOf is what the clock in a zone shows at an instant. */
export function wallOf(instant: number, zone: string): Wall {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(instant);
  const of = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return {
    year: of("year"),
    month: of("month"),
    day: of("day"),
    hour: of("hour"),
    minute: of("minute"),
  };
}

const asUtc = (w: Wall) => Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute);

/**
 * instantOf is when the clock in a zone shows this: the first time of two when it
 * is set back, and as much later as is left out when it is set forward. Days
 * beyond the month's last run on into the next.
 */
export function instantOf(wall: Wall, zone: string): number {
  const wanted = asUtc(wall);
  const offset = (at: number) => asUtc(wallOf(at, zone)) - Math.floor(at / 60_000) * 60_000;
  const before = offset(wanted - 86_400_000);
  const after = offset(wanted + 86_400_000);
  const early = wanted - Math.max(before, after);
  const late = wanted - Math.min(before, after);
  for (const at of [early, late]) if (asUtc(wallOf(at, zone)) === wanted) return at;
  return wanted - before; // the hour that is left out
}

export interface Preset {
  id: "later" | "tomorrow" | "monday";
  at: number;
}

/** presets are the times somebody snoozes to most: in about three hours, the next morning, the next week. */
export function presets(now: number, zone: string): Preset[] {
  const w = wallOf(now, zone);
  const out: Preset[] = [];
  const later = wallOf(now + 3 * 3_600_000 + 59 * 60_000, zone);
  if (later.day === w.day) out.push({ id: "later", at: instantOf({ ...later, minute: 0 }, zone) });
  const morning = (days: number) => instantOf({ ...w, day: w.day + days, hour: 9, minute: 0 }, zone);
  out.push({ id: "tomorrow", at: morning(1) });
  const weekday = new Date(Date.UTC(w.year, w.month - 1, w.day)).getUTCDay();
  const toMonday = (8 - weekday) % 7 || 7;
  if (toMonday > 1) out.push({ id: "monday", at: morning(toMonday) });
  return out;
}
