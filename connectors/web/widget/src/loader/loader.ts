// The loader runs in the host's page: it draws the launcher, keeps the visit's
// trail, and opens the chat in a frame of the hub's own origin. It trusts
// nothing around it: page styles cannot reach its shadow tree, and it calls no
// Array method a page may have replaced.

import { type FromHost, fromPanel } from "../bridge";
import css from "./style";

type Api = ((command: string, argument?: unknown) => void) & { q?: ArrayLike<ArrayLike<unknown>> };
interface Look {
	color?: string;
	ink?: string;
	position?: string;
	text?: { zh: string; en: string };
	language?: string;
}

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

	const make = <K extends keyof HTMLElementTagNameMap>(tag: K, into: Node) =>
		into.appendChild(doc.createElement(tag));
	const host = doc.createElement("div");
	const force = (name: string, value: string) => host.style.setProperty(name, value, "important");
	force("all", "initial");
	force("position", "fixed");
	force("z-index", "2147483000");
	force("bottom", "0");
	const root = host.attachShadow({ mode: "closed" });
	try {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		root.adoptedStyleSheets = [sheet];
	} catch {
		make("style", root).textContent = css;
	}
	const box = make("div", root);
	const button = make("button", root);
	// Drawn by hand: innerHTML would need the page's Trusted Types.
	const icon = (name: string, d: string) => {
		const part = (tag: string, into: Node, key: string, value: string) => {
			const el = doc.createElementNS("http://www.w3.org/2000/svg", tag);
			el.setAttribute(key, value);
			return into.appendChild(el);
		};
		const svg = part("svg", button, "viewBox", "0 0 24 24");
		svg.setAttribute("class", name);
		part("path", svg, "d", d);
	};
	icon(
		"chat",
		"M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1-.6 2.1-1.5 3 1.8-.1 3.5-.8 4.7-1.7 5.7 1 11.3-2.3 11.3-7.4 0-4.3-4-7.7-9-7.7z",
	);
	icon("down", "M6 9.5l6 6 6-6");
	const label = make("span", button);
	const badge = make("b", button);

	const draw = () => {
		const zh = /^zh/i.test(data.lang || (look.language !== "auto" && look.language) || navigator.language);
		const left = (data.position || look.position) === "left";
		const words = look.text?.[zh ? "zh" : "en"] || "";
		force("--brand", look.color || "#2f5bea");
		force("--ink", look.ink || "#fff");
		force("left", left ? "0" : "auto");
		force("right", left ? "auto" : "0");
		label.textContent = words;
		badge.textContent = unread ? (unread > 99 ? "99+" : `${unread}`) : "";
		box.className = button.className = (left ? "left" : "") + (opened ? " open" : "");
		let name = opened ? (zh ? "关闭咨询" : "Close chat") : words || (zh ? "在线咨询" : "Open chat");
		if (unread) name += zh ? `，${unread} 条未读消息` : `, ${unread} unread`;
		button.setAttribute("aria-label", name);
		button.setAttribute("aria-expanded", `${opened}`);
		if (frame) frame.title = zh ? "在线咨询" : "Chat";
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
			const key =
				visit[`${prefix}visit`] || Math.random().toString(36).slice(2, 12) + Date.now().toString(36);
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
	fetch(`${base}chat/${account}/launcher`, { credentials: "omit" })
		.then((r) => {
			if (r.status === 404) return console.warn("parley: no such account", account);
			return r.json().then((l) => {
				look = l;
				keep(local, "look", JSON.stringify(l));
				mount();
			});
		})
		.catch(mount); // away, or forbidden by the page's policy: as last known
}

if (script?.src && script.dataset.account) start(script.dataset.account);
