import { create } from "zustand";
import type { ListQuery } from "@/api/inbox";
import type { ID } from "@/api/types";

export type Ask = "assign" | "tag" | "untag" | "close" | "snooze" | "wake";

interface Selection {
  ids: ID[];
  /** The whole of a view is meant, as far as one bulk goes. */
  all: ListQuery | undefined;
  /** From where a range is counted. */
  anchor: ID | undefined;
  /** What is asked to be done to them. */
  ask: Ask | undefined;
}

const none: Selection = { ids: [], all: undefined, anchor: undefined, ask: undefined };

/** What is selected in the list shown now. */
export const useSelection = create<Selection>(() => none);
const { setState, getState } = useSelection;

export const useSelecting = (): boolean => useSelection((s) => s.ids.length > 0 || s.all !== undefined);

export function toggle(id: ID): void {
  const { ids } = getState();
  const on = !ids.includes(id);
  setState({ all: undefined, anchor: id, ids: on ? [...ids, id] : ids.filter((x) => x !== id) });
}

/** selectTo selects from the row selected last to this one; without one, this one. */
export function selectTo(id: ID, rows: ID[]): void {
  const { ids, anchor = id } = getState();
  const [a, b] = [rows.indexOf(anchor), rows.indexOf(id)];
  if (b < 0) return;
  const range = a < 0 ? [id] : rows.slice(Math.min(a, b), Math.max(a, b) + 1);
  setState({ all: undefined, anchor: id, ids: [...new Set([...ids, ...range])] });
}

export const selectAll = (all: ListQuery): void => setState({ ...none, all });
export const unselect = (): void => setState(none);
export const ask = (what: Ask | undefined): void => setState({ ask: what });
