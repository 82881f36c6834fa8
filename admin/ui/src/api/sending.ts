import type { Content, Template } from "./canon";
import { body, client, items } from "./client";
import type { components } from "./schema";
import type { ID, Words } from "./types";

/** Preview is what would become of a message on its channel. */
export interface Preview {
  messages: Content[];
  /** Each of them in plain words. */
  says: string[];
  notes: { code: string; part: string; text: Words }[];
  shut: boolean;
  refused?: Words;
}

/** Way is another account the customer can be written to on. */
export interface Way {
  account: { id: ID; name: string; kind: string };
  by: "email";
  address: string;
  known: "identity" | "contact" | "attribute";
  /** Open there already; absent: a new one begins. */
  conversation?: ID;
}

const at = (id: ID) => ({ params: { path: { id } } });

export const preview = (id: ID, content: Content, reply_to?: ID): Promise<Preview> =>
  body(
    client.POST("/api/v1/conversations/{id}/preview", {
      ...at(id),
      body: { content, reply_to } as components["schemas"]["PreviewInputBody"],
    }),
  ) as Promise<Preview>;

/** What the customer gets when the words of a message are replaced. */
export const previewEdit = (id: ID, edits: ID, text: string): Promise<Preview> =>
  body(
    client.POST("/api/v1/conversations/{id}/preview", {
      ...at(id),
      body: { text, edits } as components["schemas"]["PreviewInputBody"],
    }),
  ) as Promise<Preview>;

/** Templates the channel has approved; {{slot}} in their text marks what is to be filled in. */
export const listTemplates = async (id: ID): Promise<Omit<Template, "type">[]> =>
  items(client.GET("/api/v1/conversations/{id}/templates", at(id)));

/** Where else the customer of a conversation can be written to. */
export const listWays = (id: ID): Promise<Way[]> =>
  items(client.GET("/api/v1/conversations/{id}/ways", at(id))) as Promise<Way[]>;

interface Onward {
  subject: string;
  content: Content;
  client_id: string;
}

/** Goes on with the customer by one of the ways, and returns the conversation there. */
export const goOn = (id: ID, way: Way, { subject, content, client_id }: Onward): Promise<ID> =>
  body<{ conversation: { id: ID } }>(
    client.POST("/api/v1/conversations/{id}/ways", {
      ...at(id),
      body: {
        account: way.account.id,
        address: way.address,
        subject: subject || undefined,
        content,
        client_id,
      } as components["schemas"]["WayInputBody"],
    }),
  ).then((b) => b.conversation.id);
