import { body, client } from "./client";
import type { List, Rating } from "./types";

export const listRatings = (cursor?: string): Promise<List<Rating>> =>
  body(client.GET("/api/v1/ratings", { params: { query: { cursor, limit: 20 } } }));

/** Where the same comes as a table. */
export const ratingsTable = "/api/v1/ratings/export.csv";
