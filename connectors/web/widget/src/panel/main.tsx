// The panel: the whole chat, as the content of the widget's frame or as a page
// of its own. It starts from the settings the hub wrote into the page.
import { allowed, type FromPanel, fromHost, type Init } from "../bridge";
import { App } from "./app";
import { Chat } from "./chat";
import { type Keep, keepIn, ownKeep } from "./keep";
import { browser } from "./net";
import { paint } from "./paint";
import type { Settings } from "./protocol";
import { h, render } from "./ui";
import { t } from "./words";

const settings: Settings = JSON.parse(document.body.dataset.settings || "{}");
const query = new URLSearchParams(location.search);
const framed = query.has("embed") && window.parent !== window;
const base = location.pathname.replace(/\/$/, "");

function begin(init: Init | null, keep: Keep, tell: (m: FromPanel) => void) {
	const lang = document.documentElement.lang; // the hub chose it, and the words of this build with it
	let page = init ? { page: init.page, title: init.title } : { page: location.href, title: document.title };
	const touch = matchMedia("(pointer:coarse)").matches || navigator.maxTouchPoints > 1;
	const visit = {
		key: init?.visit || visitKey(),
		entry: init?.entry || query.get("entry") || "",
		frame: framed,
		facts: () => ({
			...page,
			referrer: init ? init.referrer.replace(/^-$/, "") : document.referrer,
			language: navigator.language,
			time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
			screen: `${screen.width}x${screen.height}@${Math.min(9, Math.round(devicePixelRatio * 100) / 100)}`,
			touch,
			trail: (init?.trail || "")
				.split("\n")
				.map((l) => l.split("\t"))
				.filter((l) => l.length === 3)
				.map(([at, url, title]) => ({ at: Number(at) || 0, url, title })),
		}),
	};
	let open = init && !init.open ? 0 : 1;
	let told = -1;
	const app = () => {
		const unread = chat.unread();
		if (unread !== told) {
			told = unread;
			tell({ t: "unread", count: unread });
			if (!framed) document.title = (unread ? `(${unread}) ` : "") + (settings.name || t("chat"));
		}
		return (
			<App
				chat={chat}
				keep={keep}
				base={base}
				settings={settings}
				open={open}
				close={framed ? () => tell({ t: "close" }) : undefined}
			/>
		);
	};
	let draw = () => {};
	const live = `${location.origin.replace(/^http/, "ws")}${base}/live`;
	const chat = new Chat(browser, base, live, keep, lang, visit, () => draw(), init?.identity);
	chat.asking = !!settings.asks.length && !keep.get("token") && !chat.identity; // until the session says
	chat.looking = () => document.visibilityState === "visible" && open > 0;
	draw = render(app, document.body);
	void chat.start();

	window.addEventListener("online", () => chat.wake());
	window.addEventListener("offline", () => chat.lost());
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState !== "visible") return;
		chat.wake();
		chat.mark();
		draw();
	});
	return (m: ReturnType<typeof fromHost>) => {
		if (m?.t === "open") {
			open++;
			draw();
		} else if (m?.t === "close") {
			open = 0;
			chat.close();
			draw();
		} else if (m?.t === "page") {
			page = m;
			chat.look(m.page, m.title);
		} else if (m?.t === "entry") visit.entry = m.entry;
		else if (m?.t === "identify") chat.identify(m.identity);
	};
}

// visitKey names this visit on the chat's own page, for the browser's session.
function visitKey(): string {
	try {
		const key = sessionStorage.getItem("parley:visit") || browser.id();
		sessionStorage.setItem("parley:visit", key);
		return key;
	} catch {
		return browser.id();
	}
}

function main() {
	paint(settings);
	if (!framed) {
		begin(null, ownKeep(settings.account), () => {});
		return;
	}
	let from = "";
	let heed: ((m: ReturnType<typeof fromHost>) => void) | undefined;
	window.addEventListener("message", (e) => {
		if (e.source !== window.parent || !allowed(e.origin, location.origin, settings.origins)) return;
		const m = fromHost(e.data);
		if (!m) return;
		if (m.t === "init") {
			if (heed) return;
			from = e.origin;
			const tell = (out: FromPanel) => window.parent.postMessage({ parley: 1, ...out }, from);
			heed = begin(
				m,
				keepIn(m.kept, (key, value) => tell({ t: "keep", key, value })),
				tell,
			);
		} else if (e.origin === from) heed?.(m);
	});
	// To whoever it is: this says nothing but that someone may speak.
	window.parent.postMessage({ parley: 1, t: "ready" }, "*");
}

main();
