import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Permission } from "@/actions/table";
import { getSession } from "@/api/session";
import type { Session } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: getSession,
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

// Every message and row asks who works here: one looks at the cache for all of them.
let known: Session | undefined;
const listeners = new Set<() => void>();
let watching = false;
function follow(tell: () => void): () => void {
  if (!watching) {
    watching = true;
    queryClient.getQueryCache().subscribe(({ query }) => {
      if (query.queryKey[0] === keys.session[0]) for (const tell of listeners) tell();
    });
  }
  listeners.add(tell);
  return () => listeners.delete(tell);
}
/** Who signed out is still shown until the screen is left. */
function read(): Session | undefined {
  known = queryClient.getQueryData<Session>(keys.session) ?? known;
  return known;
}

/** useSession is who works here; screens inside the frame are only shown to somebody. */
export function useSession(): Session {
  return useSyncExternalStore(follow, read)!;
}

/** useKeptSession keeps the session in the cache, and asks again when it changed, while the frame is shown. */
export const useKeptSession = (): void => void useQuery(sessionQuery);

/** useCan reports what the role may do. What it may not is not shown; the hub refuses it anyway. */
export function useCan(): (permission: Permission | undefined) => boolean {
  const { permissions } = useSession();
  return (permission) => !permission || permissions.includes(permission);
}
