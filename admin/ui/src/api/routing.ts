import { body, client, items } from "./client";
import type { ID, Owner, Words } from "./types";

export interface Route {
  account: ID;
  name: string;
  kind: string;
  bot?: ID;
  team?: ID;
  sentence: Words;
}

export async function getRouting(): Promise<Route[]> {
  return items(client.GET("/api/v1/routing", {}));
}

export interface Simulation {
  owner: Owner;
  open: boolean;
  opens?: string;
  steps: Words[];
}

export const simulate = (account: ID, at: string | undefined): Promise<Simulation> =>
  body(client.POST("/api/v1/routing/simulate", { body: { account, at } }));
