import type { FeedEntry } from "@/api/types";

/** What the hub says on the live socket. */
export type ServerFrame =
  | ({ type: "entry" } & FeedEntry)
  | { type: "watermark"; seq: number }
  /** Entries are missing: what is shown must be asked for anew; the feed goes on after seq. */
  | { type: "resync"; seq: number }
  | { type: "ready"; seq: number }
  | { type: "pong" }
  | {
      type: "signal";
      conversation: string;
      signal: { type: string; on?: boolean; text?: string; online?: boolean; gone?: boolean };
      sender: { kind: string; id?: string; name?: string };
    };

/** What we say. */
export type ClientFrame =
  | { type: "typing"; conversation: string; on: boolean }
  | { type: "looking"; conversation: string | null }
  | { type: "ping" };
