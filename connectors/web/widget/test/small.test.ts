/// <reference types="node" />
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { linkify, safeLink } from "../src/panel/linkify";
import { waveOf } from "../src/panel/voice";
import { clock, length, size } from "../src/panel/words";
import { words as en, nth } from "../src/panel/words/en";
import { words as zh } from "../src/panel/words/zh";

test("addresses become links, and nothing else does", () => {
	expect(linkify("见 https://example.com/a?b=1。谢谢")).toEqual([
		"见 ",
		{ href: "https://example.com/a?b=1" },
		"。谢谢",
	]);
	expect(linkify("(see http://a.example/x).")).toEqual(["(see ", { href: "http://a.example/x" }, ")."]);
	expect(linkify("http://a.example/x_(y)")).toEqual([{ href: "http://a.example/x_(y)" }]);
	for (const s of ["javascript:alert(1)", "data:text/html,x", "xhttp://a", "", "plain"])
		expect(linkify(s).every((p) => typeof p === "string")).toBe(true);
});

test("X-05: no address that runs is ever put into a link", () => {
	for (const s of [
		"javascript:alert(1)",
		" javascript:alert(1)",
		"JAVASCRIPT:x",
		"data:text/html,x",
		"//evil.test",
		"vbscript:x",
		"",
		undefined,
	])
		expect(safeLink(s)).toBe(undefined);
	for (const s of ["https://a.example", "mailto:a@b.cn", "tel:+861", "/files/1"]) expect(safeLink(s)).toBe(s);
});

test("both languages say everything, and fill in the same places", () => {
	expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
	for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
		expect([key, en[key].includes("%s")]).toEqual([key, zh[key].includes("%s")]);
		expect(en[key]).not.toMatch(/[\u3400-\u9fff]/);
		expect(zh[key] + en[key]).not.toMatch(/[!！]/);
	}
	expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(nth).join()).toBe(
		"1st,2nd,3rd,4th,11th,12th,13th,21st,102nd,111th",
	);
});

test("times, lengths and sizes read well", () => {
	const now = new Date(2026, 10, 21, 15, 0).getTime();
	expect(clock(new Date(2026, 10, 21, 9, 5).getTime(), now, "zh-CN")).toBe("今天 09:05");
	expect(clock(new Date(2026, 10, 20, 23, 59).getTime(), now, "zh-CN")).toBe("昨天 23:59");
	expect(clock(new Date(2026, 10, 22, 9, 0).getTime(), now, "en")).toBe("Nov 22 09:00");
	expect([length(0), length(61_400), size(1023), size(348_211), size(5 << 20)]).toEqual([
		"0:00",
		"1:01",
		"1023 B",
		"340 kB",
		"5.0 MB",
	]);
});

test("a wave has at most forty bars, as loud as their loudest", () => {
	expect(atob(waveOf([1, 2, 250]))).toHaveLength(3);
	const bars = Array.from(atob(waveOf(Array.from({ length: 1000 }, (_, i) => i % 200))), (c) =>
		c.charCodeAt(0),
	);
	expect([bars.length, Math.max(...bars), waveOf([])]).toEqual([40, 199, ""]);
});

// The budget of the promise W-01, in bytes as a browser without brotli loads
// them. Run the build first.
test("W-01: the loader is at most 3 kB, the whole panel at most 20 kB", () => {
	const file = (name: string) =>
		gzipSync(readFileSync(new URL(`../dist/${name}`, import.meta.url)), { level: 9 }).length;
	const { panel } = JSON.parse(readFileSync(new URL("../dist/manifest.json", import.meta.url), "utf8"));
	expect(file("widget.js")).toBeLessThanOrEqual(3000);
	for (const js of Object.values(panel.js) as string[])
		expect(file(js) + file(panel.css)).toBeLessThanOrEqual(20_000);
});
