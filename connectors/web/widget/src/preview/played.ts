// A hub that is played in the preview: a visit with a few lines, in which
// whatever is said arrives and nothing leaves the page.

import type { Socket, World } from "../panel/net";
import type { Line, Session } from "../panel/protocol";

export type View = "button" | "ask" | "chat" | "closed";

const talk = {
	zh: ["你好，这款还有货吗？", "有的，今天下单明天送达。"],
	en: ["Hi, is this one in stock?", "It is. Order today and it arrives tomorrow."],
};

export function played(view: View, zh: boolean, name: string): World {
	const at = Date.now() - 90_000;
	const said = (pos: number, from: string, text: string): Line => ({
		pos,
		rev: pos,
		id: `l${pos}`,
		rid: `l${pos}`,
		from,
		at: at + pos * 20_000,
		state: "read",
		who: from === "agent" ? { kind: "agent", name } : undefined,
		parts: [{ t: "text", text }],
	});
	const [question, answer] = talk[zh ? "zh" : "en"] as [string, string];
	const items = view === "chat" ? [said(1, "customer", question), said(2, "agent", answer)] : [];
	const session = (): Session => ({
		visitor: "preview",
		token: "preview",
		keep: false,
		ticket: "",
		now: Date.now(),
		ask: view === "ask",
		lines: { items, rev: items.length },
		standing: {
			open: view !== "closed",
			conv: view === "chat" ? "c" : undefined,
			owner: view === "chat" ? "agent" : undefined,
			who: view === "chat" ? { kind: "agent", name } : undefined,
			opens: view === "closed" ? Date.now() + 12 * 3_600_000 : undefined,
			ask: "human",
		},
	});
	let made = 0;
	return {
		fetch: async (input) => {
			const path = String(input).replace(/^.*\//, "");
			if (path === "open") view = "closed" === view ? view : "chat";
			return new Response(JSON.stringify(path === "session" ? session() : { ok: true }), { status: 200 });
		},
		socket: () => {
			const s: Socket = {
				onmessage: null,
				onclose: null,
				close() {},
				send(data) {
					const { id, t } = JSON.parse(data) as { id: string; t: string };
					if (t === "post" || t === "mark") s.onmessage?.({ data: JSON.stringify({ t: "ack", id }) });
				},
			};
			queueMicrotask(() => s.onmessage?.({ data: JSON.stringify({ t: "hello", now: Date.now() }) }));
			return s;
		},
		now: () => Date.now(),
		random: () => 0.5,
		id: () => `preview-${++made}`,
		online: () => true,
	};
}
