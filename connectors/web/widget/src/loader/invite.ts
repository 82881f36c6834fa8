// An invitation: a line beside the button that offers help to whoever reads a
// page. It comes once in a visit, never again once it was declined, and never
// takes the focus. The loader fetches this where a business invites.

import type { Look } from "./launcher";

interface Rule {
	page?: string; // what the address holds, * for anything
	after?: number; // seconds
	scroll?: number; // per cent
	text: { zh?: string; en?: string };
}

const css = `
section{position:absolute;bottom:88px;right:20px;width:max-content;max-width:min(280px,100vw - 40px);display:flex;border-radius:14px;background:Canvas;color:CanvasText;box-shadow:0 0 0 1px #0002,0 8px 28px #0003}
section.left{right:auto;left:20px}
section button{all:unset;position:static;box-sizing:border-box;min-width:0;height:auto;padding:12px 0 12px 14px;border-radius:14px;font:400 14px/1.5 system-ui,sans-serif;color:inherit;white-space:normal;overflow-wrap:anywhere;cursor:pointer;flex:1}
section button+button{flex:none;align-self:flex-start;width:40px;padding:12px 0;text-align:center;font-size:18px;line-height:21px}
section button:hover{text-decoration:underline}
section button+button:hover{text-decoration:none}
section button:focus-visible{outline:3px solid var(--brand);outline-offset:-3px}
@media(prefers-color-scheme:dark){section{box-shadow:0 0 0 1px #fff3,0 8px 28px #0008}}
`;

/** pattern finds a rule's page in an address. */
export function pattern(page: string): RegExp {
	return new RegExp(page.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*"));
}

/** due is the first rule whose page, time and part of the page are reached. */
export function due(rules: Rule[], href: string, seconds: number, seen: number): Rule | undefined {
	for (const r of rules)
		if (pattern(r.page || "").test(href) && seconds >= (r.after || 0) && seen >= (r.scroll || 0)) return r;
}

/** invite watches the page for a business's rules; data is that of the loader's own script. */
function invite(
	button: HTMLElement,
	show: (open: boolean) => void,
	data: DOMStringMap,
	look: Look & { invites: Rule[] },
) {
	const doc = document;
	const prefix = `parley:${data.account}:`;
	const root = button.parentNode as ShadowRoot;
	// Storage may be forbidden: then this page remembers.
	const read = (where: "localStorage" | "sessionStorage", key: string): string => {
		try {
			return window[where][prefix + key] || "";
		} catch {
			return "";
		}
	};
	const keep = (where: "localStorage" | "sessionStorage", key: string, value: string) => {
		try {
			window[where][prefix + key] = value;
		} catch {}
	};
	const name = (r: Rule) => `${r.text.zh || ""}|${r.text.en || ""}`;
	const zh = /^zh/i.test(data.lang || (look.language !== "auto" && look.language) || navigator.language);
	const opened = () => button.getAttribute("aria-expanded") === "true";

	let card: HTMLElement | undefined;
	const end = () => {
		clearInterval(clock);
		if (card?.contains(root.activeElement)) button.focus();
		card?.remove();
	};
	const offer = (r: Rule) => {
		const words = (zh ? r.text.zh || r.text.en : r.text.en || r.text.zh) as string;
		try {
			const sheet = new CSSStyleSheet();
			sheet.replaceSync(css);
			root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
		} catch {
			root.appendChild(doc.createElement("style")).textContent = css;
		}
		const at = doc.createElement("section");
		at.className = button.className;
		at.setAttribute("role", "status"); // read out, without taking the focus
		const press = (label: string, act: () => void) => {
			const b = at.appendChild(doc.createElement("button"));
			b.textContent = label;
			b.onclick = act;
			return b;
		};
		root.insertBefore(at, button);
		press(words, () => {
			end();
			show(true);
		});
		const decline = () => {
			keep("localStorage", "declined", `${read("localStorage", "declined")}\n${name(r)}`.slice(-4000));
			end();
		};
		press("×", decline).setAttribute("aria-label", zh ? "关闭邀请" : "Dismiss");
		at.onkeydown = (e) => {
			if (e.key === "Escape") decline();
		};
		card = at;
	};

	let href = "";
	let ticks = 0; // half seconds the page was looked at
	const clock = setInterval(() => {
		if (opened()) {
			keep("sessionStorage", "invited", "1"); // they came by themselves
			return end();
		}
		if (card || doc.hidden) return;
		if (read("sessionStorage", "invited")) return end();
		if (href !== location.href) {
			href = location.href;
			ticks = 0;
		}
		ticks++;
		const all = doc.documentElement;
		const seen = ((scrollY + innerHeight) / (all.scrollHeight || 1)) * 100;
		const declined = `\n${read("localStorage", "declined")}\n`;
		const left: Rule[] = [];
		for (const r of look.invites) if (declined.indexOf(`\n${name(r)}\n`) < 0) left[left.length] = r;
		const rule = due(left, href, ticks / 2, seen >= 99 ? 100 : seen);
		if (!rule) return;
		keep("sessionStorage", "invited", "1");
		offer(rule);
	}, 500);
}

export { invite as i }; // the loader counts bytes
