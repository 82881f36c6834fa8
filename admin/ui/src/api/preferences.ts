import { body, client } from "./client";
import type { components } from "./schema";

/** Preferences are how one wants the application to behave, at every machine. */
export type Preferences = components["schemas"]["Preferences"];
export type Ring = components["schemas"]["Ring"];

export const savePreferences = (change: Partial<Preferences>): Promise<Preferences> =>
  body(client.PATCH("/api/v1/me/preferences", { body: change }));
