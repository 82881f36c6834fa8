import type { FeedEntry } from "@/api/types";

const ears = new Set<(entry: FeedEntry) => void>();

/** hearing tells of every entry of the feed as it comes, until the function it returns. */
export function hearing(hear: (entry: FeedEntry) => void): () => void {
  ears.add(hear);
  return () => ears.delete(hear);
}

export const heard = (entry: FeedEntry): void => {
  for (const hear of ears) hear(entry);
};
