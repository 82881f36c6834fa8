import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedEntry } from "@/api/types";
import { type LinkState, Socket } from "./socket";

class Fake {
  static all: Fake[] = [];
  readyState: number = WebSocket.OPEN;
  sent: string[] = [];
  onmessage?: (e: { data: string }) => void;
  onclose?: () => void;
  onerror?: () => void;
  constructor(readonly url: string) {
    Fake.all.push(this);
  }
  send(s: string) {
    this.sent.push(s);
  }
  close() {
    this.readyState = WebSocket.CLOSED;
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function start(since?: number) {
  const seen: number[] = [];
  const states: LinkState[] = [];
  const back: boolean[] = [];
  let fresh = 0;
  const hooks = {
    ticket: async () => "t",
    open: (url: string) => new Fake(url) as unknown as WebSocket,
    entry: (e: FeedEntry) => seen.push(e.seq),
    fresh: () => fresh++,
    back: (again: boolean) => back.push(again),
    signal: () => undefined,
    state: (s: LinkState) => states.push(s),
    random: () => 0.5,
  };
  const socket = new Socket(hooks, since);
  socket.start();
  return { socket, seen, states, back, fresh: () => fresh };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("R-16 the feed's socket", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Fake.all = [];
  });
  afterEach(() => vi.useRealTimers());

  it("comes back with the number of the last entry and takes none twice", async () => {
    const { socket, seen, states } = start();
    await settle();
    const first = Fake.all[0]!;
    expect(first.url).not.toContain("since=");
    first.says({ type: "ready", seq: 10 });
    first.says({ type: "entry", seq: 11, kind: "message" });
    first.says({ type: "watermark", seq: 14 });
    first.onclose?.();
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(500);
    const second = Fake.all[1]!;
    expect(second.url).toContain("since=14");
    second.says({ type: "entry", seq: 14, kind: "message" });
    second.says({ type: "entry", seq: 15, kind: "message" });
    second.says({ type: "ready", seq: 20 });
    expect(seen).toEqual([11, 15]);
    expect(socket.place).toBe(20); // what it may not see it was not told
    expect(states.at(-1)).toBe("open");
    socket.stop();
  });

  it("has everything asked for anew when entries are missing, and goes on from there", async () => {
    const { socket, fresh, seen } = start();
    await settle();
    const first = Fake.all[0]!;
    first.says({ type: "ready", seq: 10 });
    expect(fresh()).toBe(1);
    first.says({ type: "resync", seq: 90 });
    expect(fresh()).toBe(2);
    first.says({ type: "entry", seq: 91, kind: "message" });
    expect(seen).toEqual([91]);
    first.onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    expect(Fake.all[1]!.url).toContain("since=91");
    socket.stop();
  });

  it("is told what happened since what is shown was fetched, and has nothing asked for twice", async () => {
    const { socket, fresh, seen, back } = start(7);
    await settle();
    const first = Fake.all[0]!;
    expect(first.url).toContain("since=7");
    first.says({ type: "entry", seq: 8, kind: "message" });
    first.says({ type: "ready", seq: 9 });
    expect([seen, fresh(), socket.place]).toEqual([[8], 0, 9]);
    first.onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    Fake.all[1]!.says({ type: "ready", seq: 9 });
    expect(back).toEqual([false, true]); // and is told which of its connections is the first
    socket.stop();
  });

  it("waits longer after each loss, and not at all when the network is back", async () => {
    const { socket } = start();
    await settle();
    Fake.all[0]!.onclose?.();
    await vi.advanceTimersByTimeAsync(399);
    expect(Fake.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(Fake.all).toHaveLength(2);
    Fake.all[1]!.onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    expect(Fake.all).toHaveLength(2);
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(Fake.all).toHaveLength(3);
    socket.stop();
  });

  it("ignores what a socket it gave up still says", async () => {
    const { socket, seen } = start();
    await settle();
    const old = Fake.all[0]!;
    old.says({ type: "ready", seq: 1 });
    old.onclose?.();
    old.says({ type: "entry", seq: 2, kind: "message" });
    expect(seen).toEqual([]);
    socket.stop();
  });
});
