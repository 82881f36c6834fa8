import { body, client, items } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type { Contact, ID, Identity, List, Row } from "./types";

const at = "/api/v1/contacts/{id}";
const by = (id: ID) => ({ params: { path: { id } } });

export const getContact = (id: ID): Promise<Contact> => body(client.GET(at, by(id)));
export type ContactChange = Partial<
  Pick<Contact, "name" | "phone" | "email" | "locale" | "external_id" | "attributes">
>;
export const saveContact = (id: ID, change: ContactChange): Promise<Contact> =>
  body(client.PATCH(at, { ...by(id), body: change }));
/** One page of a person's conversations, newest first. It may be short, and still have a next. */
export async function contactConversations(id: ID, cursor?: string): Promise<List<Row>> {
  const page = await body<List<components["schemas"]["ConversationRow"]>>(
    client.GET(`${at}/conversations` as const, { params: { path: { id }, query: { limit: 50, cursor } } }),
  );
  return { items: page.items.map(readRow), next: page.next };
}
export async function contactIdentities(id: ID): Promise<Identity[]> {
  return items(client.GET(`${at}/identities` as const, by(id)));
}
export const tagContact = (id: ID, tag: ID, on: boolean): Promise<unknown> => {
  const where = { params: { path: { id, tag } } };
  return body(
    on ? client.PUT(`${at}/tags/{tag}` as const, where) : client.DELETE(`${at}/tags/{tag}` as const, where),
  );
};
