import { expect, test } from "vitest";
import { due, pattern } from "../src/loader/invite";

test("a page is found by what its address holds, with * for anything and nothing else special", () => {
	const at = "https://shop.example/tea/green?size=(1)&x=a.b";
	for (const page of ["", "/tea/", "tea*size", "shop.example/*/green", "size=(1)", "a.b", "*"])
		expect(pattern(page).test(at), page).toBe(true);
	for (const page of ["/coffee", "axb", "green/*tea", "[a-z]+", "size=1", "^https", "Tea"])
		expect(pattern(page).test(at), page).toBe(false);
});

test("the first rule is due whose page, time and part of the page are reached", () => {
	const early = { page: "/price", after: 5, text: { en: "early" } };
	const deep = { page: "/price", scroll: 60, text: { en: "deep" } };
	const any = { after: 30, text: { en: "any" } };
	const rules = [early, deep, any];
	expect(due(rules, "https://a/price", 4.5, 59)).toBe(undefined);
	expect(due(rules, "https://a/price", 4.5, 60)).toBe(deep);
	expect(due(rules, "https://a/price", 5, 100)).toBe(early);
	expect(due(rules, "https://a/", 29, 100)).toBe(undefined);
	expect(due(rules, "https://a/", 30, 0)).toBe(any);
	expect(due([], "https://a/", 99, 100)).toBe(undefined);
});
