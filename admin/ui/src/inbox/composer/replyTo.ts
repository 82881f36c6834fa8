import { create } from "zustand";
import type { ID, Message } from "@/api/types";

/** Which message the next reply answers, if any. */
export const useReplyTo = create<{
  of: Record<ID, Message | undefined>;
  set: (conversation: ID, message: Message | undefined) => void;
}>((set) => ({
  of: {},
  set: (conversation, message) => set((s) => ({ of: { ...s.of, [conversation]: message } })),
}));
