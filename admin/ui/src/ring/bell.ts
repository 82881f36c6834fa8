import i18next from "i18next";
import { chosen } from "@/actions/keymap";
import type { ID } from "@/api/types";
import { zoneName } from "@/lib/time";
import { front, once } from "./leader";
import { quiet } from "./quiet";
import { play, type Tune } from "./sound";
import "@/i18n/more/ring";

export interface Said {
  title: string;
  text?: string;
}

export interface Bell {
  /** The same in every window. */
  key: string;
  tune: Tune;
  /** Of what comes at once each conversation is told of once. */
  conversation: ID;
  /** What a notification says; asked for when there is one. */
  say: () => Said | Promise<Said>;
  open: () => void;
}

const AT_ONCE = 200; // milliseconds in which what comes is one ringing
const MOST = 3;

/** Most urgent first. */
const tunes: Tune[] = ["assigned", "mentioned", "waiting"];

/** gist leaves of what came at once one of each conversation, the most urgent; the newest of equals. */
export function gist<B extends Pick<Bell, "tune" | "conversation">>(all: B[]): B[] {
  const by = new Map<ID, B>();
  for (const b of all) {
    const had = by.get(b.conversation);
    if (!had || tunes.indexOf(b.tune) <= tunes.indexOf(had.tune)) by.set(b.conversation, b);
  }
  return [...by.values()];
}

let waiting: Bell[] = [];

/** bell rings once in all windows of this browser: a sound and, when none of them is in front, a notification. */
export function bell(b: Bell): void {
  void once(b.key, () => {
    if (waiting.length === 0) setTimeout(() => void flush().catch(() => undefined), AT_ONCE);
    waiting.push(b);
  });
}

async function flush(): Promise<void> {
  const all = gist(waiting);
  waiting = [];
  const ring = chosen()?.ring;
  if (!ring || quiet(ring.quiet, Date.now(), zoneName())) return;
  const tune = tunes.find((t) => ring[t] && all.some((b) => b.tune === t));
  if (tune) play(tune, ring.volume);
  if (front() || !ring.notify || !("Notification" in window) || Notification.permission !== "granted") return;
  const last = all.at(-1)!;
  const { t } = i18next;
  if (ring.private) show("private", { title: t("ring.private") }, last.open);
  else if (all.length > MOST) show(last.key, { title: t("ring.many", { count: all.length }) }, last.open);
  else for (const b of all) show(b.key, await b.say(), b.open);
}

function show(tag: string, { title, text }: Said, open: () => void): void {
  // The sound is ours. Of those with one tag the newest stands.
  const note = new Notification(title, { body: text, tag, silent: true });
  note.onclick = () => {
    window.focus();
    note.close();
    open();
  };
}
