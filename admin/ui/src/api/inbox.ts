import type { Content } from "./canon";
import { body, client, items } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type {
  Capabilities,
  Conversation,
  Failure,
  Filter,
  ID,
  List,
  Message,
  OwnerChange,
  Priority,
  Row,
  Tallies,
} from "./types";

type Schemas = components["schemas"];

/** ListQuery is one view of the inbox. */
export type ListQuery = Filter;

/** Detail is one conversation with what the screen around it needs. */
export interface Detail extends Row {
  capabilities?: Capabilities;
  owner_changes: OwnerChange[];
  names: Record<ID, string>;
}

export type Target = { agent: ID } | { team: ID } | { bot: ID };

const one = "/api/v1/conversations/{id}";
const path = (id: ID) => ({ params: { path: { id } } });

export async function listConversations(query: ListQuery, cursor?: string, limit = 50): Promise<List<Row>> {
  const list = await body<Schemas["ListConversationRow"]>(
    client.GET("/api/v1/conversations", {
      params: { query: { ...query, cursor, limit } },
      querySerializer: { array: { style: "form", explode: false } },
    }),
  );
  return { items: list.items.map(readRow), next: list.next };
}

export function tallies(): Promise<Tallies> {
  return body(client.GET("/api/v1/conversations/tallies", {}));
}

export async function getConversation(id: ID): Promise<Detail> {
  const raw = await body<Schemas["ConversationDetail"]>(client.GET(one, path(id)));
  const { names, capabilities, owner_changes } = raw;
  return {
    ...readRow(raw),
    capabilities: capabilities as Capabilities | undefined,
    owner_changes: owner_changes as OwnerChange[],
    names,
  };
}

export interface Page {
  items: Message[];
  rev: number;
  /** Where older ones go on; null: there are none. */
  next: string | null;
  /** Some are left out, which are not ours to see. */
  hidden: boolean;
}

/** listMessages reads a stretch of history, over what is not ours to see: it is empty only at the beginning. */
export async function listMessages(id: ID, limit: number, cursor?: string): Promise<Page> {
  const query = { limit, cursor };
  const page = await body<Schemas["MessagePage"]>(
    client.GET(`${one}/messages` as const, { params: { path: { id }, query } }),
  );
  const { rev, next, hidden } = page;
  if (page.items.length === 0 && next) return { ...(await listMessages(id, limit, next)), hidden };
  return { items: page.items as Message[], rev, next, hidden };
}

export interface Posting {
  client_id: string;
  content: Content;
  reply_to?: ID;
  note?: boolean;
  /** Colleagues a note names. */
  mentions?: ID[];
  /** Wait until the customer writes, where the channel takes nothing before. */
  hold?: boolean;
  /** The newest place known: nothing is sent when a colleague answered after it. */
  seen?: number;
}

export function postMessage(id: ID, posting: Posting): Promise<Message> {
  return body(
    client.POST(`${one}/messages` as const, {
      ...path(id),
      body: posting as Schemas["PostInputBody"],
      // Sent all the same it is another request; the client_id still lets one through.
      headers: {
        "Idempotency-Key": `${posting.client_id}${posting.seen === undefined ? "" : `.${posting.seen}`}`,
      },
    }),
  );
}

const msg = "/api/v1/messages/{id}";
export const recall = (id: ID): Promise<Message> => body(client.POST(`${msg}/recall` as const, path(id)));
export const react = (id: ID, emoji: string): Promise<Message> =>
  body(client.POST(`${msg}/reaction` as const, { ...path(id), body: { emoji } }));
export const edit = (id: ID, text: string): Promise<Message> =>
  body(client.POST(`${msg}/edit` as const, { ...path(id), body: { text } }));
export const retry = (id: ID): Promise<Message> => body(client.POST(`${msg}/retry` as const, path(id)));
export const arrived = (id: ID): Promise<Message> => body(client.POST(`${msg}/arrived` as const, path(id)));
export const hold = (id: ID): Promise<Message> => body(client.POST(`${msg}/hold` as const, path(id)));
export const discard = (id: ID): Promise<Message> => body(client.POST(`${msg}/discard` as const, path(id)));

/** Attempt is one try to send, with the redacted exchange. */
export interface Attempt {
  outbox: ID;
  try: number;
  at: string;
  millis: number;
  state: string;
  failure?: Failure | null;
  trace?: unknown;
}
export const listAttempts = (id: ID): Promise<Attempt[]> =>
  items(client.GET(`${msg}/trace` as const, path(id)));

/** atTheirDesk tells a conversation that the people of the platform's own desk have. */
export const atTheirDesk = (c: Pick<Conversation, "owner" | "reason">): boolean =>
  c.owner.kind === "queue" && c.reason?.code === "platform_desk";

export const take = (id: ID): Promise<Conversation> => body(client.POST(`${one}/take` as const, path(id)));
export const transfer = (id: ID, to: Target, note: string): Promise<Conversation> =>
  body(client.POST(`${one}/transfer` as const, { ...path(id), body: { ...to, note } }));
export const assign = (id: ID, to: Target, note: string): Promise<Conversation> =>
  body(client.POST(`${one}/assign` as const, { ...path(id), body: { ...to, note } }));
export const close = (id: ID, tags?: ID[]): Promise<Conversation> =>
  body(client.POST(`${one}/close` as const, { ...path(id), body: { tags } }));
export const unsnooze = (id: ID): Promise<Conversation> =>
  body(client.DELETE(`${one}/snooze` as const, path(id)));
export const reopen = (id: ID): Promise<Conversation> =>
  body(client.POST(`${one}/reopen` as const, path(id)));
export const giveBack = (id: ID): Promise<Conversation> =>
  body(client.POST(`${one}/return` as const, path(id)));
export const toPlatform = (id: ID, why: string): Promise<Conversation> =>
  body(client.POST(`${one}/platform-desk` as const, { ...path(id), body: { why } }));
export const markRead = (id: ID): Promise<unknown> => body(client.POST(`${one}/read` as const, path(id)));
export const addColleague = (id: ID, agent: ID): Promise<unknown> =>
  body(client.POST(`${one}/colleagues` as const, { ...path(id), body: { agent } }));
export const removeColleague = (id: ID, agent: ID): Promise<unknown> =>
  body(client.DELETE(`${one}/colleagues/{agent}` as const, { params: { path: { id, agent } } }));
export const tag = (id: ID, tagId: ID, on: boolean): Promise<unknown> => {
  const at = { params: { path: { id, tag: tagId } } };
  return body(
    on ? client.PUT(`${one}/tags/{tag}` as const, at) : client.DELETE(`${one}/tags/{tag}` as const, at),
  );
};
export const prioritise = (id: ID, priority: Priority | undefined): Promise<unknown> =>
  body(client.PUT(`${one}/priority` as const, { ...path(id), body: { priority: priority ?? "" } }));
export const block = (
  id: ID,
  why: { reason: string; expires?: string; address?: boolean },
): Promise<unknown> => body(client.POST(`${one}/block` as const, { ...path(id), body: why }));
