// The loader runs in the host's page: it draws the launcher, keeps the visit's
// trail, and opens the chat in a frame of the hub's own origin. It trusts
// nothing around it: page styles cannot reach its shadow tree, and it calls no
// Array method a page may have replaced.

import { type FromHost, fromPanel } from "../bridge";
import { type Look, launcher } from "./launcher";

type Api = ((command: string, argument?: unknown) => void) & { q?: ArrayLike<ArrayLike<unknown>> };
const doc = document;
const page = window as typeof window & { parley?: Api };
const script = (doc.currentScript || doc.querySelector("script[data-account]")) as HTMLScriptElement;

function start(account: string) {
	const data = script.dataset;
	const base = new URL(".", script.src).href;
	const origin = new URL(base).origin;
	const prefix = `parley:${account}:`;

	// Storage may be forbidden: then an object of this page serves.
	const area = (kind: "localStorage" | "sessionStorage"): Record<string, string> => {
		try {
			return page[kind] || {};
		} catch {
			return {};
		}
	};
	const local = area("localStorage");
	const visit = area("sessionStorage");
	const keep = (where: Record<string, string>, key: string, value: string | null) => {
		try {
			if (value === null) delete where[prefix + key];
			else where[prefix + key] = value;
		} catch {} // full: the panel still has it
	};

	// The trail is one line a page: time, address, title. It is text rather than
	// a list so that nothing of the page's can change how it is written.
	let here = "";
	const clean = (s: string) => s.replace(/\s+/g, " ").slice(0, 1000);
	const trail = () => {
		if (location.href === here) return;
		if (!visit[`${prefix}ref`]) keep(visit, "ref", clean(doc.referrer) || "-");
		here = location.href;
		const line = `${Date.now()}\t${clean(here)}\t${clean(doc.title)}\n`;
		keep(visit, "trail", ((visit[`${prefix}trail`] || "") + line).slice(-16000));
		send({ t: "page", page: here, title: doc.title });
	};

	let look: Look = {};
	try {
		look = JSON.parse(local[`${prefix}look`] as string);
	} catch {}
	let identity = data.userToken || "";
	let entry = data.entry || "";
	let unread = 0;
	let opened = false;
	let ready = false;
	let frame: HTMLIFrameElement | undefined;

	const { host_: host, button_: button, box_: box, draw_ } = launcher(doc);
	const draw = () => {
		const title = draw_(look, opened, unread, data.lang, data.position);
		if (frame) frame.title = title;
	};

	const send = (message: FromHost) => {
		if (ready) (frame as HTMLIFrameElement).contentWindow?.postMessage({ parley: 1, ...message }, origin);
	};
	const load = () => {
		if (frame) return;
		frame = doc.createElement("iframe");
		frame.src = `${base}chat/${account}?embed=1&lang=${data.lang || ""}`;
		frame.allow = "microphone; geolocation";
		box.appendChild(frame);
		draw();
	};
	const show = (on: boolean) => {
		if (on === opened) return;
		load();
		opened = on;
		draw();
		send({ t: on ? "open" : "close" });
		(on ? (frame as HTMLElement) : button).focus();
	};

	page.addEventListener("message", (e) => {
		if (!frame || e.source !== frame.contentWindow || e.origin !== origin) return;
		const m = fromPanel(e.data);
		if (!m) return;
		if (m.t === "ready") {
			ready = true;
			const kept: Record<string, string> = {};
			for (const name in local)
				if (name.slice(0, prefix.length) === prefix) kept[name.slice(prefix.length)] = local[name] as string;
			const key = visit[`${prefix}visit`] || Math.random().toString(36).slice(2) + Date.now().toString(36);
			keep(visit, "visit", key);
			send({
				t: "init",
				kept,
				visit: key,
				trail: visit[`${prefix}trail`] || "",
				referrer: visit[`${prefix}ref`] || "",
				page: here,
				title: doc.title,
				entry,
				identity,
				open: opened,
			});
		} else if (m.t === "unread") {
			unread = m.count;
			draw();
		} else if (m.t === "close") show(false);
		else keep(local, m.key, m.value);
	});

	button.onpointerenter = button.onfocus = button.ontouchstart = load;
	button.onclick = () => show(!opened);

	const run = (command: unknown, argument: unknown) => {
		const text = typeof argument === "string" ? argument : "";
		if (command === "open" || command === "close") show(command === "open");
		else if (command === "entry") {
			entry = text;
			send({ t: "entry", entry });
		} else if (command === "identify") {
			identity = text;
			send({ t: "identify", identity });
		}
	};
	const q = page.parley?.q;
	page.parley = run;

	const mount = () => {
		if (!doc.body) return doc.addEventListener("DOMContentLoaded", mount);
		draw();
		trail();
		setInterval(trail, 1000); // pages that change their address without loading
		doc.body.appendChild(host);
		if (q) for (let i = 0; i < q.length; i++) run((q[i] as unknown[])[0], (q[i] as unknown[])[1]);
		// Whoever chatted before may have an answer waiting.
		if (local[`${prefix}chatted`]) (page.requestIdleCallback || setTimeout)(load);
	};
	fetch(`${base}chat/${account}/launcher`, {
		credentials: "omit",
		referrerPolicy: "unsafe-url",
	})
		.then((r) => {
			if (r.status === 404) return console.warn("parley: no account", account);
			return r.json().then((l) => {
				look = l;
				keep(local, "look", JSON.stringify(l));
				mount();
				if (l.invite) import(base + l.invite).then((m) => m.i(button, show, data, l));
			});
		})
		.catch(mount); // away, or forbidden by the page's policy: as last known
}

if (script?.src && script.dataset.account) start(script.dataset.account);
