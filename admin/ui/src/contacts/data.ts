import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type BookQuery, listContacts } from "@/api/book";

/** useBook lists contacts page by page. A page may be short and still have a next: it is asked for until something is found. */
export function useBook(query: BookQuery, enabled = true) {
  const book = useInfiniteQuery({
    queryKey: ["contacts", "list", query],
    queryFn: ({ pageParam }) => listContacts(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });
  const items = book.data?.pages.flatMap((p) => p.items) ?? [];
  const { hasNextPage, isFetching, fetchNextPage } = book;
  const pages = book.data?.pages.length ?? 0;
  useEffect(() => {
    if (items.length === 0 && hasNextPage && !isFetching && pages < 40) void fetchNextPage();
  }, [items.length, hasNextPage, isFetching, fetchNextPage, pages]);
  return { ...book, items };
}
