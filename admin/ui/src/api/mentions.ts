import { body, client } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type { ID, List, Mention } from "./types";

type Schemas = components["schemas"];

/** listMentions are the notes that name us, newest first. */
export async function listMentions(cursor?: string): Promise<List<Mention>> {
  const { items, next } = await body<Schemas["ListMentionRow"]>(
    client.GET("/api/v1/mentions", { params: { query: { cursor, limit: 50 } } }),
  );
  return {
    next,
    items: items.map(({ conversation: row, ...m }) => ({ ...m, row: row && readRow(row) })),
  };
}

/** readMentions says that we have read where a conversation names us, or all. */
export const readMentions = (conversation?: ID): Promise<unknown> =>
  body(
    conversation
      ? client.POST("/api/v1/conversations/{id}/mentions/read", { params: { path: { id: conversation } } })
      : client.POST("/api/v1/mentions/read", {}),
  );
