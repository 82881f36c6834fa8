import { listMessages } from "@/api/inbox";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane } from "@/live/cache";
import { apply } from "@/live/follow";

const PAGE = 200;

/** reach reads history until a position is in the lane, unless it is not ours to see. */
export async function reach(id: ID, pos: number): Promise<void> {
  for (;;) {
    const lane = queryClient.getQueryData<Lane>(keys.messages(id));
    const oldest = lane?.items[0]?.pos;
    if (!lane?.next || oldest === undefined || oldest <= pos) return;
    await apply.older(id, (next) => listMessages(id, PAGE, next));
    if (queryClient.getQueryData<Lane>(keys.messages(id))?.items[0]?.pos === oldest) return;
  }
}
