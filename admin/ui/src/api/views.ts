import { body, client, items } from "./client";
import type { components } from "./schema";
import type { Bulk, BulkAct, Conversation, Filter, ID, SavedView } from "./types";

const byId = (id: ID) => ({ params: { path: { id } } });

/** What of a view can be chosen. */
export interface ViewForm {
  name: string;
  icon: SavedView["icon"];
  color: SavedView["color"];
  filter: Filter;
  shared: boolean;
  roles: SavedView["roles"];
}

export const createView = (form: ViewForm): Promise<SavedView> =>
  body(client.POST("/api/v1/views", { body: form as components["schemas"]["ViewInputBody"] }));
export const changeView = (id: ID, form: Partial<ViewForm> & { place?: number }): Promise<SavedView> =>
  body(
    client.PATCH("/api/v1/views/{id}", {
      ...byId(id),
      body: form as components["schemas"]["ViewChangeBody"],
    }),
  );
export const deleteView = (id: ID): Promise<unknown> => body(client.DELETE("/api/v1/views/{id}", byId(id)));
export const viewCounts = async (): Promise<Record<ID, number>> =>
  (await body<{ counts: Record<ID, number> }>(client.GET("/api/v1/views/counts", {}))).counts;

export const snooze = (id: ID, until: string | undefined, why: string): Promise<Conversation> =>
  body(
    client.POST("/api/v1/conversations/{id}/snooze", { ...byId(id), body: { until, why: why || undefined } }),
  );

export type BulkTarget = { conversations: ID[] } | { filter: Filter };

export const startBulk = (target: BulkTarget, act: BulkAct): Promise<Bulk & { more: boolean }> =>
  body(client.POST("/api/v1/bulks", { body: { ...target, act } as components["schemas"]["BulkInputBody"] }));
export const listBulks = (): Promise<Bulk[]> => items(client.GET("/api/v1/bulks", {}));
export const getBulk = (id: ID): Promise<Bulk> => body(client.GET("/api/v1/bulks/{id}", byId(id)));
export const cancelBulk = (id: ID): Promise<Bulk> => body(client.POST("/api/v1/bulks/{id}/cancel", byId(id)));

export interface BulkFailure {
  conversation: ID;
  name: string;
  code: string;
  detail: string;
  remedy?: string;
}
export const bulkFailures = (id: ID): Promise<BulkFailure[]> =>
  items(client.GET("/api/v1/bulks/{id}/failures", { params: { path: { id }, query: { limit: 200 } } }));
