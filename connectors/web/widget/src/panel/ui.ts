// A small renderer with the shape of Preact: JSX, keyed children, and the four
// hooks the panel uses. It exists for the budget: Preact takes 5.7 of the 20 kB
// the whole chat may weigh, this takes 1.3. A change anywhere redraws from the
// root, once a microtask; components marked as pure are skipped while their
// props are the same.

import type { JSX as Html } from "preact";

export type Child = VNode | string | number | boolean | null | undefined | Child[];

// biome-ignore lint/suspicious/noExplicitAny: props are checked where JSX is written
type Props = any;
// biome-ignore lint/suspicious/noConfusingVoidType: a component may return nothing
export type Component<P = Props> = ((props: P) => Child | void) & { pure?: boolean };

export interface VNode {
	type: string | Component | null; // null is a fragment
	props: Props;
	key?: string | number;
}

export declare namespace h {
	namespace JSX {
		type Element = VNode;
		type ElementType = keyof IntrinsicElements | Component;
		type IntrinsicElements = Html.IntrinsicElements;
		type IntrinsicAttributes = { key?: string | number };
		interface ElementChildrenAttribute {
			children: Child;
		}
	}
}

export function h(type: string | Component | null, props: Props, ...children: Child[]): VNode {
	return { type, props: { ...props, children }, key: props?.key };
}

export const Fragment = null as unknown as Component<{ children?: Child }>;

interface Hook {
	value?: unknown;
	deps_?: unknown[];
	undo_?: (() => void) | undefined;
}

// Spot is what stands somewhere: a text, an element, or a component or fragment
// with what it drew.
interface Spot {
	node_: VNode | string;
	up: Spot | null;
	dom?: HTMLElement | Text;
	kids_: (Spot | null)[];
	hooks_: Hook[];
	dirty_: boolean;
}

let now: Spot;
let at = 0;
let effects: [Hook, () => unknown][] = [];
let redraw: () => void;

// render draws node into parent, and again whenever a state changes; the
// returned function draws it anew.
export function render(draw: () => VNode, parent: Element): () => void {
	const root: Spot = { node_: "", up: null, kids_: [], hooks_: [], dirty_: true };
	let planned = false;
	const paint = () => {
		planned = false;
		children(root, [draw()], false);
		settle(root, parent);
		const due = effects;
		effects = [];
		for (const [hook, run] of due) {
			hook.undo_?.();
			const undo = run();
			hook.undo_ = typeof undo === "function" ? (undo as () => void) : undefined;
		}
	};
	redraw = () => {
		if (!planned) {
			planned = true;
			queueMicrotask(paint);
		}
	};
	paint();
	return redraw;
}

function hook(): Hook {
	now.hooks_[at] ||= {};
	return now.hooks_[at++] as Hook;
}

export function useState<T>(start: T | (() => T)): [T, (v: T) => void] {
	const one = hook();
	const spot = now;
	if (!("value" in one)) one.value = typeof start === "function" ? (start as () => T)() : start;
	return [
		one.value as T,
		(v) => {
			if (v === one.value) return;
			one.value = v;
			for (let s: Spot | null = spot; s; s = s.up) s.dirty_ = true;
			redraw();
		},
	];
}

export function useRef<T>(start: T | null = null): { current: T } {
	const one = hook();
	one.value ||= { current: start };
	return one.value as { current: T };
}

// useEffect runs after the drawing stands, when one of deps has changed.
export function useEffect(run: () => unknown, deps: unknown[]) {
	const one = hook();
	if (one.deps_ && deps.every((d, i) => d === one.deps_?.[i])) return;
	one.deps_ = deps;
	effects.push([one, run]);
}

function same(spot: Spot | null | undefined, node: VNode | string): spot is Spot {
	if (!spot) return false;
	const old = spot.node_;
	return typeof old === "string" || typeof node === "string"
		? typeof old === typeof node
		: old.type === node.type && old.key === node.key;
}

// children brings what a spot holds in line with the list.
function children(spot: Spot, list: Child[], svg: boolean) {
	const old = spot.kids_;
	const keyed = new Map<string | number, Spot>();
	for (const k of old) if (k && typeof k.node_ !== "string" && k.node_.key != null) keyed.set(k.node_.key, k);
	spot.kids_ = list.map((c, i) => {
		if (c == null || typeof c === "boolean") return null;
		const node = Array.isArray(c) ? h(null, null, ...c) : typeof c === "object" ? c : `${c}`;
		const from = typeof node === "object" && node.key != null ? keyed.get(node.key) : old[i];
		return patch(same(from, node) ? from : null, node, spot, svg);
	});
	const kept = new Set(spot.kids_);
	for (const k of old) if (k && !kept.has(k)) drop(k, true);
}

// settle puts the nodes of a spot's children in order.
function settle(spot: Spot, dom: Element) {
	let next = dom.firstChild;
	for (const n of nodes(spot.kids_)) {
		if (n === next) next = next.nextSibling;
		else dom.insertBefore(n, next);
	}
}

// nodes lists the DOM nodes that spots stand for, in order.
function nodes(spots: (Spot | null)[], out: Node[] = []): Node[] {
	for (const s of spots) {
		if (s?.dom) out.push(s.dom);
		else if (s) nodes(s.kids_, out);
	}
	return out;
}

function patch(spot: Spot | null, node: VNode | string, up: Spot, svg: boolean): Spot {
	const was = spot?.node_;
	const s: Spot = spot || { node_: node, up, kids_: [], hooks_: [], dirty_: true };
	s.node_ = node;
	if (typeof node === "string") {
		s.dom ||= document.createTextNode(node);
		if (was !== undefined && was !== node) (s.dom as Text).data = node;
		return s;
	}
	const old: Props = (was && (was as VNode).props) || {};
	const { type, props } = node;
	if (typeof type === "string") {
		const inside = svg || type === "svg";
		s.dom ||= (
			inside ? document.createElementNS("http://www.w3.org/2000/svg", type) : document.createElement(type)
		) as HTMLElement;
		const dom = s.dom as HTMLElement;
		children(s, props.children, inside);
		settle(s, dom);
		for (const name in { ...old, ...props }) set(dom, name, old[name], props[name]);
	} else if (!type) children(s, props.children, svg);
	else {
		if (type.pure && was && !s.dirty_ && alike(old, props)) return s;
		s.dirty_ = false;
		now = s;
		at = 0;
		children(s, [type(props) as Child], svg);
	}
	return s;
}

function alike(a: Props, b: Props): boolean {
	for (const k in b) if (k !== "children" && a[k] !== b[k]) return false;
	return true;
}

function set(dom: HTMLElement, name: string, was: unknown, is: unknown) {
	if (name === "children" || name === "key") return;
	if (name === "ref") {
		if (typeof is === "function") is(dom);
		else if (is) (is as { current: unknown }).current = dom;
	} else if (name === "value") {
		const input = dom as HTMLInputElement;
		if (input.value !== is) input.value = is as string;
	} else if (was === is) return;
	else if (name.startsWith("on")) (dom as Props)[name.toLowerCase()] = is || null;
	else if (is == null || (is === false && !name.startsWith("aria"))) dom.removeAttribute(name);
	else dom.setAttribute(name, is === true && !name.startsWith("aria") ? "" : `${is}`);
}

function drop(s: Spot, top: boolean) {
	for (const one of s.hooks_) one?.undo_?.();
	for (const k of s.kids_) if (k) drop(k, top && !s.dom);
	if (top) s.dom?.remove();
}
