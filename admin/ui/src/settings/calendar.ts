import type { Period } from "@/api/types";

/** clockOf writes minutes since midnight as 09:30; 1440 is 24:00. */
export const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** minutesOf reads 9, 930, 9:30 or 09:30; as an end, 00:00 is the end of the day. */
export function minutesOf(text: string, end: boolean): number | undefined {
  const hit = /^(\d{1,2}?)(?:[:：.]?(\d{2}))?$/.exec(text.trim());
  const minutes = hit ? Number(hit[1]) * 60 + Number(hit[2] ?? 0) : Number.NaN;
  if (!(minutes <= 1440) || Number(hit?.[2] ?? 0) > 59) return undefined;
  return end && minutes === 0 ? 1440 : minutes;
}

/** wrong says what is wrong with the periods of a day, if anything. */
export function wrong(periods: Period[]): "empty" | "overlap" | undefined {
  if (periods.some((p) => p.to <= p.from)) return "empty";
  const sorted = [...periods].sort((a, b) => a.from - b.from);
  return sorted.some((p, i) => i > 0 && p.from < sorted[i - 1]!.to) ? "overlap" : undefined;
}

/** nextPeriod is a sensible one to add: after the last, or the usual hours. */
export function nextPeriod(periods: Period[]): Period {
  const last = Math.max(0, ...periods.map((p) => p.to));
  if (periods.length === 0) return { from: 540, to: 1080 };
  const from = Math.min(1410, last + 60);
  return { from, to: Math.min(1440, from + 240) };
}
