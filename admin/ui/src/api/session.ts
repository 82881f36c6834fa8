import { body, client, items } from "./client";
import type { Agent, AgentState, ID, OwnSession, Session, Tenant, TenantSettings } from "./types";

type Language = "zh" | "en";

export interface Setup {
  tenant_name: string;
  language: Language;
  name: string;
  email: string;
  password: string;
}

export const setupNeeded = (): Promise<{ needed: boolean }> => body(client.GET("/api/v1/setup", {}));
export const setUp = (input: Setup): Promise<Session> => body(client.POST("/api/v1/setup", { body: input }));

export const getSession = (): Promise<Session> => body(client.GET("/api/v1/session", {}));
export async function listSessions(): Promise<OwnSession[]> {
  return items(client.GET("/api/v1/sessions", {}));
}
export const endSession = (id: ID): Promise<unknown> =>
  body(client.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } }));

export type Profile = Pick<Agent, "name" | "time_zone" | "avatar"> & { language: Language };
export const saveProfile = (me: Partial<Profile>): Promise<Agent> =>
  body(client.PATCH("/api/v1/me", { body: me }));
export const changePassword = (old: string, next: string): Promise<unknown> =>
  body(client.POST("/api/v1/me/password", { body: { old, new: next } }));
export const setState = (state: AgentState): Promise<unknown> =>
  body(client.PUT("/api/v1/me/state", { body: { state } }));

export const getTenant = (): Promise<Tenant> => body(client.GET("/api/v1/tenant", {}));
export const saveTenant = (
  tenant: Partial<Pick<Tenant, "name" | "hours">> & {
    language?: Language;
    settings?: Partial<TenantSettings>;
  },
): Promise<Tenant> => body(client.PATCH("/api/v1/tenant", { body: tenant }));
