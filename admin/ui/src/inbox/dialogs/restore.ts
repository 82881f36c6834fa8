import { type Detail, type Target, take, transfer } from "@/api/inbox";
import type { Conversation, ID } from "@/api/types";

/** restore gives a conversation back to whoever had it; undefined: it can not be given there. */
export function restore({ conversation: c }: Detail, me: ID): (() => Promise<Conversation>) | undefined {
  const { kind, id, team } = c.owner;
  if (kind === "agent" && id === me) return () => take(c.id);
  let to: Target | undefined;
  if (kind === "queue") to = team ? { team } : undefined;
  else if (id) to = kind === "bot" ? { bot: id } : { agent: id };
  return to && (() => transfer(c.id, to, ""));
}
