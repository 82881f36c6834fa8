import { body, client, items } from "./client";
import { readRow } from "./row";
import type { components } from "./schema";
import type { Bot, BotVersion, FieldProblem, ID, List, Message, Missed, Row, Words } from "./types";

const at = "/api/v1/bots/{id}";
const by = (id: ID) => ({ params: { path: { id } } });

export async function listBots(): Promise<Bot[]> {
  return items(client.GET("/api/v1/bots", { params: { query: { limit: 200 } } }));
}
export const getBot = (id: ID): Promise<BotDetail> => body(client.GET(at, by(id)));
export const addBot = (bot: { kind: string; name: string; language?: "zh" | "en" }): Promise<Bot> =>
  body(client.POST("/api/v1/bots", { body: bot }));
export const renameBot = (id: ID, name: string): Promise<Bot> =>
  body(client.PATCH(at, { ...by(id), body: { name } }));
export const deleteBot = (id: ID): Promise<unknown> => body(client.DELETE(at, by(id)));

export interface Warning {
  kind: string;
  field: string;
  /** Path of what wins instead. */
  other?: string;
  text: Words;
}
export interface Saved {
  draft_rev: number;
  errors: FieldProblem[];
  warnings: Warning[];
}
export type BotDetail = Bot & { errors: FieldProblem[]; warnings: Warning[] };
export const saveDraft = (id: ID, content: unknown, draft_rev: number): Promise<Saved> =>
  body(client.PUT(`${at}/draft` as const, { ...by(id), body: { content, draft_rev } }));

export interface Change {
  section: string;
  id?: string;
  name?: string;
  kind: "added" | "removed" | "changed" | "moved";
  fields?: string[];
}
export const getDiff = (id: ID): Promise<{ items: Change[] }> =>
  body(client.GET(`${at}/diff` as const, by(id)));
export const publish = (id: ID, note: string): Promise<Bot> =>
  body(client.POST(`${at}/publish` as const, { ...by(id), body: { note } }));
export const undo = (id: ID): Promise<Bot> => body(client.POST(`${at}/undo` as const, by(id)));
export async function listVersions(id: ID): Promise<BotVersion[]> {
  return items(client.GET(`${at}/versions` as const, by(id)));
}

/** Look is a message as an account would show it. */
export interface Look {
  messages: Message["content"][];
  says: string[];
  notes: { code: string; part: string; text: Words }[];
  refused?: Words;
}

/** Changed is something a bot may say that an account it serves would change. */
export interface Changed {
  field: string;
  account: { id: ID; name: string; kind: string };
  notes: Look["notes"];
  refused?: Words;
}
export const listChanges = (id: ID, content: unknown): Promise<Changed[]> =>
  items(client.POST(`${at}/changes` as const, { ...by(id), body: { content } })) as Promise<Changed[]>;

export interface Try {
  cause: "opened" | "message" | "action" | "silence";
  text?: string;
  value?: string;
  /** Shown as this account shows it. */
  account?: ID;
  language?: string;
  memory?: unknown;
  open?: boolean;
  draft: boolean;
}
export interface Tried {
  messages: Message["content"][];
  /** With an account: each message as it shows it. */
  shown?: Look[];
  why?: { rule?: string; name?: string; match?: string; text?: string };
  missed?: boolean;
  handoff?: { team?: ID; reason: string; text?: string; off_text?: string };
  close?: boolean;
  memory?: unknown;
  explain?: unknown;
  micros?: number;
}
export const tryBot = (id: ID, input: Try): Promise<Tried> =>
  body(client.POST(`${at}/try` as const, { ...by(id), body: input }));

export interface Import {
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  errors: { row?: number; line?: number; column?: string; item?: number; text: Words }[];
}
export const importCSV = (id: ID, file: Blob, dryRun: boolean): Promise<Import> =>
  body(
    client.POST(`${at}/import` as const, {
      params: { path: { id }, query: { dry_run: dryRun } },
      headers: { "Content-Type": "text/csv" },
      // The document can only call a file a string.
      body: file as unknown as string,
      bodySerializer: (b) => b,
    }),
  );
export const exportURL = (id: ID): string => `/api/v1/bots/${id}/export.csv`;

export interface Hit {
  rule: string;
  hits: number;
  last: string;
}
export async function listHits(id: ID, days: number): Promise<Hit[]> {
  return items(client.GET(`${at}/hits` as const, { params: { path: { id }, query: { days } } }));
}
export const listMissed = (id: ID, cursor?: string): Promise<List<Missed>> =>
  body(client.GET(`${at}/missed` as const, { params: { path: { id }, query: { cursor } } }));
export async function botConversations(id: ID, cursor?: string): Promise<List<Row>> {
  const list = await body<components["schemas"]["ListConversationRow"]>(
    client.GET(`${at}/conversations` as const, { params: { path: { id }, query: { cursor } } }),
  );
  return { items: list.items.map(readRow), next: list.next };
}
