// What loader and panel say to each other across the frame. Both sides check
// who speaks (source and origin) before, and the shape here: a message that does
// not fit exactly is nothing.

export interface Init {
	t: "init";
	kept: Record<string, string>; // what the host page keeps for the panel
	visit: string;
	trail: string; // one page a line: time, address, title, parted by tabs
	referrer: string;
	page: string;
	title: string;
	entry: string;
	identity: string;
	open: boolean;
}

export type FromHost =
	| Init
	| { t: "open" }
	| { t: "close" }
	| { t: "page"; page: string; title: string }
	| { t: "entry"; entry: string }
	| { t: "identify"; identity: string };

export type FromPanel =
	| { t: "ready" }
	| { t: "close" }
	| { t: "unread"; count: number }
	| { t: "keep"; key: string; value: string | null };

type Bag = Record<string, unknown>;

function bag(data: unknown): Bag | null {
	return typeof data === "object" && data !== null && (data as Bag).parley === 1 ? (data as Bag) : null;
}

const text = (v: unknown, most: number): v is string => typeof v === "string" && v.length <= most;

export function fromPanel(data: unknown): FromPanel | null {
	const m = bag(data);
	if (!m) return null;
	switch (m.t) {
		case "ready":
		case "close":
			return { t: m.t };
		case "unread":
			return typeof m.count === "number" && m.count >= 0 && m.count <= 1e6 && m.count % 1 === 0
				? { t: "unread", count: m.count }
				: null;
		case "keep":
			return text(m.key, 100) && /^[\w:-]+$/.test(m.key) && (m.value === null || text(m.value, 100000))
				? { t: "keep", key: m.key, value: m.value }
				: null;
	}
	return null;
}

export function fromHost(data: unknown): FromHost | null {
	const m = bag(data);
	if (!m) return null;
	switch (m.t) {
		case "open":
		case "close":
			return { t: m.t };
		case "page":
			return text(m.page, 1e4) && text(m.title, 1e4) ? { t: "page", page: m.page, title: m.title } : null;
		case "entry":
			return text(m.entry, 200) ? { t: "entry", entry: m.entry } : null;
		case "identify":
			return text(m.identity, 5000) ? { t: "identify", identity: m.identity } : null;
		case "init": {
			if (typeof m.open !== "boolean" || typeof m.kept !== "object" || !m.kept) return null;
			const out: Bag = { t: "init", open: m.open, kept: {} };
			for (const key in m.kept as Bag) {
				const value = (m.kept as Bag)[key];
				if (!text(value, 1e5)) return null;
				(out.kept as Bag)[key] = value;
			}
			for (const key of ["visit", "trail", "referrer", "page", "title", "entry", "identity"]) {
				if (!text(m[key], 2e4)) return null;
				out[key] = m[key];
			}
			return out as unknown as Init;
		}
	}
	return null;
}

// allowed reports whether origin is one of the sites the link allows; the same
// rule as the hub's.
export function allowed(origin: string, self: string, sites: readonly string[]): boolean {
	if (origin === self) return true;
	if (!/^https?:\/\/[^/]+$/.test(origin)) return false;
	return sites.some((site) => {
		if (site === "*" || site === origin) return true;
		const [scheme, rest] = site.split("://*");
		return (
			rest !== undefined &&
			origin.startsWith(`${scheme}://`) &&
			origin.endsWith(rest) &&
			origin.length > `${scheme}://`.length + rest.length
		);
	});
}
