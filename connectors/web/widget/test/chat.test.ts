import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Hub, last, line, live, rig, settle, texts } from "./world";

beforeEach(() => {
	vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
	vi.useRealTimers();
});

test("what arrives is shown once, in its place, and resumes from its revision", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "bot", "a"), line(2, "customer", "b")];
	const { chat } = await live(hub);
	expect(chat.link).toBe("live");
	expect(texts(chat)).toEqual(["a", "b"]);
	hub.last().say({
		t: "lines",
		items: [line(4, "bot", "d"), line(3, "bot", "c"), line(1, "bot", "a2", { rev: 5 })],
		rev: 5,
	});
	hub.last().say({ t: "lines", items: [line(1, "bot", "old", { rev: 1 })], rev: 3 });
	expect(texts(chat)).toEqual(["a2", "b", "c", "d"]);

	const socket = vi.spyOn(hub.world, "socket");
	hub.last().end(1006);
	await vi.advanceTimersByTimeAsync(1000);
	expect(socket.mock.calls[0]?.[0]).toContain("since=5");
	expect(last(hub.calls).body.again).toBe(true);
	expect(texts(chat)).toEqual(["a2", "b", "c", "d"]);
});

test("a recalled line loses its words", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "agent", "secret")];
	const { chat } = await live(hub);
	hub
		.last()
		.say({ t: "lines", items: [line(1, "agent", "", { rev: 2, recalled: true, parts: [] })], rev: 2 });
	expect(texts(chat)).toEqual(["-"]);
});

test("resync forgets everything and loads anew", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "bot", "old")];
	const { chat } = await live(hub);
	hub.lines = [line(7, "bot", "new")];
	hub.last().say({ t: "lines", items: [], rev: 7, resync: true });
	await settle();
	expect(texts(chat)).toEqual(["new"]);
	expect(last(hub.calls).body.again).toBe(false);
});

test("a message is shown at once, acknowledged, and never twice", async () => {
	const { hub, chat } = await live();
	chat.send({ text: "hi" });
	await settle();
	const p = chat.outbox.items[0];
	expect(p?.state).toBe("waiting");
	const post = hub.last().last("post");
	expect(post).toMatchObject({ text: "hi" });
	hub.last().ack();
	await settle();
	expect(p?.state).toBe("taken");
	hub.last().say({ t: "lines", items: [line(1, "customer", "hi", { cid: String(post?.id) })], rev: 1 });
	expect(chat.outbox.items).toEqual([]);
	expect(texts(chat)).toEqual(["hi"]);
});

test("what was written without a network is sent once when it is back, in order, under the same ids", async () => {
	const { hub, chat, kept } = await live();
	hub.down = true;
	chat.lost();
	chat.send({ text: "one" });
	chat.send({ text: "two" });
	await vi.advanceTimersByTimeAsync(20_000);
	const ids = chat.outbox.items.map((i) => i.post.id);
	expect([...kept.keys()].filter((k) => k.startsWith("q:"))).toHaveLength(2);
	hub.down = false;
	chat.wake();
	await settle();
	const s = hub.last();
	s.hello();
	await settle();
	expect(s.sent.filter((f) => f.t === "post")).toHaveLength(1); // two waits for one
	s.ack();
	await settle();
	s.ack();
	await settle();
	expect(s.sent.filter((f) => f.t === "post").map((f) => f.id)).toEqual(ids);
	expect([...kept.keys()].some((k) => k.startsWith("q:"))).toBe(false);
});

test("a lost answer is asked again with the same id", async () => {
	const { hub, chat } = await live();
	chat.send({ text: "hi" });
	await settle();
	const id = hub.last().last("post")?.id;
	hub.last().end(1006); // before the ack
	await vi.advanceTimersByTimeAsync(3000);
	expect(hub.posts()).toEqual([`${id}:hi`]); // no socket just then: by a request
	hub.last().hello();
	await settle();
	expect(hub.last().last("post")).toBe(undefined);
});

test("what a reload interrupted is sent by the next page", async () => {
	const first = await live();
	first.hub.down = true;
	first.chat.lost();
	first.chat.send({ text: "kept" });
	const next = await live(new Hub(), first.kept);
	await settle();
	expect(next.hub.last().last("post")).toMatchObject({
		text: "kept",
		id: first.chat.outbox.items[0]?.post.id,
	});
});

test("a refusal is shown in the hub's words and stops nothing behind it", async () => {
	const { hub, chat } = await live();
	chat.send({ text: "bad" });
	chat.send({ text: "good" });
	await settle();
	hub
		.last()
		.say({ t: "nack", id: String(hub.last().last("post")?.id), code: "invalid_text", text: "not this" });
	await settle();
	expect(chat.outbox.items[0]).toMatchObject({ state: "failed", reason: "not this" });
	expect(hub.last().last("post")).toMatchObject({ text: "good" });
	chat.outbox.again(chat.outbox.items[0] as never);
	hub.last().ack();
	await settle();
	expect(hub.last().last("post")).toMatchObject({ text: "bad" });
});

test("a store that is away is waited for", async () => {
	const { hub, chat } = await live();
	chat.send({ text: "hi" });
	await settle();
	const id = String(hub.last().last("post")?.id);
	hub.last().say({ t: "nack", id, code: "away", text: "", wait: 2000 });
	await settle();
	expect(chat.outbox.items[0]?.state).toBe("waiting");
	await vi.advanceTimersByTimeAsync(2100);
	expect(
		hub
			.last()
			.sent.filter((f) => f.t === "post")
			.map((f) => f.id),
	).toEqual([id, id]);
});

test("without sockets it polls, posts over requests, and tries sockets again later", async () => {
	const hub = new Hub();
	hub.blocked = true;
	const { chat } = rig(hub);
	void chat.start();
	await settle();
	expect(chat.link).toBe("poll");
	chat.send({ text: "hi" });
	await settle();
	expect(hub.posts()).toEqual([`${chat.outbox.items[0]?.post.id}:hi`]);
	hub.lines = [line(1, "bot", "hello")];
	hub.holds.pop()?.();
	await settle();
	expect(texts(chat)).toEqual(["hello"]);
	hub.blocked = false;
	await vi.advanceTimersByTimeAsync(61_000);
	hub.holds.pop()?.();
	await settle();
	hub.last().hello();
	expect(chat.link).toBe("live");
});

test("two sockets that never speak mean polling", async () => {
	const { hub, chat } = rig();
	void chat.start();
	await settle();
	hub.last().end(1006);
	await vi.advanceTimersByTimeAsync(1500);
	hub.last().end(1006);
	await vi.advanceTimersByTimeAsync(3000);
	expect(hub.sockets).toHaveLength(2);
	expect(chat.link).toBe("poll");
});

test.each([
	[4008, 0],
	[1012, 3000],
	[1006, 1000],
	[1008, 30_000],
])("a socket closed with %i is opened again within %i ms", async (code, ms) => {
	const { hub } = await live();
	hub.last().end(code);
	await vi.advanceTimersByTimeAsync(Math.max(0, ms / 3));
	if (ms) expect(hub.sockets).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(ms);
	expect(hub.sockets).toHaveLength(2);
});

test("waits between tries grow to half a minute", async () => {
	const hub = new Hub();
	hub.down = true;
	const { chat } = rig(hub);
	void chat.start();
	const spy = vi.spyOn(hub.world, "fetch");
	await vi.advanceTimersByTimeAsync(10 * 60_000);
	expect(spy.mock.calls.length).toBeGreaterThan(15);
	expect(spy.mock.calls.length).toBeLessThan(40);
});

test("a silent socket is given up", async () => {
	const { hub } = await live();
	hub.last().say({ t: "ping" });
	expect(last(hub.last().sent)).toEqual({ t: "pong" });
	await vi.advanceTimersByTimeAsync(59_000);
	expect(hub.sockets[0]?.closed).toBe(false);
	await vi.advanceTimersByTimeAsync(3000);
	expect(hub.sockets[0]?.closed).toBe(true);
	expect(hub.sockets).toHaveLength(2);
});

test("a refused visitor reads the hub's words and is left alone", async () => {
	const hub = new Hub();
	hub.status["/session"] = 403;
	const { chat } = rig(hub);
	void chat.start();
	await vi.advanceTimersByTimeAsync(120_000);
	expect(chat.link).toBe("refused");
	expect(chat.refusal).toBe("in words");
	expect(hub.count("/session")).toBe(1);
});

test("opening is told once a visit, with its facts", async () => {
	const { hub, chat, kept } = await live();
	chat.open();
	await settle();
	chat.close();
	chat.open();
	await settle();
	expect(hub.calls.filter((c) => c.path === "/open").map((c) => c.body)).toEqual([
		{ key: "visit-01", entry: "", frame: true, visit: { page: "https://shop.example" } },
	]);
	const next = await live(new Hub(), kept); // another page of the same visit
	next.chat.open();
	await settle();
	expect(next.hub.count("/open")).toBe(0);
});

test("delivered is told when lines come, read when they are looked at; unread counts", async () => {
	const { hub, chat } = await live();
	hub
		.last()
		.say({ t: "lines", items: [line(1, "bot", "a"), line(2, "agent", "b"), line(3, "system", "c")], rev: 3 });
	expect(hub.last().last("mark")).toMatchObject({ delivered: "r2" });
	expect(chat.unread()).toBe(2);
	hub.last().ack("mark");
	chat.open();
	expect(hub.last().last("mark")).toMatchObject({ read: "r2" });
	expect(chat.unread()).toBe(0);
	const sent = hub.last().sent.length;
	chat.mark();
	expect(hub.last().sent.length).toBe(sent);
	chat.close();
	expect(chat.unread()).toBe(0);
	hub.last().say({ t: "lines", items: [line(4, "agent", "d")], rev: 4 });
	expect(chat.unread()).toBe(1);
});

test("another customer never sees what the one before left", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "bot", "private")];
	const kept = new Map([["draft", "half a thought"]]);
	const r = await live(hub, kept);
	expect(kept.get("visitor")).toBe("v1");
	hub.down = true;
	r.chat.lost();
	r.chat.send({ text: "unsent" });
	hub.down = false;
	hub.lines = [];
	hub.session = { visitor: "u-ann", keep: false, token: "t-ann", user: "Ann" };
	r.chat.identify("jwt");
	expect(texts(r.chat)).toEqual([]);
	expect(r.chat.outbox.items).toEqual([]);
	await settle();
	expect(last(hub.calls).body.identity).toBe("jwt");
	expect([...kept.keys()].sort()).toEqual(["visitor"]);
	// and back out: the browser keeps nothing of hers
	hub.session = { visitor: "v2" };
	r.chat.identify("");
	await settle();
	expect(last(hub.calls).body).toMatchObject({ identity: "", token: "" });
});

test("a visitor the hub no longer knows starts with an empty thread", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "bot", "old")];
	const { chat } = await live(hub);
	hub.lines = [];
	hub.session = { visitor: "v2" };
	hub.last().end(1006);
	await vi.advanceTimersByTimeAsync(2000);
	expect(texts(chat)).toEqual([]);
});

test("a refused identity falls back to nobody in particular", async () => {
	const hub = new Hub();
	const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
	hub.status["/session"] = 401;
	hub.problem = () => ({ code: "identity", detail: "" });
	const { chat } = rig(hub, new Map(), "bad");
	void chat.start();
	await settle();
	delete hub.status["/session"];
	await vi.advanceTimersByTimeAsync(3000);
	expect(last(hub.calls).body.identity).toBe("");
	expect(warn).toHaveBeenCalledOnce();
});

test("history is loaded backwards, and a line anew for a fresh address", async () => {
	const hub = new Hub();
	hub.lines = Array.from({ length: 80 }, (_, i) => line(i + 1, "bot", `${i + 1}`));
	const { chat } = await live(hub);
	expect(chat.lines[0]?.pos).toBe(51);
	await Promise.all([chat.older(), chat.older(), settle()]);
	expect(chat.lines[0]?.pos).toBe(11);
	expect(hub.count("/lines")).toBe(1);
	(hub.lines[79] as { rev: number }).rev = 81;
	(hub.lines[79] as { parts: unknown[] }).parts = [{ t: "media", url: "/fresh" }];
	const got = chat.fresh(last(chat.lines));
	await settle();
	expect((await got)?.parts[0]?.url).toBe("/fresh");
});

test("the end of a conversation is shown until the next begins", async () => {
	const hub = new Hub();
	hub.lines = [line(1, "bot", "a")];
	const { chat } = await live(hub);
	expect(chat.ended).toBe(false);
	hub.last().say({ t: "standing", standing: { open: true } });
	expect(chat.ended).toBe(true);
	hub.last().say({ t: "standing", standing: { open: true, conv: "c2" } });
	expect(chat.ended).toBe(false);
});

test("time is the hub's, whatever the visitor's clock says", async () => {
	const { hub, chat } = await live();
	hub.last().say({ t: "hello", now: Date.now() + 86_400_000 });
	expect(chat.now() - Date.now()).toBe(86_400_000);
});

test("live text goes out only where it may", async () => {
	const { hub, chat } = await live();
	chat.write("abc", true);
	expect(last(hub.last().sent)).toEqual({ t: "typing", on: true });
	hub.last().say({ t: "standing", standing: { open: true, typing: true } });
	chat.write("abc", true);
	expect(last(hub.last().sent)).toEqual({ t: "typing", text: "abc" });
	chat.write("abc", false);
	expect(last(hub.last().sent)).toEqual({ t: "typing", on: true });
});

test("someone typing is shown until they write, stop, or fall silent", async () => {
	const { hub, chat } = await live();
	const types = () => hub.last().say({ t: "typing", on: true, who: { kind: "agent", name: "林" } });
	types();
	expect(chat.typing?.who?.name).toBe("林");
	hub.last().say({ t: "lines", items: [line(1, "agent", "a")], rev: 1 });
	expect(chat.typing).toBe(null);
	types();
	await vi.advanceTimersByTimeAsync(9000);
	expect(chat.typing).toBe(null);
});

test("who is asked is told to nobody before answering, and goes on with the new token", async () => {
	const hub = new Hub();
	hub.session = { ask: true };
	const { chat, kept } = await live(hub);
	chat.open();
	await settle();
	expect(chat.asking).toBe(true);
	expect(hub.count("/open")).toBe(0);
	hub.status["/open"] = 422;
	await expect(chat.answer({ order: "" })).rejects.toMatchObject({ code: "invalid_text" });
	expect(chat.asking).toBe(true);
	hub.status = {};
	hub.session = { token: "t2" };
	hub.opened = "t2";
	await chat.answer({ order: "A-1" });
	await settle();
	expect(chat.asking).toBe(false);
	expect(hub.calls.filter((c) => c.path === "/open").map((c) => c.body.answers)).toEqual([
		{ order: "" },
		{ order: "A-1" },
	]);
	expect(kept.get("token")).toBe("t2");
	expect(hub.calls.filter((c) => c.path === "/session").map((c) => c.body.token)).toEqual(["", "t2"]);
	expect(hub.sockets.length).toBe(2); // the one of before has not answered
});
