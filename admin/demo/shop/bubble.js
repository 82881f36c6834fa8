// Draws one bubble of a chat as its customer sees it.
import { words } from "./words.js";

// el makes an element; text children are never markup.
export function el(tag, props = {}, ...children) {
	const e = document.createElement(tag);
	for (const [k, v] of Object.entries(props)) {
		if (v === undefined || v === false) continue;
		if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
		else if (k in e && k !== "list") e[k] = v;
		else e.setAttribute(k, v);
	}
	e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
	return e;
}

// web lets only addresses through that cannot act.
function web(address) {
	return /^(https?|tel|mailto):/i.test(address) ? address : undefined;
}

function outside(address, ...children) {
	return el("a", { href: web(address), target: "_blank", rel: "noopener noreferrer" }, ...children);
}

// formatted copies the few tags platforms format with, and nothing else.
const known = new Set(["B", "I", "S", "U", "CODE", "PRE", "BLOCKQUOTE", "BR", "STRONG", "EM", "A", "FONT"]);
function formatted(html) {
	const out = el("span");
	const copy = (from, to) => {
		for (const n of from.childNodes) {
			if (n.nodeType === Node.TEXT_NODE) to.append(n.data);
			else if (n.nodeType === Node.ELEMENT_NODE) {
				let into = to;
				if (n.tagName === "A") into = outside(n.getAttribute("href") ?? "");
				else if (known.has(n.tagName)) into = document.createElement(n.tagName === "FONT" ? "span" : n.tagName);
				if (into !== to) to.append(into);
				copy(n, into);
			}
		}
	};
	copy(new DOMParser().parseFromString(html, "text/html").body, out);
	return out;
}

function size(bytes) {
	if (!bytes) return "";
	return bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function media(m, at) {
	const src = at(m.url);
	const name = m.name || words[m.kind] || m.kind;
	switch (m.kind) {
		case "image":
		case "sticker":
			return src ? el("a", { href: src, target: "_blank", rel: "noopener" }, el("img", { src, alt: name, loading: "lazy", className: m.kind })) : el("span", { className: "file" }, name);
		case "voice":
		case "audio":
			return el("audio", { src, controls: true, preload: "none", "aria-label": name });
		case "video":
			return el("video", { src, controls: true, preload: "metadata", "aria-label": name });
	}
	return el("a", { href: src, download: name, className: "file" }, el("span", { "aria-hidden": "true" }, "📄 "), name, el("small", {}, size(m.size)));
}

function card(c, at) {
	const icon = { location: "📍", place: "📍", contact: "👤" }[c.kind];
	return el("div", { className: "card" }, c.image ? el("img", { src: at(c.image), alt: "", loading: "lazy" }) : null,
		el("b", {}, icon ? el("span", { "aria-hidden": "true" }, `${icon} `) : "", c.url && web(c.url) ? outside(c.url, c.title || c.url) : (c.title ?? "")), c.text ? el("p", {}, c.text) : null);
}

// buttons draws rows to press.
export function buttons(rows, press) {
	return rows.map((row) => el("div", { className: "keys" }, ...row.map((b) =>
		b.url && web(b.url) && !b.value ? outside(b.url, `${b.label} ↗`) : el("button", { type: "button", onclick: () => press(b) }, b.label))));
}

const emojis = ["👍", "❤️", "😂", "🙏"];

function actions(b, can, hands) {
	const list = [];
	const add = (label, go) => list.push(el("button", { type: "button", onclick: go }, label));
	if (can.has("reply")) add(words.reply, () => hands.reply(b));
	if (can.has("react") && b.from === "them") {
		for (const e of emojis) add(e, () => hands.act({ kind: "react", target: b.id, value: e }));
		if (b.reaction) add(words.unreact, () => hands.act({ kind: "react", target: b.id, value: "" }));
	}
	if (can.has("edit") && b.from === "me" && b.text) add(words.edit, () => hands.edit(b));
	if (can.has("recall") && b.from === "me") add(words.recall, () => hands.act({ kind: "recall", target: b.id }));
	if (!list.length) return null;
	return el("details", { className: "acts" }, el("summary", { "aria-label": words.actions }, "⋯"), el("div", {}, ...list));
}

// draw makes the bubble. at turns an address of the emulator's into one of ours;
// hands are what a customer can do.
export function draw(b, can, at, hands) {
	if (b.from === "platform") return el("div", { className: "bubble platform" }, b.text ?? "");
	const body = el("div", { className: "body" }, el("span", { className: "hidden" }, `${words[b.from] ?? ""}: `));
	if (b.recalled) body.append(el("i", {}, words.recalled));
	else {
		if (b.reply_to) body.append(el("blockquote", {}, b.reply_to));
		body.append(...(b.media ?? []).map((m) => media(m, at)), ...(b.cards ?? []).map((c) => card(c, at)));
		if (b.html || b.text) body.append(el("div", { className: "text" }, b.html ? formatted(b.html) : b.text));
	}
	const when = new Date(b.at);
	const notes = [when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }), b.edited && words.edited, b.from === "me" && b.read && words.seen].filter(Boolean);
	return el("div", { className: `bubble ${b.from}` }, body, ...(b.recalled ? [] : buttons(b.buttons ?? [], (k) => hands.act({ kind: "press", target: b.id, value: k.value }))),
		b.reaction ? el("span", { className: "reaction" }, b.reaction) : null,
		el("div", { className: "foot" }, el("time", { dateTime: b.at }, notes.join(" · ")), b.recalled ? null : actions(b, can, hands)));
}
