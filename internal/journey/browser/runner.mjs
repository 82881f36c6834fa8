// Drives one Chromium for the journeys.
//
//   node runner.mjs CHROMIUM [FLAG…]
//
// Reads one JSON command a line from standard input and answers each with one
// JSON line of the same id: {"id":1,"value":…} or {"id":1,"error":"…"}. Commands
// run side by side, so journeys may. When the input ends, so does the browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { looks } from './looks.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [executablePath, ...args] = process.argv.slice(2);
const browser = await chromium.launch({
	executablePath,
	chromiumSandbox: false, // tests run as root where user namespaces may be missing
	args: ['--disable-dev-shm-usage', '--use-fake-device-for-media-stream', ...args],
});

const contexts = new Map();
const pages = new Map();
let made = 0;

// watch keeps what a page did that nobody sees on it.
function watch(page) {
	const id = `p${++made}`;
	const log = { dialogs: [], requests: [], errors: [], console: [], refused: [], popups: 0 };
	pages.set(id, { page, log });
	page.on('dialog', (d) => {
		log.dialogs.push(d.message());
		d.dismiss().catch(() => {});
	});
	page.on('request', (r) => log.requests.push(r.url()));
	page.on('pageerror', (e) => log.errors.push(String(e)));
	page.on('console', (m) => ['error', 'warning'].includes(m.type()) && log.console.push(m.text()));
	page.on('response', (r) => r.status() >= 400 && log.refused.push(`${r.status()} ${r.request().method()} ${r.url()}`));
	page.on('popup', () => log.popups++);
	return id;
}

// where returns the page, or the frame of it whose address contains a text.
async function where({ page, frame }, patience = 20000) {
	const it = pages.get(page).page;
	if (!frame) return it;
	const end = Date.now() + patience;
	for (;;) {
		const found = it.frames().find((f) => f.url().includes(frame));
		if (found) return found;
		if (Date.now() > end) throw new Error(`no frame of ${frame}; there are: ${it.frames().map((f) => f.url()).join(' ')}`);
		await new Promise((go) => setTimeout(go, 50));
	}
}

async function locate(q) {
	let at = await where(q);
	for (const s of q.path) {
		const exact = s.exact ?? true;
		if (s.role) at = at.getByRole(s.role, s.name === undefined ? {} : { name: s.name, exact });
		else if (s.label !== undefined) at = at.getByLabel(s.label, { exact });
		else if (s.text !== undefined) at = at.getByText(s.text, { exact: s.exact ?? false });
		else if (s.frame) at = at.frameLocator(s.frame);
		else if (s.css) at = at.locator(s.css);
		if (s.has !== undefined) at = at.filter({ hasText: s.has });
		if (s.seen) at = at.filter({ visible: true });
		if (s.nth !== undefined) at = s.nth < 0 ? at.last() : at.nth(s.nth);
	}
	return at;
}

const commands = {
	async context({ options, storage, axe: wanted, stash }) {
		const id = `c${++made}`;
		const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, ...options });
		context.setDefaultTimeout(20000);
		if (wanted) await context.addInitScript(axe); // past the content policy, in every frame
		if (stash) await context.addInitScript(stash);
		if (storage) await context.addInitScript(storage);
		contexts.set(id, context);
		return id;
	},
	async closeContext({ context }) {
		await contexts.get(context).close();
		contexts.delete(context);
		for (const [id, { page }] of pages) if (page.isClosed()) pages.delete(id);
	},
	async offline({ context, on }) {
		await contexts.get(context).setOffline(on);
	},
	// network slows a page down: milliseconds of delay, and bytes a second each way. Without a delay it is as before.
	async network({ page, x, y, wheel }) {
		const it = pages.get(page);
		it.cdp ??= await it.page.context().newCDPSession(it.page); // what is emulated ends with the session
		await it.cdp.send('Network.enable');
		await it.cdp.send('Network.emulateNetworkConditions', {
			offline: false, latency: x ?? 0, downloadThroughput: y || -1, uploadThroughput: wheel || -1,
		});
	},
	async open({ context, url }) {
		const page = await contexts.get(context).newPage();
		const id = watch(page);
		if (url) await page.goto(url, { waitUntil: 'domcontentloaded' });
		return id;
	},
	async go({ page, url }) {
		await pages.get(page).page.goto(url, { waitUntil: 'domcontentloaded' });
	},
	async reload({ page }) {
		await pages.get(page).page.reload({ waitUntil: 'domcontentloaded' });
	},
	async closePage({ page }) {
		await pages.get(page).page.close();
	},
	async address({ page }) {
		return pages.get(page).page.url();
	},
	async title({ page }) {
		return pages.get(page).page.title();
	},
	async act(q) {
		const at = await locate(q);
		const o = q.timeout ? { timeout: q.timeout } : {};
		switch (q.act) {
			case 'click':
				return at.click(o);
			case 'force':
				return at.dispatchEvent('click');
			case 'hover':
				return at.hover(o);
			case 'fill':
				return at.fill(q.value, o);
			case 'type':
				return at.pressSequentially(q.value, { delay: 30, ...o });
			case 'press':
				return at.press(q.value, o);
			case 'upload':
				return at.setInputFiles(q.files, o);
			case 'focus':
				return at.focus(o);
			case 'scroll':
				return at.scrollIntoViewIfNeeded(o);
			default:
				throw new Error(`no act ${q.act}`);
		}
	},
	// wait returns when the thing is visible, hidden (or not there), or n times there.
	async wait(q) {
		const at = await locate(q);
		const timeout = q.timeout ?? 20000;
		if (q.state !== 'count') {
			await (q.state === 'visible' ? at.first() : at.first()).waitFor({ state: q.state, timeout });
			return;
		}
		const end = Date.now() + timeout;
		for (;;) {
			const n = await at.count();
			if (n === q.n) return;
			if (Date.now() > end) throw new Error(`there are ${n}, not ${q.n}: ${JSON.stringify(await at.allInnerTexts())}`);
			await new Promise((go) => setTimeout(go, 50));
		}
	},
	async read(q) {
		const at = await locate(q);
		switch (q.what) {
			case 'count':
				return at.count();
			case 'texts':
				return at.allInnerTexts();
			case 'value':
				return at.inputValue();
			case 'text':
				return at.innerText();
			case 'focused':
				return at.evaluate((el) => el === el.ownerDocument.activeElement);
			default:
				return at.getAttribute(q.what);
		}
	},
	async eval(q) {
		return (await where(q)).evaluate(q.code, q.value);
	},
	// waitEval asks from outside again and again: waiting inside would need eval in the page.
	async waitEval(q) {
		const at = await where(q);
		const end = Date.now() + (q.timeout ?? 20000);
		while (!(await at.evaluate(q.code))) {
			if (Date.now() > end) throw new Error(`never true: ${q.code}`);
			await new Promise((go) => setTimeout(go, 30));
		}
	},
	// mouse presses a place; a negative one is counted from the far edge.
	async mouse({ page, x, y, wheel }) {
		const it = pages.get(page).page;
		const { width, height } = it.viewportSize();
		const { mouse } = it;
		if (x < 0) x += width;
		if (y < 0) y += height;
		if (wheel) {
			await mouse.move(x, y);
			return mouse.wheel(0, wheel);
		}
		return mouse.click(x, y);
	},
	async size({ page, x, y }) {
		await pages.get(page).page.setViewportSize({ width: x, height: y });
	},
	// scrollUp moves a scrolled box up by most of its height and lets it settle.
	async scrollUp(q) {
		const at = (await locate(q)).first();
		await at.evaluate(
			(el) =>
				new Promise((go) => {
					el.scrollTop -= el.clientHeight * 0.8;
					requestAnimationFrame(() => requestAnimationFrame(go));
				}),
		);
		await new Promise((go) => setTimeout(go, 60)); // frames of mails have to load
	},
	// idle waits until the page drew twice in a row with nothing left to fetch.
	async idle({ page }) {
		const it = pages.get(page).page;
		await it.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {}); // a socket that polls never ends
		await it.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
	},
	// write types where the focus is, as a keyboard does.
	async write({ page, value }) {
		await pages.get(page).page.keyboard.type(value);
	},
	// compose has an input method write: what it shows on the way, keys it takes meanwhile, and what it leaves.
	async compose({ page, value, keys, code }) {
		const it = pages.get(page).page;
		const cdp = await it.context().newCDPSession(it);
		for (const text of value) {
			await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
		}
		for (const key of keys ?? []) {
			// What a page is told of a key that the input method takes.
			await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Process', code: key });
			await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', windowsVirtualKeyCode: 229, key: 'Process', code: key });
		}
		await cdp.send('Input.insertText', { text: code });
		await cdp.detach();
	},
	async keys({ page, keys }) {
		for (const key of keys) await pages.get(page).page.keyboard.press(key);
	},
	async download(q) {
		const { page } = pages.get(q.page);
		const [file] = await Promise.all([page.waitForEvent('download'), (await locate(q)).click()]);
		const path = await file.path();
		return { name: file.suggestedFilename(), base64: readFileSync(path).toString('base64') };
	},
	// fetch asks for an address the way the page itself would, and returns what came.
	async fetch({ page, url }) {
		const r = await pages.get(page).page.context().request.get(url);
		return { status: r.status(), headers: r.headers(), base64: (await r.body()).toString('base64') };
	},
	async popup(q) {
		const { page } = pages.get(q.page);
		const [other] = await Promise.all([page.waitForEvent('popup'), (await locate(q)).click()]);
		return watch(other);
	},
	async log({ page }) {
		return pages.get(page).log;
	},
	async shot({ page, file, full }) {
		await pages.get(page).page.screenshot({ path: file, fullPage: full, animations: 'disabled' });
	},
	// tree is what a screen reader is told, closed shadow trees included.
	async tree({ page }) {
		const it = pages.get(page).page;
		const cdp = await it.context().newCDPSession(it);
		const { nodes } = await cdp.send('Accessibility.getFullAXTree');
		await cdp.detach();
		return nodes
			.filter((n) => !n.ignored)
			.map((n) => ({
				role: n.role?.value ?? '',
				name: n.name?.value ?? '',
				expanded: n.properties?.find((p) => p.name === 'expanded')?.value?.value,
			}));
	},
	// looks walks every page; see there.
	async looks({ options }) {
		return looks(browser, axe, options);
	},
	async axe(q) {
		const at = await where(q);
		const found = await at.evaluate(async (options) => {
			const r = await window.axe.run(document, options);
			const some = (list) =>
				list.map((v) => ({
					rule: v.id,
					impact: v.impact,
					help: v.help,
					nodes: v.nodes.slice(0, 5).map((n) => ({ target: n.target.flat().join(' '), html: n.html.slice(0, 240), why: n.failureSummary })),
				}));
			return some(r.violations);
		}, q.options ?? {});
		return found;
	},
};

const say = (o) => process.stdout.write(`${JSON.stringify(o)}\n`);
say({ id: 0, value: browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
	const { id, op, ...q } = JSON.parse(line);
	commands[op](q).then(
		(value) => say({ id, value: value ?? null }),
		(e) => say({ id, error: `${op}: ${e.message ?? e}` }),
	);
}
await browser.close();
process.exit(0);
