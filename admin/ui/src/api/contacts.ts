import { body, client, items } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type { Contact, ID, Identity, Row } from "./types";

const at = "/api/v1/contacts/{id}";
const by = (id: ID) => ({ params: { path: { id } } });

export const getContact = (id: ID): Promise<Contact> => body(client.GET(at, by(id)));
export type ContactChange = Partial<
  Pick<Contact, "name" | "phone" | "email" | "locale" | "external_id" | "attributes">
>;
export const saveContact = (id: ID, change: ContactChange): Promise<Contact> =>
  body(client.PATCH(at, { ...by(id), body: change }));
export async function contactConversations(id: ID): Promise<Row[]> {
  const call = client.GET(`${at}/conversations` as const, {
    params: { path: { id }, query: { limit: 200 } },
  });
  return (await items<components["schemas"]["ConversationRow"]>(call)).map(readRow);
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
