import { create } from "zustand";
import type { ID, Message } from "@/api/types";
import type { LinkState } from "./socket";

export interface Typing {
  text?: string;
  /** Of an agent. */
  id?: ID;
  kind: string;
  /** The words stand there, and nobody goes on with them. */
  paused?: boolean;
}

interface LiveState {
  state: LinkState;
  /** When the connection was lost, to be honest about how long. */
  lostAt: number | undefined;
  typing: Record<ID, Typing | undefined>;
  /** Who else has which conversation open: their names. */
  company: Record<ID, Record<ID, string>>;
  /** Conversations whose snooze ended by itself and that nobody was told of yet. */
  woken: ID[];
  /** Notes that name us and that nobody was told of yet. */
  mentioned: Message[];
  setState: (state: LinkState) => void;
  setTyping: (conversation: ID, typing: Typing | undefined) => void;
}

/** What is true only at this moment and kept nowhere: the connection, and who types. */
export const useLive = create<LiveState>((set) => ({
  state: "connecting",
  lostAt: undefined,
  typing: {},
  company: {},
  woken: [],
  mentioned: [],
  setState: (state) =>
    set((s) => ({
      state,
      // What passes while there is no connection is not repeated.
      typing: state === "open" ? s.typing : {},
      company: state === "open" ? s.company : {},
      lostAt: state === "open" ? undefined : state === "lost" ? (s.lostAt ?? Date.now()) : s.lostAt,
    })),
  setTyping: (conversation, typing) => set((s) => ({ typing: { ...s.typing, [conversation]: typing } })),
}));
