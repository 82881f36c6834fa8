import { body, client } from "./client";
import type { components } from "./schema";
import type { List, Rating } from "./types";

export type Contents = components["schemas"]["Contentments"];

export const listRatings = (cursor?: string): Promise<List<Rating>> =>
  body(client.GET("/api/v1/ratings", { params: { query: { cursor, limit: 20 } } }));

/** How content customers were who were asked in the last so many days. */
export const averages = (days: number): Promise<Contents> =>
  body(client.GET("/api/v1/ratings/averages", { params: { query: { days } } }));

/** Where the same comes as a table. */
export const ratingsTable = "/api/v1/ratings/export.csv";
