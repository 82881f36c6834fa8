import { useSyncExternalStore } from "react";
import type { ID } from "@/api/types";

export type Mode = "reply" | "note";

/** Drafts live in this browser, one for each conversation and mode, and never leave it. */
const prefix = "parley.draft.";
const listeners = new Set<() => void>();
const name = (id: ID, mode: Mode) => `${prefix}${mode}.${id}`;

export const draft = (id: ID, mode: Mode): string => localStorage.getItem(name(id, mode)) ?? "";

export function saveDraft(id: ID, mode: Mode, text: string): void {
  if (text) localStorage.setItem(name(id, mode), text);
  else localStorage.removeItem(name(id, mode));
  for (const tell of listeners) tell();
}

export function useDraft(id: ID, mode: Mode): [string, (text: string) => void] {
  const text = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => draft(id, mode),
  );
  return [text, (next) => saveDraft(id, mode, next)];
}

/** A draft keeps its mode: a note begun never comes back as a reply. */
const modes = "parley.mode.";
export const modeOf = (id: ID): Mode => (sessionStorage.getItem(modes + id) === "note" ? "note" : "reply");
export const setModeOf = (id: ID, mode: Mode): void => sessionStorage.setItem(modes + id, mode);

const enter = "parley.send";
export const enterSends = (): boolean => localStorage.getItem(enter) !== "mod";
export const setEnterSends = (on: boolean): void => localStorage.setItem(enter, on ? "enter" : "mod");
