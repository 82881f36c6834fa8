import { keymap, keysIn, type Own } from "./keymap";
import { type Action, type ActionId, action, actions } from "./table";

/** How many keys an action may have; the hub keeps no more. */
export const MOST_KEYS = 4;

/** What keys do by themselves in a page, and what a browser does before it asks the page. */
const others = new Set([
  ..."enter tab space escape backspace delete home end pageup pagedown arrowup arrowdown arrowleft arrowright".split(
    " ",
  ),
  ..."a c v x w t n q r l shift+n shift+t shift+w shift+i shift+j".split(" ").map((k) => `mod+${k}`),
  ..."alt+f4 alt+arrowleft alt+arrowright alt+d f5 f11 f12".split(" "),
]);

/** What stands in the way of a key; none: nothing does. */
export type Obstacle =
  | { what: "reserved" }
  | { what: "same" }
  /** Another action has it, and can give it up. */
  | { what: "taken"; by: ActionId }
  /** With it, sequences of another action could not be pressed any more; or it could never be pressed itself. */
  | { what: "begins"; by: ActionId; keys: string };

/** obstacle says what stands in the way of giving an action a key. */
export function obstacle(own: Own, id: ActionId, key: string): Obstacle | undefined {
  const map = keymap(own);
  const [first, second] = key.split(" ");
  if (others.has(first!) || (second && others.has(second))) return { what: "reserved" };
  const by = map.get(key);
  if (by === id) return { what: "same" };
  if (by) return { what: "taken", by };
  if (second) {
    const before = map.get(first!);
    return before && { what: "begins", by: before, keys: first! };
  }
  for (const [keys, by] of map) if (keys.startsWith(`${key} `)) return { what: "begins", by, keys };
  return undefined;
}

/** put writes an action's keys; those it comes with need no mention. */
function put(own: Own, id: string, keys: readonly string[]): Own {
  const { [id]: _, ...rest } = own;
  const same = JSON.stringify(keys) === JSON.stringify(action(id as ActionId).keys ?? []);
  return same ? rest : { ...rest, [id]: [...keys] };
}

/** exchange puts a key where another stood: without an old one beside the others, without a new one it takes the old away. */
const exchange = (keys: readonly string[], old: string | undefined, key: string | undefined) => {
  const next = old === undefined ? [...keys, key] : keys.map((k) => (k === old ? key : k));
  return next.filter((k) => k !== undefined);
};

/** give gives an action a key, in place of an old one. Who had it gets the old one for it, if there is one. */
export function give(own: Own, id: ActionId, old: string | undefined, key: string): Own {
  const by = keymap(own).get(key);
  const without = by && by !== id ? put(own, by, exchange(keysIn(own, by), key, old)) : own;
  return put(without, id, exchange(keysIn(own, id), old, key));
}

/** drop takes a key from an action. */
export const drop = (own: Own, id: ActionId, key: string): Own =>
  put(own, id, exchange(keysIn(own, id), key, undefined));

/** restore gives an action the keys it comes with, and likewise whoever has one of those. */
export function restore(own: Own, id: ActionId): Own {
  if (!own[id]) return own;
  let { [id]: _, ...next } = own;
  const collide = (a: string, b: string) => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);
  for (const key of action(id).keys ?? [])
    for (const other of actions as readonly Action[])
      if (next[other.id]?.some((k) => collide(k, key))) next = restore(next, other.id as ActionId);
  return next;
}
