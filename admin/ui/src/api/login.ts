import { body, client } from "./client";
import type { components } from "./schema";
import type { ID } from "./types";

/** LoginStep is one step of signing an account in; any login can be drawn from it. */
export type LoginStep = components["schemas"]["LoginStep"];

const by = (id: ID, txn: string) => ({ params: { path: { id, txn } } });
const step = "/api/v1/accounts/{id}/login/{txn}";

export const beginLogin = (id: ID): Promise<LoginStep> =>
  body(client.POST("/api/v1/accounts/{id}/login", { params: { path: { id } }, body: {} }));
/** nextLogin gives what was asked for or, without input, waits a while for a change. */
export const nextLogin = (
  id: ID,
  txn: string,
  input?: Record<string, string>,
  signal?: AbortSignal,
): Promise<LoginStep> => body(client.POST(step, { ...by(id, txn), body: { input }, signal }));
export const cancelLogin = (id: ID, txn: string): Promise<unknown> => body(client.DELETE(step, by(id, txn)));
