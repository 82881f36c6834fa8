// The preview, for the page where a business chooses how its chat looks: a
// played site with the real launcher and, in a frame of its own as in life, the
// real panel. What to show comes from the page around it, which is the hub's
// own; what that looks like says the hub, as it would to a visitor. Nothing is
// kept and nothing is sent to anybody.
import { type Look, launcher } from "../loader/launcher";
import { App } from "../panel/app";
import { Chat } from "../panel/chat";
import { keepIn } from "../panel/keep";
import { paint } from "../panel/paint";
import type { Settings } from "../panel/protocol";
import { h, render } from "../panel/ui";
import { played, type View } from "./played";
import { site } from "./site";

interface Draft {
	config: Record<string, string>;
	lang: "zh" | "en";
	view: View;
	dark: boolean;
}

interface Answer {
	look: Look;
	pages: Record<string, Settings>;
	problems: { field: string; text: { zh: string; en: string } }[];
	contrast: number;
}

const own = location.origin;
const tell = (m: Record<string, unknown>) => window.parent.postMessage({ parley: 1, ...m }, own);
const heed = (what: string, take: (m: Record<string, unknown>, from: MessageEventSource | null) => void) =>
	window.addEventListener("message", (e) => {
		if (e.origin === own && e.data?.parley === 1 && e.data.t === what) take(e.data, e.source);
	});

// shade shows this page light or dark, whatever the browser around it prefers.
const dusk: CSSMediaRule[] = [];
function shade(dark: boolean) {
	document.documentElement.style.colorScheme = dark ? "dark" : "light";
	if (dusk.length === 0)
		for (const sheet of document.styleSheets)
			for (const rule of sheet.cssRules)
				if (rule instanceof CSSMediaRule && rule.conditionText.includes("prefers-color-scheme"))
					dusk.push(rule);
	for (const rule of dusk) rule.media.mediaText = dark ? "all" : "not all";
}

// panel is the inner frame.
function panel() {
	const zh = document.documentElement.lang.startsWith("zh");
	let chat: Chat | undefined;
	let settings: Settings | undefined;
	let view: View | undefined;
	let times = 0;
	const none = keepIn({}, () => {});
	let draw = () => {};
	heed("settings", (m) => {
		settings = m.settings as Settings;
		shade(m.dark === true);
		paint(settings);
		if (view !== m.view) {
			view = m.view as View;
			times++;
			const visit = { key: "preview-0", entry: "", frame: true, facts: () => ({}) };
			chat = new Chat(
				played(view, zh, zh ? "林小满" : "Lin"),
				"",
				"wss://preview.invalid",
				keepIn({}, () => {}),
				document.documentElement.lang,
				visit,
				() => draw(),
			);
			chat.asking = view === "ask";
			void chat.start();
		}
		draw();
	});
	draw = render(
		() =>
			chat && settings ? (
				<App
					key={times}
					chat={chat}
					keep={none}
					base=""
					settings={settings}
					open={0}
					close={() => tell({ t: "close" })}
				/>
			) : (
				<div />
			),
		document.body,
	);
	tell({ t: "panel" });
}

// stage is the outer frame: the site, the button and the box.
function stage() {
	site(document);
	const { host_, box_, button_, draw_ } = launcher(document);
	document.body.appendChild(host_);
	const frame = document.createElement("iframe");
	box_.appendChild(frame);
	let draft: Draft | undefined;
	let shown: Answer | undefined;
	let ready = false;
	let opened = true;
	let asked = 0;

	const draw = () => {
		if (!draft || !shown) return;
		const zh = draft.lang === "zh";
		const address = `preview?panel=1&lang=${draft.lang}`;
		if (frame.getAttribute("src") !== address) {
			ready = false;
			frame.src = address;
		}
		document.documentElement.lang = zh ? "zh-CN" : "en";
		shade(draft.dark);
		frame.title = draw_(shown.look, opened, 0, draft.lang);
		if (ready)
			frame.contentWindow?.postMessage(
				{ parley: 1, t: "settings", settings: shown.pages[draft.lang], view: draft.view, dark: draft.dark },
				own,
			);
	};
	button_.onclick = () => {
		opened = !opened;
		draw();
	};
	heed("panel", () => {
		ready = true;
		draw();
	});
	heed("close", () => {
		opened = false;
		draw();
	});
	heed("draft", async (m, from) => {
		if (from !== window.parent) return;
		const before = draft?.view;
		draft = m as unknown as Draft;
		if (draft.view !== before) opened = draft.view !== "button";
		draw(); // in another language, theme or view at once
		const run = ++asked;
		try {
			const r = await fetch("preview", {
				method: "POST",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ config: draft.config }),
			});
			if (!r.ok) throw new Error(`${r.status}`);
			const answer = (await r.json()) as Answer;
			if (run !== asked) return;
			shown = answer;
			draw();
			tell({ t: "shown", problems: answer.problems, contrast: answer.contrast, ink: answer.look.ink });
		} catch {
			if (run === asked) tell({ t: "lost" });
		}
	});
	tell({ t: "stage" });
}

if (window.parent !== window) (new URLSearchParams(location.search).has("panel") ? panel : stage)();
