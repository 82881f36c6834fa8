import { useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { listMessages } from "@/api/inbox";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane, merge } from "@/live/cache";
import { apply } from "@/live/follow";

const PAGE = 50;

/** How much is asked for again at most; what was read further back is then read anew as one scrolls up. */
const MOST = 200;

/** fetchLane reads the newest messages: a page, or as many as are held. How far a message got has no revision. */
async function fetchLane(id: ID): Promise<Lane> {
  const had = queryClient.getQueryData<Lane>(keys.messages(id))?.items.length ?? 0;
  const page = await listMessages(id, Math.min(MOST, Math.max(PAGE, had)));
  return merge({ ...page, thread: page.items[0]?.thread, items: [] }, page.items);
}

/** useLane is a thread's messages; history is fetched as one scrolls up. */
export function useLane(id: ID) {
  const lane = useQuery({ queryKey: keys.messages(id), queryFn: () => fetchLane(id) });
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const older = useCallback(async () => {
    if (busy.current || !queryClient.getQueryData<Lane>(keys.messages(id))?.next) return;
    busy.current = true;
    setLoading(true);
    try {
      await apply.older(id, (next) => listMessages(id, PAGE, next));
    } catch {
      // It is asked for again as one scrolls on; that there is no connection is said above.
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }, [id]);
  return { ...lane, older, loadingOlder: loading };
}
