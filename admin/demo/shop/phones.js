// The page of phones: one for each platform, kept true by a stream that tells
// which screens changed.
import { buttons, draw, el } from "./bubble.js";
import { lang, words } from "./words.js";

const rack = document.getElementById("rack");
const kinds = document.getElementById("kinds");
const trouble = document.getElementById("trouble");
const place = document.getElementById("place");
const person = document.getElementById("person");
const phones = new Map();
const largest = 20 << 20;

// Phone is one platform in one customer's hands.
class Phone {
	constructor(entry) {
		this.kind = entry.kind;
		this.customers = entry.customers;
		this.who = entry.customers[0]?.id ?? "";
		this.drawn = new Map(); // bubble → what it was drawn from
		this.mode = null; // { kind: "reply" | "edit", bubble }
		this.can = new Set();
		this.build(entry.name[lang] || entry.name.en);
	}

	build(name) {
		this.name = name;
		this.title = el("span", { className: "title" });
		const who = el("select", { "aria-label": words.customer, onchange: () => this.play(who.value) }, ...this.customers.map((c) => el("option", { value: c.id }, c.name)));
		this.more = el("div");
		this.chat = el("div", { className: "chat", role: "log", tabIndex: 0, "aria-label": `${name}: ${words.chat}` });
		this.device = el("div", { className: "device" });
		this.menu = el("div", { className: "menu", role: "group", "aria-label": words.menu });
		this.typing = el("p", { className: "typing" });
		this.said = el("p", { className: "said", role: "status" });
		this.quote = el("div", { className: "quote", hidden: true });
		this.input = el("textarea", { rows: 1, placeholder: words.write, "aria-label": words.write, onkeydown: (e) => this.key(e) });
		this.picker = el("input", { type: "file", className: "hidden", "aria-label": words.attach, tabIndex: -1, onchange: () => this.file() });
		this.attach = el("button", { type: "button", className: "icon", title: words.attach, "aria-label": words.attach, onclick: () => this.picker.click() }, "📎");
		this.locate = el("button", { type: "button", className: "icon", title: words.place, "aria-label": words.place, onclick: () => this.where() }, "📍");
		const form = el("form", { className: "write", onsubmit: (e) => { e.preventDefault(); this.say(); } },
			this.attach, this.locate, this.input, this.picker, el("button", { className: "send" }, words.send));
		const id = `name-${this.kind}`;
		this.node = el("section", { className: "phone", id: `phone-${this.kind}`, "aria-labelledby": id, "data-kind": this.kind },
			el("header", {}, el("h2", { id }, name), this.title, who, el("details", { className: "over" }, el("summary", { "aria-label": words.more }, "⋯"), this.more)),
			this.device, this.chat, this.typing, this.menu, this.quote, this.said, form);
		this.link = el("a", { href: `#${this.kind}`, "data-kind": this.kind, onclick: (e) => { e.preventDefault(); choose(this.kind, true); } }, name);
	}

	path(what) {
		return `/demo/phones/${this.kind}/${what}?customer=${encodeURIComponent(this.who)}`;
	}

	play(who) {
		this.who = who;
		this.drawn.clear();
		this.chat.replaceChildren();
		this.leaveMode();
		this.look();
	}

	// look asks for the screen; calls while one is under way make one more.
	async look() {
		if (this.looking) { this.again = true; return; }
		this.looking = true;
		try {
			do {
				this.again = false;
				const who = this.who;
				const answer = await fetch(this.path("screen"));
				const screen = answer.ok ? await answer.json() : null;
				if (screen && who === this.who) this.show(screen);
				if (who !== this.who) this.again = true;
			} while (this.again);
		} catch {
			// The stream notices too, and looks again when it is back.
		} finally {
			this.looking = false;
		}
	}

	show(screen) {
		this.title.textContent = screen.title;
		const can = new Set(screen.can ?? []);
		const changed = [...can].join() !== [...this.can].join();
		this.can = can;
		this.attach.hidden = !can.has("media");
		this.locate.hidden = !can.has("location");
		const atEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
		const hands = { act: (a) => this.act(a), reply: (b) => this.enterMode("reply", b), edit: (b) => this.enterMode("edit", b) };
		const bubbles = screen.bubbles ?? [];
		let grown = false;
		const keep = new Set();
		let before = null;
		bubbles.forEach((b, i) => {
			const key = b.id || `n${i}`;
			keep.add(key);
			const text = JSON.stringify(b) + (changed ? [...can].join() : (this.drawn.get(key)?.can ?? [...can].join()));
			let had = this.drawn.get(key);
			if (!had || had.text !== text) {
				const node = draw(b, can, (u) => this.at(u), hands);
				if (had) had.node.replaceWith(node);
				else grown = true;
				had = { node, text, can: [...can].join() };
				this.drawn.set(key, had);
			}
			const next = before ? before.nextSibling : this.chat.firstChild;
			if (had.node !== next) this.chat.insertBefore(had.node, next);
			before = had.node;
		});
		for (const [key, had] of this.drawn) if (!keep.has(key)) { had.node.remove(); this.drawn.delete(key); }
		this.chat.classList.toggle("none", bubbles.length === 0);
		this.chat.dataset.none = words.empty;
		if (grown && atEnd) this.chat.scrollTop = this.chat.scrollHeight;
		this.typing.textContent = screen.typing ? words.typing : "";
		const menu = [...(screen.menu ?? [])];
		this.redraw(this.menu, JSON.stringify([menu, can.has("text")]), () => [
			...buttons(menu, (k) => this.act({ kind: "press", value: k.value })),
			...(can.has("follow") && !can.has("text") ? [el("button", { type: "button", className: "start", onclick: () => this.act({ kind: "follow" }) }, words.start)] : []),
		]);
		this.redraw(this.more, [...can].join(), () => this.others());
		this.redraw(this.device, JSON.stringify([screen.linked ?? null, !!screen.desk]), () => (screen.linked ? this.devices(screen.linked) : screen.desk ? this.desk() : []));
	}

	// devices is what the shop's own phone lists: its linked device, or how to link one.
	devices(linked) {
		const state = linked.device ? words.linkedTo + linked.device + (linked.away ? words.away : "") : words.noDevice;
		const says = el("p", {}, el("b", {}, `${words.owner} ${linked.number}`), el("span", {}, state));
		if (linked.device) return [says, el("button", { type: "button", onclick: () => this.act({ kind: "unlink" }) }, words.unlink)];
		const code = el("input", { placeholder: words.pairCode, "aria-label": words.pairCode, autocomplete: "off", spellcheck: false, size: 11 });
		return [says, el("button", { type: "button", className: "scan", onclick: () => this.act({ kind: "link" }) }, words.scan),
			el("form", { onsubmit: (e) => { e.preventDefault(); if (code.value.trim()) this.act({ kind: "link", value: code.value.trim() }); } },
				code, el("button", {}, words.link))];
	}

	// desk says that the platform's own desk has the chat, and plays its people who end it.
	desk() {
		return [el("p", {}, el("b", {}, words.desk), el("span", {}, words.deskHas)), el("button", { type: "button", onclick: () => this.act({ kind: "desk_end" }) }, words.deskEnd)];
	}

	redraw(node, key, make) {
		if (node.dataset.key === key) return;
		node.dataset.key = key;
		node.replaceChildren(...make());
	}

	// others are the acts without a place of their own.
	others() {
		const out = [];
		const add = (kind, label, more = () => ({})) => { if (this.can.has(kind)) out.push(el("button", { type: "button", onclick: () => { this.node.querySelector(".over").open = false; this.act({ kind, ...more() }); } }, label)); };
		const parameter = el("input", { placeholder: words.parameter, "aria-label": words.parameter });
		if (this.can.has("follow")) out.push(parameter);
		if (this.can.has("contact")) out.push(el("button", { type: "button", onclick: () => this.introduce() }, words.contact));
		add("follow", words.follow, () => ({ value: parameter.value.trim() }));
		add("read", words.read);
		add("leave", words.leave);
		return out;
	}

	// at turns an address of the emulator's into one of this page.
	at(address) {
		return address?.startsWith("/") && !address.startsWith("//") ? `/demo/phones/${this.kind}/files${address}` : address;
	}

	async act(a) {
		this.said.textContent = "";
		try {
			const answer = await fetch(this.path("acts"), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(a) });
			if (!answer.ok) this.said.textContent = (await answer.text()).trim();
			this.look();
			return answer.ok;
		} catch {
			this.said.textContent = words.failed;
			return false;
		}
	}

	async say() {
		const text = this.input.value.trim();
		if (!text) return;
		const mode = this.mode;
		this.input.value = "";
		this.leaveMode();
		this.chat.scrollTop = this.chat.scrollHeight;
		const ok = await this.act(mode ? { kind: mode.kind, target: mode.bubble.id, text } : { kind: "text", text });
		if (!ok && !this.input.value) this.input.value = text;
	}

	key(e) {
		if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.say(); }
		if (e.key === "Escape" && this.mode) { e.preventDefault(); this.leaveMode(); }
	}

	enterMode(kind, bubble) {
		this.mode = { kind, bubble };
		this.quote.hidden = false;
		this.quote.replaceChildren(el("span", {}, kind === "edit" ? words.editing : words.replying + (bubble.text || "…")),
			el("button", { type: "button", onclick: () => this.leaveMode() }, words.cancel));
		if (kind === "edit") this.input.value = bubble.text;
		this.input.focus();
	}

	leaveMode() {
		if (this.mode?.kind === "edit") this.input.value = "";
		this.mode = null;
		this.quote.hidden = true;
	}

	file() {
		const f = this.picker.files[0];
		this.picker.value = "";
		if (!f) return;
		if (f.size > largest) { this.said.textContent = words.large; return; }
		const reader = new FileReader();
		reader.onload = () => {
			const family = f.type.split("/")[0];
			const kind = { image: "image", audio: "voice", video: "video" }[family] ?? "file";
			this.act({ kind: "media", media: kind, name: f.name, mime: f.type || "application/octet-stream", file: reader.result.slice(reader.result.indexOf(",") + 1) });
		};
		reader.readAsDataURL(f);
	}

	where() {
		this.ask(place, this.locate, (of) => ({ kind: "location", text: of.name.value.trim(), lat: Number(of.lat.value), lon: Number(of.lon.value) }));
	}

	introduce() {
		const over = this.node.querySelector(".over");
		over.open = false;
		this.ask(person, over.querySelector("summary"), (of) => ({ kind: "contact", name: of.called.value.trim(), value: of.number.value.trim() }));
	}

	// ask opens a dialog, carries out what its fields make, and goes back to the button.
	ask(dialog, from, made) {
		const form = dialog.querySelector("form");
		dialog.onclose = () => {
			if (dialog.returnValue === "send") this.act(made(form.elements));
			from.focus();
		};
		dialog.returnValue = "";
		dialog.showModal();
	}
}

// choose shows one phone where there is room for one, and goes to it elsewhere.
function choose(kind, go) {
	if (!phones.has(kind)) return;
	for (const p of phones.values()) {
		p.node.classList.toggle("chosen", p.kind === kind);
		if (p.kind === kind) p.link.setAttribute("aria-current", "true");
		else p.link.removeAttribute("aria-current");
	}
	const p = phones.get(kind);
	p.chat.scrollTop = p.chat.scrollHeight;
	if (!go) return;
	history.replaceState(null, "", `#${kind}`);
	p.link.scrollIntoView({ block: "nearest", inline: "nearest" });
	p.node.scrollIntoView({ block: "nearest" });
	p.input.focus({ preventScroll: true });
}

function follow() {
	const stream = new EventSource("/demo/phones/live");
	stream.onopen = () => {
		trouble.hidden = true;
		for (const p of phones.values()) p.look();
	};
	stream.onerror = () => {
		trouble.textContent = words.cut;
		trouble.hidden = false;
	};
	stream.onmessage = (m) => {
		const { phone, customer } = JSON.parse(m.data);
		const p = phones.get(phone);
		if (p && p.who === customer) p.look();
	};
}

async function begin() {
	const answer = await fetch("/demo/phones/list");
	for (const entry of await answer.json()) phones.set(entry.kind, new Phone(entry));
	rack.replaceChildren(...[...phones.values()].map((p) => p.node));
	kinds.replaceChildren(...[...phones.values()].map((p) => p.link));
	const wanted = location.hash.slice(1);
	choose(phones.has(wanted) ? wanted : phones.keys().next().value, false);
	follow();
}
begin();
