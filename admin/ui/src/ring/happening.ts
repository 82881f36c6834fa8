import type { FeedEntry, ID, Message } from "@/api/types";

type Owner = { kind: string; id?: ID; team?: ID };
interface Told {
  message?: Message;
  conversation?: { id: ID; owner: Owner; colleagues?: ID[]; snooze?: unknown };
}

/** Happening is something in the feed that somebody is told of while they look elsewhere. */
export interface Happening {
  /** The same in every window. */
  key: string;
  kind: "assigned" | "queued" | "wrote" | "noted";
  conversation: ID;
  /** The agent who did it; none: the hub. */
  actor?: ID;
  message?: Message;
}

/** happening reads an entry as the agent of an id and teams is to be told of it; what is their own doing, they are not. */
export function happening(e: FeedEntry, me: ID, teams: readonly ID[]): Happening | undefined {
  const { message, conversation: c } = (e.data ?? {}) as Told;
  if (!c || c.snooze || e.actor === me) return undefined;
  const mine = c.owner.kind === "agent" && c.owner.id === me;
  const it = { key: String(e.seq), conversation: c.id, actor: e.actor };
  switch (e.kind) {
    case "conversation.assigned":
    case "conversation.transferred":
      if (mine) return { ...it, kind: "assigned" };
      if (c.owner.kind === "queue" && (!c.owner.team || teams.includes(c.owner.team)))
        return { ...it, kind: "queued" };
      return undefined;
    case "message":
      if (message?.from === "customer" && mine) return { ...it, kind: "wrote", message };
      // Who is named in it is told of that.
      if (message?.from === "note" && message.sender !== me && !message.mentions?.includes(me))
        if (mine || c.colleagues?.includes(me)) return { ...it, kind: "noted", message };
  }
  return undefined;
}
