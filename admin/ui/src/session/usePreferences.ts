import { type Preferences, savePreferences } from "@/api/preferences";
import type { Session } from "@/api/types";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { useDo } from "@/ui/useDo";
import { useSession } from "./useSession";

const show = (change: Partial<Preferences>) =>
  amend<Session>(queryClient, keys.session, (s) => ({
    ...s,
    preferences: { ...s.preferences, ...change },
  }));

/** usePreferences are one's own, and how to change them: it holds at once, and goes back when the hub refuses. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const { preferences } = useSession();
  const save = useDo(async (change: Partial<Preferences>) => {
    show(change);
    try {
      return await savePreferences(change);
    } catch (error) {
      void queryClient.invalidateQueries({ queryKey: keys.session });
      throw error;
    }
  });
  return [preferences, save.mutate];
}
