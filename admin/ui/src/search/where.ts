import type { Owner } from "@/api/types";

/** viewOf is the view of the inbox a conversation stands in for somebody. */
export function viewOf(owner: Pick<Owner, "kind" | "id">, me: string): string {
  switch (owner.kind) {
    case "closed":
      return "closed";
    case "queue":
      return "queue";
    case "bot":
      return "bots";
    default:
      return owner.id === me ? "mine" : "all";
  }
}
