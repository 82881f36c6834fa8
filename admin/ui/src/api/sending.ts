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

const at = (id: ID) => ({ params: { path: { id } } });

export const preview = (id: ID, content: Content): Promise<Preview> =>
  body(
    client.POST("/api/v1/conversations/{id}/preview", {
      ...at(id),
      body: { content } as components["schemas"]["PreviewInputBody"],
    }),
  ) as Promise<Preview>;

/** Templates the channel has approved; {{slot}} in their text marks what is to be filled in. */
export const listTemplates = async (id: ID): Promise<Omit<Template, "type">[]> =>
  items(client.GET("/api/v1/conversations/{id}/templates", at(id)));
