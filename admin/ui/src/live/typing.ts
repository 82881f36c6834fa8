import type { ID } from "@/api/types";
import type { ServerFrame } from "./frames";
import { type Typing, useLive } from "./store";

/** Without another key for this long, somebody has stopped typing. */
const PAUSES = 8_000;
/** For this long words are taken to stand in the box; the hub forgets them then too. */
const STANDS = 60_000;

type Signal = Extract<ServerFrame, { type: "signal" }>;

/**
 * typed shows what a signal says. The hub says when typing ends, also by a
 * message: entries of messages tell nothing here, since signals overtake them.
 */
export function typed({ conversation, signal, sender }: Signal): void {
  const { setTyping } = useLive.getState();
  const shown = useLive.getState().typing[conversation];
  const { on, text } = signal;
  if (!on && !text) {
    if (shown?.kind === sender.kind) setTyping(conversation, undefined);
    return;
  }
  // A customer's words are not covered by a colleague who starts to answer.
  if (shown?.text && shown.kind !== sender.kind && !text) return;
  const typing = { text, id: sender.id, kind: sender.kind };
  setTyping(conversation, typing);
  after(PAUSES, conversation, typing, text ? { ...typing, paused: true } : undefined);
}

/** after replaces what is shown, unless something else is by then. */
function after(wait: number, conversation: ID, typing: Typing, next: Typing | undefined): void {
  setTimeout(() => {
    const { typing: all, setTyping } = useLive.getState();
    if (all[conversation] !== typing) return;
    setTyping(conversation, next);
    if (next) after(STANDS - PAUSES, conversation, next, undefined);
  }, wait);
}
