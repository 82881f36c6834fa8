import { body, client } from "./client";
import { readRow } from "./row";
import type { Bot, BotVersion, FieldProblem, ID, List, Message, Missed, Row } from "./types";

const at = "/api/v1/bots/{id}";
const by = (id: ID) => ({ params: { path: { id } } });

export async function listBots(): Promise<Bot[]> {
  return (await body(client.GET("/api/v1/bots", { params: { query: { limit: 200 } } }))).items ?? [];
}
export const getBot = (id: ID): Promise<Bot> => body(client.GET(at, by(id)));
export const addBot = (bot: { kind: string; name: string; language: string }): Promise<Bot> =>
  body(client.POST("/api/v1/bots", { body: bot }));
export const renameBot = (id: ID, name: string): Promise<Bot> =>
  body(client.PATCH(at, { ...by(id), body: { name } }));
export const deleteBot = (id: ID): Promise<unknown> => body(client.DELETE(at, by(id)));

export interface Saved {
  draft_rev: number;
  errors: FieldProblem[];
  warnings: FieldProblem[];
}
export const saveDraft = (id: ID, content: unknown, draft_rev: number): Promise<Saved> =>
  body(client.PUT(`${at}/draft`, { ...by(id), body: { content, draft_rev } }));

export interface Change {
  path: string;
  kind: "added" | "removed" | "changed";
  text?: string;
}
export const getDiff = (id: ID): Promise<{ items: Change[] }> => body(client.GET(`${at}/diff`, by(id)));
export const publish = (id: ID, note: string): Promise<Bot> =>
  body(client.POST(`${at}/publish`, { ...by(id), body: { note } }));
export const undo = (id: ID): Promise<Bot> => body(client.POST(`${at}/undo`, by(id)));
export async function listVersions(id: ID): Promise<BotVersion[]> {
  return (await body(client.GET(`${at}/versions`, by(id)))).items ?? [];
}

export interface Try {
  cause: "opened" | "message" | "action" | "silence";
  text?: string;
  value?: string;
  language?: string;
  memory?: unknown;
  open?: boolean;
  draft: boolean;
}
export interface Tried {
  messages: Message["content"][];
  why?: { rule?: string; name?: string; match?: string; text?: string };
  missed?: boolean;
  handoff?: { team?: ID; reason: string; text?: string };
  close?: boolean;
  memory?: unknown;
  explain?: unknown;
  micros?: number;
}
export const tryBot = (id: ID, input: Try): Promise<Tried> =>
  body(client.POST(`${at}/try`, { ...by(id), body: input }));

export interface Import {
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  errors: { row: number; column: string; text: string; remedy?: string }[];
}
export const importCSV = (id: ID, file: Blob, dryRun: boolean): Promise<Import> =>
  body(
    client.POST(`${at}/import`, {
      params: { path: { id }, query: { dry_run: dryRun } },
      headers: { "Content-Type": "text/csv" },
      body: file,
      bodySerializer: (b: Blob) => b,
    }),
  );
export const exportURL = (id: ID): string => `/api/v1/bots/${id}/export.csv`;

export interface Hit {
  rule: string;
  name?: string;
  n: number;
  last?: string;
}
export async function listHits(id: ID, days: number): Promise<Hit[]> {
  return (await body(client.GET(`${at}/hits`, { params: { path: { id }, query: { days } } }))).items ?? [];
}
export const listMissed = (id: ID, cursor?: string): Promise<List<Missed>> =>
  body(client.GET(`${at}/missed`, { params: { path: { id }, query: { cursor } } }));
export async function botConversations(id: ID, cursor?: string): Promise<List<Row>> {
  const list = await body(client.GET(`${at}/conversations`, { params: { path: { id }, query: { cursor } } }));
  return { items: (list.items ?? []).map(readRow), next: list.next ?? null };
}
