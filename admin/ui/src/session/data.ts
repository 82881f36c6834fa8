import { useQuery } from "@tanstack/react-query";
import { listAccounts } from "@/api/accounts";
import { listBots } from "@/api/bots";
import { listAgents, listTags, listTeams } from "@/api/team";
import type { ID, Owner } from "@/api/types";
import { keys } from "@/live/cache";
import { useCan, useSession } from "./useSession";

/** The small lists that every screen names things by. The feed keeps them current. */
export const useAgents = () => useQuery({ queryKey: keys.agents, queryFn: listAgents });
export const useTeams = () => useQuery({ queryKey: keys.teams, queryFn: listTeams });
export const useTags = () => useQuery({ queryKey: keys.tags, queryFn: listTags });
export const useAccounts = () => useQuery({ queryKey: keys.accounts, queryFn: listAccounts });
/** useWatchedAccounts also keeps when something came and went last, which no entry tells. */
export const useWatchedAccounts = () =>
  useQuery({
    queryKey: keys.accounts,
    queryFn: listAccounts,
    refetchOnMount: "always",
    refetchInterval: 15_000,
  });
export function useBots() {
  const may = useCan()("bot.read");
  return useQuery({ queryKey: keys.bots, queryFn: listBots, enabled: may });
}

/** What conversations told of names: a role may see who answers without being allowed to list all bots. */
const told = new Map<ID, string>();
export function rememberNames(names: Record<ID, string>): void {
  for (const [id, name] of Object.entries(names)) told.set(id, name);
}

/** useNames looks names up by id, whatever the thing is. */
export function useNames(): (id: ID | undefined) => string {
  const agents = useAgents().data;
  const teams = useTeams().data;
  const bots = useBots().data;
  const accounts = useAccounts().data;
  return (id) => {
    if (!id) return "";
    for (const list of [agents, teams, bots, accounts]) {
      const found = list?.find((x) => x.id === id);
      if (found) return found.name;
    }
    return told.get(id) ?? "";
  };
}

/** useOwnerWords says who may answer: "Bot · 售前助手", "Queue · 技术支持", "You", "林". */
export function useOwnerWords(
  t: (key: "owner.bot" | "owner.queue" | "owner.you" | "owner.closed" | "owner.agent") => string,
) {
  const names = useNames();
  const me = useSession().agent.id;
  return (owner: Owner): string => {
    const name = owner.name || names(owner.id);
    switch (owner.kind) {
      case "bot":
        return [t("owner.bot"), name].filter(Boolean).join(" · ");
      case "queue":
        return [t("owner.queue"), names(owner.team)].filter(Boolean).join(" · ");
      case "closed":
        return t("owner.closed");
      default:
        return owner.id === me ? t("owner.you") : name || t("owner.agent");
    }
  };
}
