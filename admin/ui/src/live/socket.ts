import type { FeedEntry } from "@/api/types";
import type { ClientFrame, ServerFrame } from "./frames";

export type LinkState = "connecting" | "open" | "lost";

export interface Hooks {
  /** ticket asks for a single-use ticket. */
  ticket: () => Promise<string>;
  open: (url: string) => WebSocket;
  entry: (entry: FeedEntry) => void;
  /** fresh: what was fetched before may be older than the feed's place; after a resync by any time. */
  fresh: (resync: boolean) => void;
  /** back: everything missed was told; again: there was a connection before. */
  back: (again: boolean) => void;
  signal: (frame: Extract<ServerFrame, { type: "signal" }>) => void;
  state: (state: LinkState) => void;
  random?: () => number;
}

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
const PING_EVERY = 20_000;
const PONG_WITHIN = 8_000;
/** A network that swallows everything refuses nothing: who hears nothing for so long asks anew. */
const HEARS_WITHIN = 10_000;

/**
 * Socket follows the feed: it remembers the number of the last entry, comes
 * back with it after a loss, and never lets two entries change places. It
 * decides nothing about what entries mean.
 */
export class Socket {
  private ws: WebSocket | undefined;
  private wait = FIRST_WAIT;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private answersPings = false;
  private heard = 0;
  private stopped = false;
  private came = false;
  private attempt = 0;

  /** since: the number of an entry; everything that is shown was fetched after it. */
  constructor(
    private readonly hooks: Hooks,
    private since?: number,
  ) {}

  /** The number up to which everything was heard; -1 before the first word. */
  get place(): number {
    return this.since ?? -1;
  }

  start(): void {
    window.addEventListener("online", this.now);
    window.addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.woken);
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.now);
    window.removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.woken);
    this.clear();
    this.ws?.close();
  }

  send(frame: ClientFrame): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(frame));
  }

  private readonly now = () => {
    this.wait = FIRST_WAIT;
    if (this.ws?.readyState !== WebSocket.OPEN) void this.connect();
  };

  private readonly drop = () => this.lost(this.attempt);

  private readonly woken = () => {
    if (document.visibilityState !== "visible") return;
    // After sleep a socket may look open and be dead: ask at once.
    if (this.ws?.readyState === WebSocket.OPEN) this.ping();
    else this.now();
  };

  private clear(): void {
    clearTimeout(this.timer);
    clearInterval(this.pinger);
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    this.clear();
    this.attempt++;
    const attempt = this.attempt;
    this.ws?.close();
    this.hooks.state("connecting");
    this.hearsOrLeaves(attempt);
    try {
      const ticket = await this.hooks.ticket();
      if (attempt !== this.attempt || this.stopped) return;
      const query = new URLSearchParams({ ticket });
      if (this.since !== undefined) query.set("since", String(this.since));
      const ws = this.hooks.open(`/api/v1/live?${query}`);
      this.ws = ws;
      ws.onmessage = (e) => attempt === this.attempt && this.read(String(e.data));
      ws.onclose = () => this.lost(attempt);
      ws.onerror = () => this.lost(attempt);
    } catch {
      this.lost(attempt);
    }
  }

  /** hearsOrLeaves gives a connection up that brings nothing while it is made. */
  private hearsOrLeaves(attempt: number): void {
    const { heard } = this;
    this.timer = setTimeout(() => {
      if (attempt !== this.attempt) return;
      if (this.heard === heard) this.lost(attempt);
      else this.hearsOrLeaves(attempt);
    }, HEARS_WITHIN);
  }

  private lost(attempt: number): void {
    if (attempt !== this.attempt || this.stopped) return;
    this.attempt++;
    this.clear();
    this.ws?.close();
    this.hooks.state("lost");
    const jitter = 0.5 + (this.hooks.random ?? Math.random)();
    this.timer = setTimeout(() => void this.connect(), this.wait * jitter);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  private ping(): void {
    const asked = Date.now();
    this.send({ type: "ping" });
    if (!this.answersPings) return;
    const attempt = this.attempt;
    setTimeout(() => {
      if (this.heard < asked) this.lost(attempt);
    }, PONG_WITHIN);
  }

  private read(data: string): void {
    this.heard = Date.now();
    const frame = JSON.parse(data) as ServerFrame;
    switch (frame.type) {
      case "ready": {
        const known = this.since !== undefined;
        // Everything before was said, what one may not see left out.
        this.since = Math.max(this.since ?? 0, frame.seq);
        this.wait = FIRST_WAIT;
        clearTimeout(this.timer);
        this.pinger = setInterval(() => this.ping(), PING_EVERY);
        this.hooks.state("open");
        if (!known) this.hooks.fresh(false);
        else this.hooks.back(this.came);
        this.came = true;
        break;
      }
      case "entry":
        if (this.since !== undefined && frame.seq <= this.since) break;
        this.since = frame.seq;
        this.hooks.entry(frame);
        break;
      case "watermark":
        if (this.since === undefined || frame.seq > this.since) this.since = frame.seq;
        break;
      case "resync":
        this.since = frame.seq;
        this.hooks.fresh(true);
        break;
      case "pong":
        this.answersPings = true;
        break;
      case "signal":
        this.hooks.signal(frame);
        break;
    }
  }
}
