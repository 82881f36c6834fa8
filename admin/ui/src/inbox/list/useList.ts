import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { type ListQuery, listConversations } from "@/api/inbox";
import { useSteady } from "@/lib/useSteady";
import { keys } from "@/live/cache";

/** useList is one view, page by page; the feed keeps every loaded row current. */
export function useList(query: ListQuery, ready: boolean) {
  const list = useInfiniteQuery({
    queryKey: keys.list(query),
    queryFn: ({ pageParam }) => listConversations(query, pageParam),
    enabled: ready,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: undefined,
    refetchInterval: query.wait ? 30_000 : false, // time alone brings rows in
  });
  // However much comes in, nobody reads more than ten lists a second, and typing goes before drawing them.
  const of = JSON.stringify(query);
  const steady = useSteady(list.data, of, 100);
  const now = useMemo(() => ({ of, data: steady }), [of, steady]);
  const later = useDeferredValue(now);
  const data = later.of === of && later.data ? later.data : steady;
  const rows = useMemo(() => data?.pages.flatMap((p) => p.items) ?? [], [data]);
  return { ...list, isPending: list.isPending || (!data && !!list.data), rows };
}
