import { useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { listMessages } from "@/api/inbox";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { extend, keys, type Lane, merge } from "@/live/cache";

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
    const now = queryClient.getQueryData<Lane>(keys.messages(id));
    if (busy.current || !now?.next) return;
    busy.current = true;
    setLoading(true);
    try {
      const page = await listMessages(id, PAGE, now.next);
      queryClient.setQueryData<Lane>(keys.messages(id), (l) => l && extend(l, page));
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }, [id]);
  return { ...lane, older, loadingOlder: loading };
}
