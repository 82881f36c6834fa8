import { body, client, items } from "./client";
import { lines } from "./lines";
import type { components } from "./schema";
import type { Attribute, Contact, ID, List } from "./types";

type Schemas = components["schemas"];
export type Note = Schemas["ContactNote"];
export type Merge = Schemas["Merge"];
export type Likeness = Omit<Schemas["ContactDuplicate"], "contact"> & { contact: Contact };

/** What of the contacts is listed, and exported. */
export interface BookQuery {
  q?: string;
  tag?: ID;
  account?: ID;
}

export const listContacts = (query: BookQuery, cursor?: string): Promise<List<Contact>> =>
  body(client.GET("/api/v1/contacts", { params: { query: { ...query, cursor, limit: 50 } } }));

const at = "/api/v1/contacts/{id}";
const by = (id: ID) => ({ params: { path: { id } } });

/** How much was erased for good. */
export type Erased = Schemas["Erased"];
export const eraseContact = (id: ID): Promise<Erased> => body(client.DELETE(at, by(id)));
export const eraseConversation = (id: ID): Promise<Erased> =>
  body(client.DELETE("/api/v1/conversations/{id}", by(id)));

export const listNotes = (id: ID): Promise<List<Note>> =>
  body(client.GET(`${at}/notes` as const, { params: { path: { id }, query: { limit: 200 } } }));
export const addNote = (id: ID, text: string): Promise<Note> =>
  body(client.POST(`${at}/notes` as const, { ...by(id), body: { text } }));
const note = (id: ID, n: ID) => ({ params: { path: { id, note: n } } });
export const saveNote = (id: ID, n: ID, text: string): Promise<Note> =>
  body(client.PATCH(`${at}/notes/{note}` as const, { ...note(id, n), body: { text } }));
export const deleteNote = (id: ID, n: ID): Promise<void> =>
  body(client.DELETE(`${at}/notes/{note}` as const, note(id, n)));

export const listLike = (id: ID): Promise<Likeness[]> =>
  items(client.GET(`${at}/duplicates` as const, by(id)));
export const listMerges = (id: ID): Promise<Merge[]> => items(client.GET(`${at}/merges` as const, by(id)));
export const merge = (id: ID, other: ID, take: string[]): Promise<Merge> =>
  body(client.POST(`${at}/merge` as const, { ...by(id), body: { other, take } }));
export const undoMerge = (id: ID, m: ID): Promise<Merge> =>
  body(client.POST(`${at}/merges/{merge}/undo` as const, { params: { path: { id, merge: m } } }));

export const listAttributes = (): Promise<Attribute[]> => items(client.GET("/api/v1/attributes"));
export const addAttribute = (a: Pick<Attribute, "name" | "kind" | "options">): Promise<Attribute> =>
  body(client.POST("/api/v1/attributes", { body: a }));
export const saveAttribute = (
  id: ID,
  a: Partial<Pick<Attribute, "name" | "options" | "pos">>,
): Promise<Attribute> => body(client.PATCH("/api/v1/attributes/{id}", { ...by(id), body: a }));
export const deleteAttribute = (id: ID): Promise<void> =>
  body(client.DELETE("/api/v1/attributes/{id}", by(id)));

/** exportAddress is where the browser downloads what a list shows. */
export function exportAddress(query: BookQuery): string {
  const p = new URLSearchParams({ language: document.documentElement.lang.startsWith("zh") ? "zh" : "en" });
  for (const [k, v] of Object.entries(query)) if (v) p.set(k, v);
  return `/api/v1/contacts/export.csv?${p}`;
}

/** What an import tells line by line. */
export interface ImportLine {
  table?: {
    encoding: string;
    rows: number;
    match: string;
    columns: { heading: string; target: string; samples: string[] }[];
  };
  error?: { row: number; column?: string; text: { en: string; zh: string } };
  progress?: { rows: number; created: number; changed: number; unchanged: number; failed: number };
  stopped?: string;
  done?: boolean;
}
export interface ImportOptions {
  columns?: string[];
  match?: string;
  account?: ID;
  dry_run: boolean;
}

/** importContacts sends a table, and hands on each line of the answer as it comes. */
export function importContacts(
  file: File,
  o: ImportOptions,
  each: (line: ImportLine) => void,
): Promise<void> {
  const p = new URLSearchParams({ dry_run: String(o.dry_run) });
  if (o.columns) p.set("columns", o.columns.join(","));
  if (o.match) p.set("match", o.match);
  if (o.account) p.set("account", o.account);
  return lines(`/api/v1/contacts/import?${p}`, file, each);
}
