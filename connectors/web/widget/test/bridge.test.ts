import { expect, test } from "vitest";
import { allowed, fromHost, fromPanel, type Init } from "../src/bridge";

const init: Init & { parley: 1 } = {
	parley: 1,
	t: "init",
	kept: { token: "x" },
	visit: "abcdefgh",
	trail: "",
	referrer: "",
	page: "https://a.example",
	title: "A",
	entry: "",
	identity: "",
	open: true,
};

test("X-12: what fits passes", () => {
	const { parley: _, ...rest } = init;
	expect(fromHost(init)).toEqual(rest);
	expect(fromHost({ parley: 1, t: "identify", identity: "jwt" })).toEqual({ t: "identify", identity: "jwt" });
	expect(fromPanel({ parley: 1, t: "unread", count: 3 })).toEqual({ t: "unread", count: 3 });
	expect(fromPanel({ parley: 1, t: "keep", key: "q:abc-1", value: null })).toEqual({
		t: "keep",
		key: "q:abc-1",
		value: null,
	});
});

test("X-12: what does not fit exactly is nothing", () => {
	const wrong: unknown[] = [
		1,
		"x",
		null,
		undefined,
		[],
		{},
		() => 1,
		{ t: "open" },
		{ parley: 2, t: "open" },
	];
	for (const m of wrong) {
		expect(fromHost(m)).toBe(null);
		expect(fromPanel(m)).toBe(null);
	}
	for (const [key, value] of Object.entries({
		kept: null,
		visit: 1,
		trail: "x".repeat(20_001),
		open: "yes",
		identity: { a: 1 },
		page: undefined,
	}))
		expect(fromHost({ ...init, [key]: value })).toBe(null);
	expect(fromHost({ ...init, kept: { token: 5 } })).toBe(null);
	for (const m of [
		{ t: "unread", count: -1 },
		{ t: "unread", count: 1.5 },
		{ t: "unread", count: "1" },
		{ t: "unread", count: Number.NaN },
		{ t: "keep", key: "../x y", value: "" },
		{ t: "keep", key: "a", value: 1 },
		{ t: "keep", key: "a".repeat(101), value: "" },
		{ t: "navigate", url: "javascript:alert(1)" },
	])
		expect(fromPanel({ parley: 1, ...m })).toBe(null);
});

test("X-12: noise never throws and never passes unknown shapes", () => {
	let seed = 7;
	const next = (n: number) => {
		seed = (seed * 1103515245 + 12345) & 0x7fffffff;
		return seed % n;
	};
	const keys = [
		"parley",
		"t",
		"kept",
		"open",
		"count",
		"key",
		"value",
		"page",
		"title",
		"identity",
		"__proto__",
	];
	const values: unknown[] = [
		1,
		0,
		-1,
		"",
		"open",
		"init",
		"keep",
		"unread",
		null,
		undefined,
		true,
		{},
		[],
		Number.NaN,
		"x".repeat(300),
	];
	for (let i = 0; i < 20_000; i++) {
		const m: Record<string, unknown> = next(3) ? { parley: 1 } : {};
		for (let k = next(6); k > 0; k--) m[keys[next(keys.length)] as string] = values[next(values.length)];
		const h = fromHost(m);
		if (h) expect(["open", "close", "page", "entry", "identify", "init"]).toContain(h.t);
		const p = fromPanel(m);
		if (p) expect(["ready", "close", "unread", "keep"]).toContain(p.t);
	}
});

test("X-09: only allowed sites speak to the panel", () => {
	const self = "https://chat.example.net";
	const sites = ["https://shop.example.com", "https://*.example.org"];
	for (const [origin, want] of Object.entries({
		[self]: true,
		"https://shop.example.com": true,
		"https://a.b.example.org": true,
		"https://example.org": false,
		"https://evilexample.org": false,
		"http://a.example.org": false,
		"https://a.example.org.evil.test": false,
		null: false,
		"": false,
		"https://evil.test/x.example.org": false,
	}))
		expect([origin, allowed(origin, self, sites)]).toEqual([origin, want]);
	expect(allowed("https://any.example", self, ["*"])).toBe(true);
	expect(allowed("null", self, ["*"])).toBe(false);
	expect(allowed("https://any.example", self, [])).toBe(false);
});
