import { listMessages } from "@/api/inbox";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane, merge } from "@/live/cache";

const PAGE = 200;

/** reach reads history until a position is in the lane; a thread has no gaps. */
export async function reach(id: ID, pos: number): Promise<void> {
  for (;;) {
    const lane = queryClient.getQueryData<Lane>(keys.messages(id));
    const oldest = lane?.items[0]?.pos;
    if (!lane?.more || oldest === undefined || oldest <= pos) return;
    const page = await listMessages(id, { before: oldest, limit: PAGE });
    queryClient.setQueryData<Lane>(
      keys.messages(id),
      (l) => l && { ...merge(l, page.items), more: page.more },
    );
    if (page.items.length === 0) return;
  }
}
