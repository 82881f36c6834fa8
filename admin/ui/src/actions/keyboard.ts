import { useEffect } from "react";
import { chosen, keymap, type Own } from "./keymap";
import { perform } from "./store";
import { type ActionId, action } from "./table";

/** Single keys can be turned off (WCAG 2.1.4); chords with a modifier stay. */
const shortcutsOn = (): boolean => chosen()?.single_keys ?? true;

/** How soon the second key of a sequence has to follow, in milliseconds. */
export const SEQUENCE = 1200;

/** Keys whose own signs part the keys of a chord or a sequence. */
const spelled: Record<string, string> = { "+": "plus", " ": "space" };

/** chord names what was pressed: "mod+shift+enter", "j", "?". */
export function chord(e: KeyboardEvent): string {
  // With Alt, or a layout of other letters, the key may be any character: take the place on the keyboard.
  const latin = /^[a-z0-9]$/i.test(e.key);
  const key =
    !latin && (e.altKey || e.ctrlKey || e.metaKey) && /^Key[A-Z]$/.test(e.code) ? e.code.slice(3) : e.key;
  const parts: string[] = [];
  if (e.ctrlKey || e.metaKey) parts.push("mod");
  if (e.altKey) parts.push("alt");
  // Of a sign such as "?" Shift is part of the key; of a letter it is not.
  if (e.shiftKey && (key.length > 1 || parts.length > 0 || /^[a-z]$/i.test(key))) parts.push("shift");
  // Written as the table writes them.
  const order = ["mod", "alt", "shift"].filter((m) => parts.includes(m));
  return [...order, spelled[key] ?? key.toLowerCase()].join("+");
}

function typing(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  if (!el?.closest) return false;
  return (
    el.isContentEditable ||
    Boolean(el.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [role=combobox]"))
  );
}

/** Something lies over the screen, or is about to: keys are not for what is beneath. */
const overlay = () =>
  Boolean(
    document.querySelector(".ant-modal-wrap:not([style*='display: none']), .ant-drawer-open, [data-opening]"),
  );

/** answer presses what a dialog is for. */
const answer = () =>
  [...document.querySelectorAll<HTMLElement>(".ant-modal-footer .ant-btn-primary:not(:disabled)")]
    .at(-1)
    ?.click();

/** Keys turns key presses into actions; it forgets a started sequence after a moment. */
export class Keys {
  private started = "";
  private at = 0;

  constructor(
    private readonly run: (id: ActionId) => boolean = perform,
    private readonly on: () => boolean = shortcutsOn,
    private readonly now: () => number = Date.now,
    private readonly covered: () => boolean = overlay,
    private readonly yes: () => void = answer,
    private readonly own: () => Own | undefined = () => chosen()?.keys,
  ) {}

  press(e: KeyboardEvent): void {
    // An input method is composing: the key belongs to it (229 is what old browsers say).
    if (e.isComposing || e.keyCode === 229 || e.defaultPrevented) return;
    const pressed = chord(e);
    if (["shift", "control", "alt", "meta"].includes(e.key.toLowerCase())) return;
    const inField = typing(e.target);
    const modified = e.ctrlKey || e.metaKey || e.altKey;
    if (!modified && (inField || !this.on())) return;
    if (this.covered()) return;
    const sequence = this.started && this.now() - this.at < SEQUENCE ? `${this.started} ${pressed}` : "";
    this.started = "";
    const map = keymap(this.own());
    const hit = map.get(sequence) ?? map.get(pressed);
    if (hit) {
      if (inField && !(action(hit).whileTyping || e.altKey)) return;
      if (this.run(hit)) e.preventDefault();
      return;
    }
    if (!modified && [...map.keys()].some((k) => k.startsWith(`${pressed} `))) {
      this.started = pressed;
      this.at = this.now();
    }
  }

  /** over is told of a key before anything else: of a dialog Ctrl-Enter is the answer, whatever field has it but one that asks for a key. */
  over(e: KeyboardEvent): void {
    if (e.isComposing || e.keyCode === 229 || chord(e) !== "mod+enter" || !this.covered()) return;
    if ((e.target as HTMLElement | null)?.closest?.("[data-recording]")) return;
    e.preventDefault();
    e.stopPropagation();
    this.yes();
  }
}

/** useKeyboard listens for the whole application. */
export function useKeyboard(): void {
  useEffect(() => {
    const keys = new Keys();
    const press = (e: KeyboardEvent) => keys.press(e);
    const over = (e: KeyboardEvent) => keys.over(e);
    window.addEventListener("keydown", press);
    window.addEventListener("keydown", over, true);
    // Who uses keys needs more than others: see there.
    let stop: (() => void) | undefined;
    const first = () => void import("./keyed").then((m) => (stop ??= m.keyed()));
    window.addEventListener("keydown", first, { once: true });
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("keydown", over, true);
      window.removeEventListener("keydown", first);
      stop?.();
    };
  }, []);
}
