import { notifyManager, QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

/** The one cache of what the hub told us; the live feed patches it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The feed keeps what is shown current; a refetch on focus would only hide that it did not.
      staleTime: 5 * 60_000,
      gcTime: 15 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { retry: false },
  },
});

// However many changes the feed brings between two frames, the screen is drawn once. Where no window shows there are none.
notifyManager.setScheduler((draw) => {
  if (globalThis.document?.hidden === false && "requestAnimationFrame" in globalThis)
    requestAnimationFrame(draw);
  else setTimeout(draw, 0);
});
