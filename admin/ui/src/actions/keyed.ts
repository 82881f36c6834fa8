import { keepFocus } from "./focus";

/** keyed is what the first key press brings: the focus is kept, and what keys open is fetched before it is asked for. */
export function keyed(): () => void {
  for (const soon of [
    () => import("@/inbox/dialogs/Dialogs"),
    () => import("@/inbox/composer/lazy"),
    () => import("./Palette"),
  ])
    void soon().catch(() => undefined); // it is asked for again when it is needed
  return keepFocus();
}
