/** Where the focus may stand, by what tells the place and where in it the focus belongs. */
const places = [
  { in: "section[data-mode]", at: "section[data-mode] textarea" },
  { in: "[data-row]", at: "[data-row][aria-current]" },
  { in: "[role=log]", at: "[role=log]" },
  { in: "main", at: "main" },
];
const covering = ".ant-modal-wrap, .ant-drawer, .ant-message, .ant-popover, .ant-dropdown";
const PATIENCE = 40; // frames a screen has to show the same place again

const shown = (el: Element | null | undefined): el is HTMLElement =>
  Boolean(el?.isConnected && (el as HTMLElement).offsetParent && !el.closest("[inert]"));

/** focusThread gives the focus to the thread as soon as it is there, unless somebody put it elsewhere meanwhile. */
export function focusThread(left = PATIENCE): void {
  const log = document.querySelector("[role=log]");
  if (shown(log)) log.focus({ preventScroll: true });
  else if (left > 0 && document.activeElement === document.body)
    requestAnimationFrame(() => focusThread(left - 1));
}

/**
 * keepFocus gives the focus a new place when what had it is gone: the same place of what is shown now, or the
 * nearest there is. What a dialog was opened from counts as its place. It ends with the function it returns.
 */
export function keepFocus(): () => void {
  let had: Element | undefined;
  let place = places.length - 1;
  let frame = 0;

  const came = (el: Element | null) => {
    if (!el || el === document.body) return;
    had = el;
    if (el.closest(covering)) return;
    const found = places.findIndex((p) => el.closest(p.in));
    if (found >= 0) place = found;
  };
  const lost = () => document.activeElement === document.body && had !== undefined && !shown(had);

  function look(left: number): void {
    frame = 0;
    if (!lost() || document.querySelector(".ant-modal-wrap")) return;
    const wanted = left > 0 ? [places[place]!] : places.slice(1);
    const to = wanted.map((p) => document.querySelector(p.at)).find(shown);
    if (to) to.focus({ preventScroll: true });
    else if (left > 0) frame = requestAnimationFrame(() => look(left - 1));
  }
  // Where somebody put it meanwhile it stays: the screen has two frames for that.
  const soon = () => {
    if (!frame && lost())
      frame = requestAnimationFrame(() => (frame = requestAnimationFrame(() => look(PATIENCE))));
  };
  const seen = new MutationObserver(soon);
  const note = (e: FocusEvent) => came(e.target as Element);
  // What is only hidden, because something beside it is still loading, is told by no mutation.
  const left = (e: FocusEvent) => !e.relatedTarget && soon();

  came(document.activeElement);
  document.addEventListener("focusin", note);
  document.addEventListener("focusout", left);
  seen.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", note);
    document.removeEventListener("focusout", left);
    seen.disconnect();
    cancelAnimationFrame(frame);
  };
}
