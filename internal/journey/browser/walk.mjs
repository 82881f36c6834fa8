// One page that is taken from place to place, and what each place is judged by.
import { overflow, untranslated } from './judge.mjs';

export const desk = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

// Rules whose answer depends on the theme; the others are asked in one of them.
const seen = ['color-contrast', 'link-in-text-block'];

// layers are what lies over a page. What is below was judged before they opened.
const layers = '.ant-modal-wrap, .ant-drawer-content-wrapper, .ant-popover, .ant-dropdown, .ant-select-dropdown, .ant-picker-dropdown';

// drawn waits until nothing is asked for, nothing moves, and the page was drawn
// so many times since.
async function drawn(times) {
	const looks = window.parleyLooks;
	const end = performance.now() + 4000;
	const frames = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
	const moves = (a) => a.playState === 'running' && a.effect?.getComputedTiming().iterations !== Infinity;
	for (let calm = 0; calm < times && performance.now() < end; ) {
		await frames();
		calm = looks.pending > 0 || document.getAnimations().some(moves) ? 0 : calm + 1;
	}
}

// check has axe judge the document or what is open over it.
async function check([rules, layers]) {
	const over = [...document.querySelectorAll(layers)].filter((el) => el.checkVisibility({ visibilityProperty: true }));
	const options = { resultTypes: ['violations'], preload: false, ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}) };
	const r = await window.axe.run(over.length ? { include: over } : document, options);
	return r.violations.map((v) => ({ rule: v.id, help: v.help, nodes: v.nodes.map((n) => ({ target: n.target.flat().join(' '), html: n.html.slice(0, 300), why: n.failureSummary })) }));
}

export class Walk {
	constructor(plan, page, report) {
		Object.assign(this, { plan, page, at: page, ...report, loading: new Set() });
		// Scripts and styles that a page loads late are not asked for by fetch.
		page.on('request', (r) => /script|stylesheet|image/.test(r.resourceType()) && this.loading.add(r));
		for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => this.loading.delete(r));
	}

	async settle(times = 2) {
		await this.timed('settle', async () => {
			const end = Date.now() + 4000;
			do await this.page.evaluate(drawn, times);
			while (this.loading.size > 0 && Date.now() < end);
		});
	}

	// note keeps a finding once, with the first place it was seen and how often.
	note(place, kind, what, detail = '') {
		const id = `${kind}|${what}`;
		const was = this.found.get(id);
		if (was) was.times++;
		else this.found.set(id, { place, kind, what, detail, times: 1 });
	}

	async timed(name, run) {
		const from = performance.now();
		const out = await run();
		this.spent[name] = Math.round((this.spent[name] ?? 0) + performance.now() - from);
		return out;
	}

	async axe(place, rules) {
		for (const v of await this.timed(rules ? 'contrast' : 'axe', () => this.at.evaluate(check, [rules, layers])))
			for (const n of v.nodes) this.note(place, `axe ${v.rule}`, n.target.replace(/«[^»]*»|_r_\w+_|:nth-child\(\d+\)/g, ''), `${v.help}\n${n.html}\n${n.why}`);
	}

	async boxes(place) {
		for (const f of await this.timed('boxes', () => this.at.evaluate(overflow, layers))) this.note(place, f.kind, f.what, `by ${f.by} px: ${f.text}`);
	}

	async words(place) {
		for (const f of await this.timed('words', () => this.at.evaluate(untranslated, [layers, this.known]))) this.note(place, f.kind, `${f.what}: ${f.text}`);
	}

	async shot(place, width, theme) {
		if (this.plan.shots) await this.page.screenshot({ path: `${this.plan.shots}/${place}-${theme}-${width}.png` });
	}

	// judge looks at what is on the screen now, and leaves it light and on a desk.
	// spoken: its words come from the language files.
	async judge(place, spoken = true) {
		const { page } = this;
		this.places.push(place);
		await this.shot(place, 1440, 'light');
		await this.axe(place);
		if (spoken) await this.words(place);
		await this.boxes(`${place} at 1440`);
		await page.emulateMedia({ colorScheme: 'dark' });
		await this.settle(1);
		await this.axe(`${place} in the dark`, seen);
		await this.shot(place, 1440, 'dark');
		await page.setViewportSize(phone);
		await this.settle(1);
		if (this.plan.long) await this.axe(`${place} in the dark at 390`);
		await this.shot(place, 390, 'dark');
		await this.boxes(`${place} at 390`);
		if (spoken && this.plan.long) await this.words(`${place} at 390`);
		await page.emulateMedia({ colorScheme: 'light' });
		if (this.plan.long) {
			await this.settle(1);
			await this.axe(`${place} at 390`, seen);
		}
		await page.setViewportSize(desk);
	}

	// load opens an address anew.
	async load(url) {
		await this.timed('load', async () => {
			await this.page.goto(url, { waitUntil: 'domcontentloaded', timeout: 30000 });
			await this.page.locator('main, #app, body > [class]').first().waitFor({ state: 'attached', timeout: 30000 });
		});
		await this.settle();
	}

	// go changes the address inside the application, where it is loaded already.
	async go(path) {
		await this.timed('go', async () => {
			await this.page.keyboard.press('Escape');
			// By way of a page that does not exist, so that nothing stays open.
			for (const to of ['/nowhere', path]) {
				await this.page.evaluate((p) => history.pushState({}, '', p), to);
				await this.page.waitForFunction(
					([p, nowhere]) => {
						const lost = document.querySelector('main > h1.sr + [class*=empty]') !== null;
						return p === nowhere ? lost : !lost && document.querySelector('h1') !== null;
					},
					[to, '/nowhere'],
					{ polling: 'raf' },
				);
			}
		});
		await this.settle();
	}

	// open does what has to be done to see something, and judges it.
	async open(place, steps) {
		try {
			for (const step of steps) {
				await this.timed('open', () => step(this.page, this.say));
				await this.settle();
			}
		} catch (e) {
			this.note(place, 'cannot be opened', String(e.message).split('\n')[0]);
			return;
		}
		await this.judge(place);
		for (let n = 0; n < 3; n++) await this.page.keyboard.press('Escape');
	}
}
