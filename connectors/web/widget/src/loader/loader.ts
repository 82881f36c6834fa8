// The loader runs in the host's page: it draws the launcher, keeps the visit's
// trail, and opens the chat in a frame of the hub's own origin. It trusts
// nothing around it: page styles cannot reach its shadow tree, and it calls no
// Array method a page may have replaced.

import { type FromHost, fromPanel } from "../bridge";
import { readableInk } from "../color";
import css from "./style";

type Api = ((command: string, argument?: unknown) => void) & { q?: ArrayLike<ArrayLike<unknown>> };
interface Config {
	color?: string;
	position?: string;
	text?: { zh?: string; en?: string };
	language?: string;
}

const doc = document;
const script = (doc.currentScript || doc.querySelector("script[data-account]")) as HTMLScriptElement | null;

function start(script: HTMLScriptElement, account: string) {
	const data = script.dataset;
	const base = new URL(".", script.src).href;
	const origin = new URL(base).origin;
	const prefix = `parley:${account}:`;

	// Storage may be forbidden: then memory serves for this page.
	const memory: Record<string, string> = {};
	const store = (kind: "localStorage" | "sessionStorage", key: string, value?: string | null) => {
		const name = prefix + key;
		try {
			const s = window[kind];
			if (value === undefined) return s.getItem(name);
			if (value === null) s.removeItem(name);
			else s.setItem(name, value);
		} catch {
			if (value === undefined) return memory[name] ?? null;
			if (value === null) delete memory[name];
			else memory[name] = value;
		}
		return null;
	};
	const kept = () => {
		const out: Record<string, string> = {};
		try {
			const s = localStorage;
			for (let i = 0; i < s.length; i++) {
				const name = s.key(i);
				if (name && name.slice(0, prefix.length) === prefix)
					out[name.slice(prefix.length)] = s.getItem(name) || "";
			}
		} catch {
			for (const name in memory) out[name.slice(prefix.length)] = memory[name] as string;
		}
		return out;
	};

	// The trail is one line a page: time, address, title. It is text rather than
	// a list so that nothing of the page's can change how it is written.
	let here = "";
	const clean = (s: string) => s.replace(/[\t\n\r]+/g, " ").slice(0, 1000);
	const look = () => {
		if (location.href === here) return;
		if (!here && store("sessionStorage", "ref") === null)
			store("sessionStorage", "ref", clean(doc.referrer) || "-");
		here = location.href;
		const before = store("sessionStorage", "trail") || "";
		const line = `${Date.now()}\t${clean(here)}\t${clean(doc.title)}\n`;
		store("sessionStorage", "trail", (before + line).slice(-16000));
		send({ t: "page", page: here, title: doc.title });
	};

	const zh = () => {
		const chosen = data.lang || (config.language !== "auto" && config.language) || navigator.language || "en";
		return /^zh/i.test(chosen);
	};

	let config: Config = {};
	try {
		config = JSON.parse(store("localStorage", "look") || "{}");
	} catch {}
	let identity = data.userToken || "";
	let entry = data.entry || "";
	let unread = 0;
	let opened = false;
	let ready = false;
	let frame: HTMLIFrameElement | undefined;

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
		const style = doc.createElement("style");
		style.textContent = css;
		root.appendChild(style);
	}
	const box = doc.createElement("div");
	box.className = "frame";
	const button = doc.createElement("button");
	button.type = "button";
	button.setAttribute("aria-haspopup", "dialog");
	// Drawn by hand: innerHTML would need the page's Trusted Types.
	const svg = (path: string, name: string) => {
		const ns = "http://www.w3.org/2000/svg";
		const s = doc.createElementNS(ns, "svg");
		s.setAttribute("viewBox", "0 0 24 24");
		s.setAttribute("class", name);
		s.setAttribute("aria-hidden", "true");
		const p = doc.createElementNS(ns, "path");
		p.setAttribute("d", path);
		s.appendChild(p);
		button.appendChild(s);
	};
	svg(
		"M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1-.6 2.1-1.5 3 1.8-.1 3.5-.8 4.7-1.7.8.1 1.5.2 2.3.2 5 0 9-3.4 9-7.6S17 3.5 12 3.5z",
		"chat",
	);
	svg("M6 9.5l6 6 6-6", "down");
	const label = doc.createElement("span");
	const badge = doc.createElement("b");
	button.appendChild(label);
	button.appendChild(badge);
	root.appendChild(box);
	root.appendChild(button);

	const draw = () => {
		const color = /^#[0-9a-f]{6}$/i.test(config.color || "") ? (config.color as string) : "#2f5bea";
		force("--brand", color);
		force("--ink", readableInk(color));
		const left = (data.position || config.position) === "left";
		force("left", left ? "0" : "auto");
		force("right", left ? "auto" : "0");
		const chinese = zh();
		const words = (config.text && (chinese ? config.text.zh : config.text.en)) || "";
		label.textContent = words;
		badge.textContent = unread ? (unread > 99 ? "99+" : `${unread}`) : "";
		button.className = `${left ? "left " : ""}${opened ? "open " : ""}${words ? "wide" : ""}`;
		box.className = `frame${left ? " left" : ""}${opened ? " open" : ""}`;
		const name = opened ? (chinese ? "关闭咨询" : "Close chat") : chinese ? "在线咨询" : "Open chat";
		const count = unread
			? chinese
				? `，${unread} 条未读消息`
				: `, ${unread} unread message${unread > 1 ? "s" : ""}`
			: "";
		button.setAttribute("aria-label", (words && !opened ? words : name) + count);
		button.setAttribute("aria-expanded", `${opened}`);
		if (frame) frame.title = chinese ? "在线咨询" : "Chat";
	};

	const send = (message: FromHost) => {
		if (ready && frame?.contentWindow) frame.contentWindow.postMessage({ parley: 1, ...message }, origin);
	};
	const load = () => {
		if (frame) return;
		frame = doc.createElement("iframe");
		frame.src = `${base}chat/${account}?embed=1&lang=${data.lang || ""}`;
		frame.allow = "microphone; geolocation; clipboard-write; autoplay";
		box.appendChild(frame);
		draw();
	};
	const show = (on: boolean) => {
		if (on === opened) return;
		load();
		opened = on;
		draw();
		send({ t: on ? "open" : "close" });
		if (on) frame?.focus();
		else button.focus();
	};

	window.addEventListener("message", (e) => {
		if (!frame || e.source !== frame.contentWindow || e.origin !== origin) return;
		const m = fromPanel(e.data);
		if (!m) return;
		if (m.t === "ready") {
			ready = true;
			let visit = store("sessionStorage", "visit");
			if (!visit) {
				visit = Math.random().toString(36).slice(2) + Date.now().toString(36);
				store("sessionStorage", "visit", visit);
			}
			send({
				t: "init",
				kept: kept(),
				visit,
				trail: store("sessionStorage", "trail") || "",
				referrer: store("sessionStorage", "ref") || "",
				page: location.href,
				title: doc.title,
				lang: data.lang || "",
				entry,
				identity,
				open: opened,
			});
		} else if (m.t === "unread") {
			unread = m.count;
			draw();
		} else if (m.t === "close") show(false);
		else if (m.t === "keep") store("localStorage", m.key, m.value);
	});

	for (const type of ["pointerenter", "focus", "touchstart"])
		button.addEventListener(type, load, { passive: true });
	button.addEventListener("click", () => show(!opened));

	const run = (command: unknown, argument: unknown) => {
		if (command === "open") show(true);
		else if (command === "close") show(false);
		else if (command === "entry") {
			entry = `${argument || ""}`;
			send({ t: "entry", entry });
		} else if (command === "identify") {
			identity = typeof argument === "string" ? argument : "";
			send({ t: "identify", identity });
		}
	};
	const waiting = (window as { parley?: Api }).parley;
	(window as { parley?: Api }).parley = run;
	if (waiting?.q) for (let i = 0; i < waiting.q.length; i++) run(waiting.q[i]?.[0], waiting.q[i]?.[1]);

	const mount = () => {
		draw();
		look();
		doc.body.appendChild(host);
		// Whoever chatted before may have an answer waiting.
		if (store("localStorage", "chatted")) {
			const idle = window.requestIdleCallback || ((f: () => void) => setTimeout(f, 1500));
			idle(load);
		}
	};
	const go = () => {
		if (doc.body) mount();
		else doc.addEventListener("DOMContentLoaded", mount);
		setInterval(look, 1000); // pages that change their address without loading
	};
	fetch(`${base}chat/${account}/launcher`, { credentials: "omit" }).then(
		(r) => {
			if (r.status === 404) return console.warn(`parley: no chat account ${account}`);
			r.json().then((c) => {
				config = c;
				store("localStorage", "look", JSON.stringify(c));
				host.isConnected ? draw() : go();
			}, go);
		},
		go, // away, or forbidden by the page's policy: the button stands as last known
	);
}

if (script?.src && script.dataset.account) start(script, script.dataset.account);
