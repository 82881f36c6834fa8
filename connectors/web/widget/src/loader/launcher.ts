// The button and the box of the chat in a page that may be hostile: a shadow
// tree, drawn by hand. The loader draws it in pages of others, the preview in
// its own.

import css from "./style";

export interface Look {
	color?: string;
	ink?: string;
	position?: string;
	x?: string; // how far it stands from its usual place
	y?: string;
	text?: { zh: string; en: string };
	language?: string;
}

// launcher makes the button and the box. The words are in the language asked
// for, else the business's, else the browser's; the side likewise.
export function launcher(doc: Document) {
	const make = <K extends keyof HTMLElementTagNameMap>(tag: K, into: Node) =>
		into.appendChild(doc.createElement(tag));
	const host = doc.createElement("div");
	const force = (name: string, value: string) => host.style.setProperty(name, value, "important");
	force("all", "initial");
	force("position", "fixed");
	force("z-index", "2147483000");
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
	icon("chat", "M12 3.5a9 7.7 0 0 0-5.5 13.8q-.2 1.7-1.5 3 2.6-.2 4.7-1.7a9 7.7 0 1 0 2.3-15.1z");
	icon("down", "M6 9.5l6 6 6-6");
	const label = make("span", button);
	const badge = make("b", button);
	return {
		host_: host,
		box_: box,
		button_: button,
		draw_(look: Look, opened: boolean, unread: number, lang?: string, side?: string) {
			const zh = /^zh/i.test(lang || (look.language !== "auto" && look.language) || navigator.language);
			const left = (side || look.position) === "left";
			const words = look.text?.[zh ? "zh" : "en"] || "";
			const chat = zh ? "在线咨询" : "Chat";
			force("--brand", look.color || "#2f5bea");
			force("--ink", look.ink || "#fff");
			force("--y", look.y || "0px");
			force("bottom", "var(--y)");
			force(left ? "right" : "left", "auto");
			force(left ? "left" : "right", look.x || "0");
			label.textContent = words;
			badge.textContent = unread ? (unread > 99 ? "99+" : `${unread}`) : "";
			box.className = button.className = (left ? "left" : "") + (opened ? " open" : "");
			let name = opened ? (zh ? "关闭咨询" : "Close chat") : words || chat;
			if (unread) name += zh ? `，${unread} 条未读消息` : `, ${unread} unread`;
			button.setAttribute("aria-label", name);
			button.setAttribute("aria-expanded", `${opened}`);
			return chat; // for the frame
		},
	};
}
