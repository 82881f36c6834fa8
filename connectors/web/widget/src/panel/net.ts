import type { Frame } from "./protocol";

// Refusal is an answer of the hub that another try would not change, unless
// wait says when to try.
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly wait = 0,
	) {
		super(message);
	}

	get final(): boolean {
		return this.status >= 400 && this.status < 500 && this.status !== 401 && this.status !== 429;
	}
}

// Socket is what the chat needs of a WebSocket.
export interface Socket {
	send(data: string): void;
	close(code?: number): void;
	onmessage: ((e: { data: unknown }) => void) | null;
	onclose: ((e: { code: number }) => void) | null;
}

// World is everything outside the chat: tests put another one in.
export interface World {
	fetch: typeof fetch;
	socket(url: string): Socket;
	now(): number;
	random(): number;
	id(): string;
	online(): boolean;
}

export const browser: World = {
	fetch: (input, init) => fetch(input, init),
	socket: (url) => new WebSocket(url) as unknown as Socket,
	now: () => Date.now(),
	random: () => Math.random(),
	id: () => {
		const b = crypto.getRandomValues(new Uint8Array(12));
		return Array.from(b, (v) => v.toString(16).padStart(2, "0")).join("");
	},
	online: () => navigator.onLine !== false,
};

// ask sends one request; a failure of the network is a TypeError or AbortError,
// a failure of the hub a Refusal.
export async function ask<T>(
	world: World,
	url: string,
	token: string,
	body?: unknown,
	patience = 15000,
	stop?: AbortController,
): Promise<T> {
	const abort = stop || new AbortController();
	const timer = setTimeout(() => abort.abort(), patience);
	try {
		const headers: Record<string, string> = {};
		if (token) headers.Authorization = `Bearer ${token}`;
		if (body !== undefined) headers["Content-Type"] = "application/json";
		const r = await world.fetch(url, {
			method: body === undefined ? "GET" : "POST",
			headers,
			body: body === undefined ? undefined : JSON.stringify(body),
			credentials: "omit",
			cache: "no-store",
			signal: abort.signal,
		});
		if (!r.ok) {
			const p = (await r.json().catch(() => ({}))) as { code?: string; detail?: string };
			throw new Refusal(
				r.status,
				p.code || "",
				p.detail || "",
				(Number(r.headers.get("Retry-After")) || 0) * 1000,
			);
		}
		return (await r.json()) as T;
	} finally {
		clearTimeout(timer);
	}
}

// frameOf reads a frame; what is none is dropped.
export function frameOf(data: unknown): Frame | null {
	try {
		const f = JSON.parse(String(data));
		return f && typeof f.t === "string" ? (f as Frame) : null;
	} catch {
		return null;
	}
}
