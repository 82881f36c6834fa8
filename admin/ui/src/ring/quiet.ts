import type { Ring } from "@/api/preferences";
import { wallOf } from "@/lib/zone";

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** quiet reports whether an instant is in somebody's quiet hours, by the clock of their zone. */
export function quiet(hours: Ring["quiet"], at: number, zone: string): boolean {
  if (!hours?.on) return false;
  const { hour, minute } = wallOf(at, zone);
  const now = hour * 60 + minute;
  const [from, until] = [minutes(hours.from), minutes(hours.until)];
  return from < until ? from <= now && now < until : from <= now || now < until;
}
