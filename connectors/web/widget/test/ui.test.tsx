// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { Fragment, h, render, useEffect, useRef, useState } from "../src/panel/ui";

let root: HTMLElement;
beforeEach(() => {
	root = document.createElement("div");
	document.body.append(root);
});
afterEach(() => root.remove());
const paint = () => new Promise<void>((go) => queueMicrotask(() => queueMicrotask(go)));

test("keyed children move without being made anew", async () => {
	let ids = [1, 2, 3, 4];
	const draw = render(
		() => (
			<ul>
				{ids.map((i) => (
					<li key={i}>{i}</li>
				))}
			</ul>
		),
		root,
	);
	const before = new Map([...root.querySelectorAll("li")].map((el) => [el.textContent, el]));
	for (const next of [[4, 3, 2, 1], [2, 5, 4], [], [9, 2]]) {
		ids = next;
		draw();
		await paint();
		expect([...root.querySelectorAll("li")].map((el) => el.textContent)).toEqual(next.map(String));
	}
	ids = [3, 1];
	draw();
	await paint();
	expect(before.get("1")).not.toBe(root.querySelectorAll("li")[1]); // it had been gone
});

test("a hole keeps its neighbours in place, and their state", async () => {
	let on = false;
	const Box = ({ name }: { name: string }) => {
		const [n] = useState(() => Math.random());
		return <i title={`${n}`}>{name}</i>;
	};
	const draw = render(
		() => (
			<div>
				{on && <b>x</b>}
				<Box name="a" />
				{on ? "yes" : null}
				<Box name="b" />
			</div>
		),
		root,
	);
	const was = root.innerHTML;
	on = true;
	draw();
	await paint();
	expect(root.textContent).toBe("xayesb");
	on = false;
	draw();
	await paint();
	expect(root.innerHTML).toBe(was);
});

test("state redraws, effects run after and are undone", async () => {
	const log: string[] = [];
	let set: (n: number) => void = () => {};
	let shown = true;
	const Counter = () => {
		const [n, setN] = useState(0);
		const el = useRef<HTMLElement>();
		set = setN;
		useEffect(() => {
			log.push(`in ${n} ${el.current.textContent}`);
			return () => log.push(`out ${n}`);
		}, [n > 1]);
		return <b ref={el}>{n}</b>;
	};
	const draw = render(() => <p>{shown && <Counter />}</p>, root);
	for (const n of [1, 2, 2]) {
		set(n);
		await paint();
	}
	shown = false;
	draw();
	await paint();
	expect(log).toEqual(["in 0 0", "out 0", "in 2 2", "out 2"]);
	expect(root.innerHTML).toBe("<p></p>");
});

test("pure components are skipped, unless something inside them changed", async () => {
	let drawn = 0;
	let poke: (s: string) => void = () => {};
	const Inner = () => {
		const [s, set] = useState("a");
		poke = set;
		return <em>{s}</em>;
	};
	const Pure = (_: { at: number }) => {
		drawn++;
		return <Inner />;
	};
	Pure.pure = true;
	let at = 1;
	const draw = render(() => <Pure at={at} />, root);
	draw();
	await paint();
	expect(drawn).toBe(1);
	poke("b");
	await paint();
	expect(root.innerHTML).toBe("<em>b</em>");
	at = 2;
	draw();
	await paint();
	expect(drawn).toBe(3);
});

test("fragments, arrays and text stand in order beside elements", async () => {
	let list = ["a", "b"];
	const Two = ({ s }: { s: string }) => (
		<>
			<i>{s}</i>
			{s}
		</>
	);
	const draw = render(
		() => (
			<div>
				<b>1</b>
				{list.map((s) => (
					<Two key={s} s={s} />
				))}
				<b>2</b>
			</div>
		),
		root,
	);
	list = ["c", "b", "a"];
	draw();
	await paint();
	expect(root.innerHTML).toBe("<div><b>1</b><i>c</i>c<i>b</i>b<i>a</i>a<b>2</b></div>");
});

test("words are text, whatever they look like", () => {
	const evil = '<img src=x onerror="alert(1)">';
	render(() => <p title={evil}>{evil}</p>, root);
	expect(root.querySelector("img")).toBe(null);
	expect(root.textContent).toBe(evil);
});

test("handlers, attributes and values follow their props", async () => {
	let n = 0;
	let off = false;
	const draw = render(
		() => (
			<button
				type="button"
				disabled={off}
				aria-pressed={off}
				class={off ? undefined : "x"}
				onClick={off ? undefined : () => n++}
			/>
		),
		root,
	);
	const b = root.querySelector("button") as HTMLButtonElement;
	b.click();
	expect([n, b.disabled, b.getAttribute("aria-pressed"), b.className]).toEqual([1, false, "false", "x"]);
	off = true;
	draw();
	await paint();
	b.disabled = false;
	b.click();
	expect([n, b.getAttribute("aria-pressed"), b.hasAttribute("class")]).toEqual([1, "true", false]);
});
