import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, OfflineError } from "@/api/errors";
import type { Message } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane } from "@/live/cache";
import { lines } from "../thread/lines";

const post = vi.hoisted(() => vi.fn());
vi.mock("@/api/inbox", () => ({ postMessage: post }));
const { dropPending, flushOutbox, MAX_WAITING, resend, send, useOutbox } = await import("./outbox");

const text = (body: string) => ({ parts: [{ type: "text" as const, body }] });
const items = () => useOutbox.getState().items;
const answer = (id: string, p: { client_id: string; content: object }): Message =>
  ({
    id: `m ${p.client_id}`,
    thread: "t",
    conversation: id,
    pos: ++pos,
    rev: pos,
    from: "agent",
    at: "2026-01-01T00:00:00Z",
    content: { ...p.content, client_id: p.client_id },
  }) as Message;
let pos = 0;

beforeEach(() => {
  useOutbox.setState({ items: [] });
  localStorage.clear();
  post.mockReset();
});

describe("U-03 sending", () => {
  it("shows at once, and gives way to the hub's copy", async () => {
    queryClient.setQueryData<Lane>(keys.messages("c"), {
      thread: "t",
      items: [],
      rev: 0,
      next: null,
      hidden: false,
    });
    post.mockImplementation(async (id, p) => answer(id, p));
    send("c", text("hello"), false);
    expect(items()).toHaveLength(1);
    await vi.waitFor(() => expect(items()).toHaveLength(0));
    expect(queryClient.getQueryData<Lane>(keys.messages("c"))!.items).toHaveLength(1);
  });

  it("R-16 does not make a thread that is known to be old pass for new", async () => {
    const key = keys.messages("old");
    const lane: Lane = { thread: "t", items: [], rev: 0, next: null, hidden: false };
    queryClient.setQueryData<Lane>(key, lane);
    await queryClient.invalidateQueries({ queryKey: key });
    post.mockImplementation(async (id, p) => answer(id, p));
    send("old", text("hello"), false);
    await vi.waitFor(() => expect(items()).toHaveLength(0));
    expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true);
    queryClient.clear();
  });

  it("keeps a refused message with its reason, and tries again under the same key", async () => {
    post.mockRejectedValueOnce(
      new ApiError({
        status: 409,
        code: "not_owner",
        detail: "林志远 answers now.",
        remedy: "Take it first.",
        request_id: "req_1",
      }),
    );
    send("c", text("hello"), false);
    await vi.waitFor(() => expect(items()[0]?.state).toBe("failed"));
    expect(items()[0]!.error).toEqual({
      code: "not_owner",
      text: "林志远 answers now.",
      remedy: "Take it first.",
      requestId: "req_1",
    });
    expect(localStorage.getItem("parley.outbox")).toContain("林志远");
    post.mockImplementation(async (id, p) => answer(id, p));
    resend(items()[0]!.client_id);
    await vi.waitFor(() => expect(items()).toHaveLength(0));
    expect(post.mock.calls[0]![1].client_id).toBe(post.mock.calls[1]![1].client_id);
  });

  it("keeps the order of a conversation, and one slow one holds no other up", async () => {
    const order: string[] = [];
    let free = () => {};
    post.mockImplementation(async (id, p) => {
      if (p.content.parts[0].body === "1") await new Promise<void>((go) => (free = go));
      order.push(p.content.parts[0].body);
      return answer(id, p);
    });
    send("c", text("1"), false);
    send("c", text("2"), false);
    send("other", text("x"), false);
    await vi.waitFor(() => expect(order).toEqual(["x"]));
    free();
    await vi.waitFor(() => expect(order).toEqual(["x", "1", "2"]));
  });
});

describe("U-04 without a connection", () => {
  it("waits, says so, takes no more than fifty, and sends once when it is back", async () => {
    post.mockRejectedValue(new OfflineError());
    for (let i = 0; i < MAX_WAITING; i++) expect(send("c", text(String(i)), false)).toBe(true);
    await vi.waitFor(() => expect(items().every((i) => i.state === "waiting")).toBe(true));
    expect(send("c", text("one too many"), false)).toBe(false);
    post.mockReset();
    const seen: string[] = [];
    post.mockImplementation(async (id, p) => {
      seen.push(p.content.parts[0].body);
      return answer(id, p);
    });
    await flushOutbox();
    expect(seen).toEqual(Array.from({ length: MAX_WAITING }, (_, i) => String(i)));
    expect(items()).toHaveLength(0);
  });

  it("never doubles in 1,000 random runs of loss, late answers and repeated flushes", async () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    queryClient.setQueryData<Lane>(keys.messages("r"), {
      thread: "t",
      items: [],
      rev: 0,
      next: null,
      hidden: false,
    });
    const hub = new Map<string, Message>();
    post.mockImplementation(async (id, p) => {
      if (random() < 0.3) throw new OfflineError();
      if (!hub.has(p.client_id)) hub.set(p.client_id, answer(id, p));
      // The hub took it, the answer was lost.
      if (random() < 0.3) throw new OfflineError();
      return hub.get(p.client_id)!;
    });
    for (let run = 0; run < 1000; run++) {
      send("r", text(String(run)), false);
      if (random() < 0.7) await flushOutbox();
      const shown = lines(
        queryClient.getQueryData<Lane>(keys.messages("r"))!.items,
        items(),
        undefined,
      ).filter((l) => l.kind !== "day");
      expect(new Set(shown.map((l) => l.key)).size).toBe(shown.length);
      if (items().length > 40) while (items().length) await flushOutbox();
    }
    while (items().length) await flushOutbox();
    expect(hub.size).toBe(1000);
    expect(queryClient.getQueryData<Lane>(keys.messages("r"))!.items).toHaveLength(1000);
  });

  it("lets go what one discards", () => {
    post.mockReturnValue(new Promise(() => {}));
    send("d", text("x"), false);
    dropPending(items()[0]!.client_id);
    expect(items()).toHaveLength(0);
  });
});
