import { useQuery } from "@tanstack/react-query";
import { type Detail, getConversation } from "@/api/inbox";
import type { ID } from "@/api/types";
import { keys } from "@/live/cache";
import { rememberNames } from "@/session/data";

async function fetchConversation(id: ID): Promise<Detail> {
  const detail = await getConversation(id);
  rememberNames(detail.names);
  return detail;
}

/** useConversation is one conversation with what the screen around it needs. */
export const useConversation = (id: ID) =>
  useQuery({ queryKey: keys.conversation(id), queryFn: () => fetchConversation(id) });
