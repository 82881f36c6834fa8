import type { components } from "./schema";
import type { Conversation, Row } from "./types";

type Schemas = components["schemas"];
type Raw = Schemas["Conversation"] | Schemas["ConversationRow"] | Schemas["ConversationDetail"];

/** brief is of a contact what lists show. */
export const brief = ({ id, name, avatar }: Row["contact"]): Row["contact"] => ({ id, name, avatar });

/** readRow separates a conversation from the names that lists and details carry in the place of ids. */
export function readRow(raw: Raw): Row {
  const { contact, account, thread } = raw;
  const id = (x: string | { id: string }) => (typeof x === "string" ? x : x.id);
  // What a detail has besides stands beside its row.
  const { capabilities, owner_changes, names, ...own } = raw as Schemas["ConversationDetail"];
  const conversation = {
    ...own,
    contact: id(contact),
    account: id(account),
    thread: id(thread),
  } as Conversation;
  return {
    conversation,
    contact: typeof contact === "object" ? brief(contact) : { id: contact, name: "" },
    account: typeof account === "object" ? account : { id: account, name: "", kind: "" },
  };
}
