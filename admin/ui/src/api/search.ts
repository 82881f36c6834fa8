import { body, client } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type { Contact, Row } from "./types";

type Schemas = components["schemas"];
export type Found = Schemas["MessageFound"];

/** Answer is one page of what was found; people and conversations come with the first. */
export interface Answer {
  items: Found[];
  next: string | null;
  customers: Contact[];
  conversations: Row[];
  unmatched: string[];
  reach?: string;
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export async function find(q: string, own: string | undefined, cursor?: string): Promise<Answer> {
  const query = { q, cursor, zone: own || zone(), limit: 30 };
  const a = await body<Schemas["SearchAnswer"]>(client.GET("/api/v1/search", { params: { query } }));
  return {
    items: a.items ?? [],
    next: a.next,
    customers: (a.customers ?? []) as Contact[],
    conversations: (a.conversations ?? []).map(readRow),
    unmatched: a.unmatched ?? [],
    reach: a.reach,
  };
}
