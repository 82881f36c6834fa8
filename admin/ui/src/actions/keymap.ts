import type { Session } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useSession } from "@/session/useSession";
import { type Action, type ActionId, action, actions } from "./table";

/** What somebody has changed: the keys of actions by their names; an empty list is none. */
export type Own = Record<string, string[]>;

const all: readonly Action[] = actions;

/** chosen are the preferences of who is signed in. */
export const chosen = () => queryClient.getQueryData<Session>(keys.session)?.preferences;

export const keysIn = (own: Own | undefined, id: string): readonly string[] =>
  own?.[id] ?? action(id as ActionId).keys ?? [];

/** keysOf are the keys of an action now. */
export const keysOf = (id: ActionId): readonly string[] => keysIn(chosen()?.keys, id);

/** useKeysOf is keysOf for what is drawn: it changes with them. */
export function useKeysOf(): (id: string) => readonly string[] {
  const own = useSession().preferences.keys;
  return (id) => keysIn(own, id);
}

/** keymap says which action each key belongs to. One's own choice goes before what an action comes with. */
export function keymap(own: Own | undefined): Map<string, ActionId> {
  const map = new Map<string, ActionId>();
  for (const mine of [false, true])
    for (const { id } of all)
      if (Boolean(own?.[id]) === mine) for (const key of keysIn(own, id)) map.set(key, id as ActionId);
  return map;
}
