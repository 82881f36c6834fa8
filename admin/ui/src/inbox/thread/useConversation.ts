import { useQuery } from "@tanstack/react-query";
import { getConversation } from "@/api/inbox";
import type { ID } from "@/api/types";
import { keys } from "@/live/cache";

/** useConversation is one conversation with what the screen around it needs. */
export const useConversation = (id: ID) =>
  useQuery({ queryKey: keys.conversation(id), queryFn: () => getConversation(id) });
