import { body, client } from "./client";
import type {
  Access,
  Agent,
  Audit,
  Block,
  Calendar,
  Canned,
  Goals,
  ID,
  List,
  PasswordLink,
  Role,
  Tag,
  Team,
  Token,
} from "./types";

const by = (id: ID) => ({ params: { path: { id } } });

/** every reads a list of settings to its end; such lists are short. */
async function every<T>(page: (cursor?: string) => Promise<List<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const list = await page(cursor);
    all.push(...(list.items ?? []));
    cursor = list.next ?? undefined;
  } while (cursor);
  return all;
}

const page = (cursor?: string) => ({ params: { query: { cursor, limit: 200 } } });

export const listAgents = (): Promise<Agent[]> => every((c) => body(client.GET("/api/v1/agents", page(c))));
export type AgentInput = Pick<Agent, "email" | "name" | "max_load" | "teams"> & {
  role: Exclude<Role, "bot">;
  password?: string;
};
export type AgentChange = Partial<AgentInput> & { disabled?: boolean };
export const addAgent = (a: AgentInput): Promise<Agent> => body(client.POST("/api/v1/agents", { body: a }));
export const saveAgent = (id: ID, a: AgentChange): Promise<Agent> =>
  body(client.PATCH("/api/v1/agents/{id}", { ...by(id), body: a }));
export const deleteAgent = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/agents/{id}", by(id)));

/** How colleagues sign in, and what is done for those who cannot. */
export const listAccess = (): Promise<Access[]> => every((c) => body(client.GET("/api/v1/access", page(c))));
export const makePasswordLink = (id: ID): Promise<PasswordLink> =>
  body(client.POST("/api/v1/agents/{id}/password-link", { ...by(id), body: { mail: true } }));
export const revokePasswordLink = (id: ID): Promise<unknown> =>
  body(client.DELETE("/api/v1/agents/{id}/password-link", by(id)));
export const takeSecondFactor = (id: ID): Promise<unknown> =>
  body(client.DELETE("/api/v1/agents/{id}/second-factor", by(id)));

export const listTeams = (): Promise<Team[]> => every((c) => body(client.GET("/api/v1/teams", page(c))));
export type TeamInput = Pick<Team, "name" | "hours" | "members"> & {
  rating?: "on" | "off" | "tenant";
  goals?: Goals;
  own_goals?: boolean;
};
export const addTeam = (t: Omit<TeamInput, "own_goals"> & { rating?: "on" | "off" }): Promise<Team> =>
  body(client.POST("/api/v1/teams", { body: t }));
export const saveTeam = (id: ID, t: Partial<TeamInput>): Promise<Team> =>
  body(client.PATCH("/api/v1/teams/{id}", { ...by(id), body: t }));
export const deleteTeam = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/teams/{id}", by(id)));

export const listTags = (): Promise<Tag[]> => every((c) => body(client.GET("/api/v1/tags", page(c))));
export const addTag = (t: Omit<Tag, "id">): Promise<Tag> => body(client.POST("/api/v1/tags", { body: t }));
export const saveTag = (id: ID, t: Partial<Omit<Tag, "id">>): Promise<Tag> =>
  body(client.PATCH("/api/v1/tags/{id}", { ...by(id), body: t }));
export const deleteTag = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/tags/{id}", by(id)));

export const listCanned = (): Promise<Canned[]> => every((c) => body(client.GET("/api/v1/canned", page(c))));
export type CannedInput = Pick<Canned, "shortcut" | "title" | "body" | "folder"> & { own?: boolean };
export const addCanned = (c: CannedInput): Promise<Canned> =>
  body(client.POST("/api/v1/canned", { body: c }));
export const saveCanned = (id: ID, c: Partial<CannedInput>): Promise<Canned> =>
  body(client.PATCH("/api/v1/canned/{id}", { ...by(id), body: c }));
export const deleteCanned = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/canned/{id}", by(id)));

export const listBlocks = (): Promise<Block[]> => every((c) => body(client.GET("/api/v1/blocks", page(c))));
export type BlockInput = {
  kind: Block["kind"];
  contact?: ID;
  prefix?: string;
  reason: string;
  expires?: string;
};
export const addBlock = (b: BlockInput): Promise<Block> => body(client.POST("/api/v1/blocks", { body: b }));
export const deleteBlock = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/blocks/{id}", by(id)));

/** unblock lifts whatever keeps a contact out. */
export async function unblock(contact: ID): Promise<void> {
  const theirs = (await listBlocks()).filter((b) => b.contact === contact);
  await Promise.all(theirs.map((b) => deleteBlock(b.id)));
}

export const listTokens = (): Promise<Token[]> => every((c) => body(client.GET("/api/v1/tokens", page(c))));
export type TokenInput = Pick<Token, "name" | "role"> & { expires?: string };
export const addToken = (t: TokenInput): Promise<Token & { token: string }> =>
  body(client.POST("/api/v1/tokens", { body: t }));
export const deleteToken = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/tokens/{id}", by(id)));

export const listHours = (): Promise<Calendar[]> => every((c) => body(client.GET("/api/v1/hours", page(c))));
export type CalendarInput = Omit<Calendar, "id">;
export const addHours = (h: CalendarInput): Promise<Calendar> =>
  body(client.POST("/api/v1/hours", { body: h }));
export const saveHours = (id: ID, h: CalendarInput): Promise<Calendar> =>
  body(client.PATCH("/api/v1/hours/{id}", { ...by(id), body: h }));
export const deleteHours = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/hours/{id}", by(id)));

export const listAudit = (cursor?: string): Promise<List<Audit>> =>
  body(client.GET("/api/v1/audit", { params: { query: { cursor, limit: 50 } } }));
