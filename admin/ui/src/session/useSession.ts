import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Permission } from "@/actions/table";
import { getSession } from "@/api/session";
import { keys } from "@/live/cache";

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: getSession,
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** useSession is who works here; screens inside the frame are only shown to somebody. */
export function useSession() {
  return useQuery(sessionQuery).data!;
}

/** useCan reports what the role may do. What it may not is not shown; the hub refuses it anyway. */
export function useCan(): (permission: Permission | undefined) => boolean {
  const { permissions } = useSession();
  return (permission) => !permission || permissions.includes(permission);
}
