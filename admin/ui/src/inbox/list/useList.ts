import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ListQuery, listConversations } from "@/api/inbox";
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
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  return { ...list, rows };
}
