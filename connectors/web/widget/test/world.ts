import { vi } from "vitest";
import { Chat } from "../src/panel/chat";
import { type Keep, keepIn } from "../src/panel/keep";
import type { Socket, World } from "../src/panel/net";
import type { Frame, Line, Session } from "../src/panel/protocol";

// A hub and a network that tests hold in their hands.
export class Hub {
	calls: { path: string; body: Record<string, unknown>; token: string }[] = [];
	sockets: FakeSocket[] = [];
	down = false; // the network is away
	blocked = false; // sockets cannot be opened
	status: Record<string, number> = {}; // answers other than 200, by path
	session: Partial<Session> = {};
	opened = ""; // the token that answers bring
	lines: Line[] = [];
	ids = 0;
	holds: (() => void)[] = []; // polls held open

	posts(): string[] {
		return this.calls.filter((c) => c.path === "/messages").map((c) => `${c.body.id}:${c.body.text}`);
	}

	count(path: string): number {
		return this.calls.filter((c) => c.path === path).length;
	}

	last(): FakeSocket {
		return this.sockets[this.sockets.length - 1] as FakeSocket;
	}

	world: World = {
		fetch: (async (url: string, init: RequestInit) => {
			await Promise.resolve();
			if (this.down) throw new TypeError("network");
			const path = url.replace(/^\/chat\/x/, "").replace(/\?.*/, "");
			const headers = init.headers as Record<string, string>;
			this.calls.push({
				path,
				body: init.body ? JSON.parse(String(init.body)) : {},
				token: headers.Authorization || "",
			});
			const status = this.status[path] || 200;
			if (path === "/lines" && url.includes("wait") && status === 200)
				await new Promise<void>((go, stop) => {
					this.holds.push(go);
					init.signal?.addEventListener("abort", () => stop(new DOMException("", "AbortError")));
				});
			return new Response(
				JSON.stringify(status === 200 ? this.answer(path, url) : this.problem(path, status)),
				{
					status,
					headers: status === 503 ? { "Retry-After": "2" } : {},
				},
			);
		}) as typeof fetch,
		socket: () => {
			if (this.blocked) throw new Error("blocked");
			const s = new FakeSocket();
			this.sockets.push(s);
			return s;
		},
		now: () => Date.now(),
		random: () => 0.5,
		id: () => `id-${++this.ids}`.padEnd(8, "0"),
		online: () => !this.down,
	};

	problem(_path: string, status: number): unknown {
		return { code: { 401: "session", 403: "unavailable", 422: "invalid_text" }[status], detail: "in words" };
	}

	answer(path: string, url: string): unknown {
		const standing = { open: true, conv: "c1", ask: "人工", ...this.session.standing };
		const rev = Math.max(0, ...this.lines.map((l) => l.rev));
		if (path === "/session")
			return {
				token: "t1",
				keep: true,
				visitor: "v1",
				ticket: `ticket-${this.sockets.length + 1}`,
				lines: { items: this.lines.slice(-30), rev, more: this.lines.length > 30 },
				now: Date.now() + 5000,
				...this.session,
				standing,
			};
		if (path === "/lines") {
			const before = Number(new URL(url, "http://x").searchParams.get("before"));
			const items = before ? this.lines.filter((l) => l.pos < before).slice(-40) : this.lines;
			return { lines: { items, rev }, standing, now: Date.now() };
		}
		return path === "/open" && this.opened ? { ok: true, token: this.opened } : { ok: true };
	}
}

export class FakeSocket implements Socket {
	sent: Record<string, unknown>[] = [];
	closed = false;
	onmessage: ((e: { data: unknown }) => void) | null = null;
	onclose: ((e: { code: number }) => void) | null = null;
	send(data: string) {
		this.sent.push(JSON.parse(data));
	}
	close() {
		this.closed = true;
	}
	say(f: Frame) {
		this.onmessage?.({ data: JSON.stringify(f) });
	}
	hello() {
		this.say({ t: "hello", now: Date.now() });
	}
	end(code: number) {
		this.onclose?.({ code });
	}
	last(kind: string): Record<string, unknown> | undefined {
		return this.sent.filter((f) => f.t === kind).pop();
	}
	ack(kind = "post") {
		this.say({ t: "ack", id: String(this.last(kind)?.id) });
	}
}

export function line(pos: number, from: string, text: string, more: Partial<Line> = {}): Line {
	return {
		pos,
		rev: pos,
		id: `l${pos}`,
		rid: `r${pos}`,
		from,
		at: pos * 1000,
		parts: [{ t: "text", text }],
		...more,
	};
}

export const texts = (c: Chat): string[] => c.lines.map((l) => (l.recalled ? "-" : l.parts[0]?.text || ""));

export interface Rig {
	hub: Hub;
	chat: Chat;
	kept: Map<string, string>;
	keep: Keep;
}

export function rig(hub = new Hub(), kept = new Map<string, string>(), identity = ""): Rig {
	const keep = keepIn(Object.fromEntries(kept), (k, v) => (v === null ? kept.delete(k) : kept.set(k, v)));
	const visit = { key: "visit-01", entry: "", frame: true, facts: () => ({ page: "https://shop.example" }) };
	const chat = new Chat(hub.world, "/chat/x", "ws://x/live", keep, "zh-CN", visit, () => {}, identity);
	return { hub, chat, kept, keep };
}

export const settle = () => vi.advanceTimersByTimeAsync(0);

// live is a chat whose socket stands.
export async function live(hub = new Hub(), kept?: Map<string, string>): Promise<Rig> {
	const r = rig(hub, kept);
	void r.chat.start();
	await settle();
	hub.last().hello();
	await settle();
	return r;
}

export const last = <T>(all: T[]): T => all[all.length - 1] as T;
