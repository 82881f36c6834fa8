import { useMemo } from "react";
import type { Detail } from "@/api/inbox";
import type { ID } from "@/api/types";

/** About is what a message is drawn with of its conversation: it stays the same while the conversation goes on. */
export interface About extends Pick<Detail, "contact" | "capabilities"> {
  conversation: ID;
}

export function useAbout({ conversation: { id }, contact, capabilities }: Detail): About {
  return useMemo(() => ({ conversation: id, contact, capabilities }), [id, contact, capabilities]);
}
