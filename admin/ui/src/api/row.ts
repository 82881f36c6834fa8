import type { Conversation, Row } from "./types";

/** readRow separates a conversation from the names that lists carry beside it. */
// biome-ignore lint/suspicious/noExplicitAny: replaced by the generated types
export function readRow(raw: any): Row {
  const { contact, account, ...rest } = raw;
  const conversation = {
    ...rest,
    contact: contact?.id ?? contact,
    account: account?.id ?? account,
  } as Conversation;
  conversation.tags ??= [];
  conversation.colleagues ??= [];
  return {
    conversation,
    contact: typeof contact === "object" ? contact : { id: contact, name: "" },
    account: typeof account === "object" ? account : { id: account, name: "", kind: "" },
  };
}
