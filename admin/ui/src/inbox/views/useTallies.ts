import { useQuery } from "@tanstack/react-query";
import { tallies } from "@/api/inbox";
import { keys } from "@/live/cache";

/** useTallies are the hub's counters; the feed says when to ask again. */
export const useTallies = () => useQuery({ queryKey: keys.tallies, queryFn: tallies });

/** useUnread is how much waits to be read by us: conversations, and mentions. */
export function useUnread(): number {
  const { unread = 0, mentions = 0 } = useTallies().data ?? {};
  return unread + mentions;
}
