import { listMessages } from "@/api/inbox";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { extend, keys, type Lane } from "@/live/cache";

const PAGE = 200;

/** reach reads history until a position is in the lane, unless it is not ours to see. */
export async function reach(id: ID, pos: number): Promise<void> {
  for (;;) {
    const lane = queryClient.getQueryData<Lane>(keys.messages(id));
    const oldest = lane?.items[0]?.pos;
    if (!lane?.next || oldest === undefined || oldest <= pos) return;
    const page = await listMessages(id, PAGE, lane.next);
    queryClient.setQueryData<Lane>(keys.messages(id), (l) => l && extend(l, page));
    if (page.items.length === 0) return;
  }
}
