import { useSyncExternalStore } from "react";

/** One clock for the whole screen: everything relative moves together, twice a minute. */
const listeners = new Set<() => void>();
let now = Date.now();
setInterval(() => {
  now = Date.now();
  for (const tell of listeners) tell();
}, 10_000);

export function useNow(): number {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => now,
  );
}

let zone: string | undefined;

/** setZone sets the zone that times are shown in; empty takes the browser's. */
export function setZone(name: string | undefined): void {
  zone = name || undefined;
}

/** zoneName is that zone. */
export const zoneName = (): string => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name} ${zone}`;
  let f = formats.get(key);
  if (!f) {
    try {
      f = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    } catch {
      f = new Intl.DateTimeFormat(language, options);
    }
    formats.set(key, f);
  }
  return f;
}

export const clock = (at: string, language: string): string =>
  format(language, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** soon writes a time of the next days with its weekday: "Fri, Nov 27, 09:00". */
export const soon = (at: string, language: string): string =>
  format(language, "soon", {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));

export const exact = (at: string, language: string): string =>
  format(language, "exact", { dateStyle: "long", timeStyle: "medium" }).format(new Date(at));

export const day = (at: string, language: string): string =>
  format(language, "day", { year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(
    new Date(at),
  );

export const shortDay = (at: string, language: string): string =>
  format(language, "short", { month: "short", day: "numeric" }).format(new Date(at));

/** dayKey is equal for two times on the same day of the agent's zone. */
export const dayKey = (at: string): string =>
  format("en-CA", "key", { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));

const relative = new Map<string, Intl.RelativeTimeFormat>();

/** ago says how long ago in few characters: "5 min ago", "3 小时前", then the date. */
export function ago(at: string, from: number, language: string): string {
  let f = relative.get(language);
  if (!f) {
    f = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "narrow" });
    relative.set(language, f);
  }
  const seconds = Math.round((Date.parse(at) - from) / 1000);
  const past = Math.abs(seconds);
  if (past < 45) return f.format(0, "second");
  if (past < 3600) return f.format(Math.round(seconds / 60), "minute");
  if (past < 86_400) return f.format(Math.round(seconds / 3600), "hour");
  if (past < 7 * 86_400) return f.format(Math.round(seconds / 86_400), "day");
  return shortDay(at, language);
}

/** span writes a length of time in two units at most: "31 h", "4 min", "2 天 3 小时". */
export function span(millis: number, language: string): string {
  const unit = (n: number, u: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit: u, unitDisplay: "short" }).format(n);
  const minutes = Math.floor(millis / 60_000);
  if (minutes < 1) return unit(Math.max(0, Math.floor(millis / 1000)), "second");
  if (minutes < 60) return unit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 48)
    return minutes % 60 && hours < 6
      ? `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`
      : unit(hours, "hour");
  return unit(Math.floor(hours / 24), "day");
}

/** playtime writes 75 000 ms as 1:15. */
export function playtime(millis: number): string {
  const s = Math.round(millis / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
