// Walks every page and everything that can be open on it, in a language nobody
// speaks and among names of the worst kind, and judges what is on the screen:
// axe in both themes, whatever leaves its box on a desk and on a phone, and
// words that were not translated.
import { createRequire } from 'node:module';
import { fill, long, rtl } from './extreme.mjs';
import { chatOf, lists, open, pages, tabs } from './places.mjs';
import { pseudo, script, speak } from './pseudo.mjs';
import { desk, Walk } from './walk.mjs';

const signIn = (page, email, password) => page.evaluate(async ([e, p]) => {
	const r = await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: e, password: p }) });
	if (!r.ok) throw new Error(`signing in: ${r.status}`);
}, [email, password]);

// library are the words the component library brings in English; it brings them
// in Chinese as well.
function library() {
	const words = [];
	const gather = (tree) => {
		for (const v of Object.values(tree ?? {})) typeof v === 'string' ? words.push(v) : typeof v === 'object' && gather(v);
	};
	gather(createRequire(import.meta.url)('../../../admin/ui/node_modules/antd/lib/locale/en_US.js').default);
	return words.flatMap((w) => w.split(/\$\{\w+\}/)).filter((w) => w.length > 2);
}

// asked closes a conversation by mail and returns the address of the page that
// the letter to the customer leads to.
async function asked(page, hub) {
	await page.evaluate(async () => {
		const call = async (method, path, body) => {
			const r = await fetch(`/api/v1/${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
			if (!r.ok) throw new Error(`${method} ${path}: ${r.status}`);
		};
		await call('PATCH', 'tenant', { settings: { rating: { on: true, scale: 'stars', every: 7 } } });
		const { items: accounts } = await (await fetch('/api/v1/accounts?limit=100')).json();
		const mailbox = accounts.find((a) => a.kind === 'email').id;
		const { items: open } = await (await fetch(`/api/v1/conversations?limit=10&account=${mailbox}`)).json();
		await call('POST', `conversations/${open[0].id}/take`, {});
		await call('POST', `conversations/${open[0].id}/messages`, { text: 'Thank you.' });
		await call('POST', `conversations/${open[0].id}/close`, {});
	});
	for (const end = Date.now() + 20000; ; await page.waitForTimeout(200)) {
		const inbox = await (await page.context().request.get(`${hub}/demo/mail`)).text();
		const found = /\/rate\/[^"\s<&]+/.exec(inbox);
		if (found) return hub + found[0];
		if (Date.now() > end) throw new Error('no letter asks how content the customer is');
	}
}

// bare are the pages that look different where nothing is yet.
const bare = ['list', 'queue', 'mentions', 'watch', 'contacts', 'bots', 'channels', 'trouble', ...['team', 'routing', 'hours', 'canned', 'tags', 'attributes', 'blocks', 'tokens', 'rating', 'alerts'].map((s) => `settings-${s}`)];

// late are the pages whose loading and failing is looked at.
const late = ['contacts', 'inbox', 'contact', 'bot', 'channels', 'settings-tags', 'settings-canned'];

// looks does the walk, with two pages side by side. plan: demo and empty are
// addresses of hubs; known are words that are names in every language; shots is
// a folder for pictures, long adds axe and words on the phone.
export async function looks(browser, axe, plan) {
	const rewritten = { application: 0, panel: 0 };
	const kept = new Map();
	const report = { known: [...plan.known, ...library()], say: pseudo, found: new Map(), places: [], spent: {} };
	const room = async () => {
		const context = await browser.newContext({ viewport: desk, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB' });
		context.setDefaultTimeout(30000);
		await context.addInitScript(axe);
		await context.addInitScript(script);
		await context.addInitScript(() => localStorage.setItem('parley.language', 'en'));
		await speak(context, rewritten, kept);
		return context;
	};
	const only = (name) => !plan.only || new RegExp(plan.only).test(name);
	// A room for each: of two pages in one, that behind is hardly drawn.
	const [nobody, demo, beside] = await Promise.all([room(), room(), room()]);
	const enter = async (context) => new Walk(plan, await context.newPage(), report);

	// A hub nobody has set up, and then one where nothing is.
	const empty = async () => {
		const walk = await enter(nobody);
		await walk.load(`${plan.empty}/`);
		if (only('setup')) await walk.judge('setup');
		await walk.page.evaluate(async () => {
			const r = await fetch('/api/v1/setup', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ tenant_name: 'Nobody', language: 'en', name: 'Nobody', email: 'nobody@empty.example', password: 'tall-ships-and-tea-7' }) });
			if (!r.ok) throw new Error(`setting up: ${r.status}`);
		});
		await signIn(walk.page, 'nobody@empty.example', 'tall-ships-and-tea-7');
		await walk.load(`${plan.empty}/inbox/all`);
		for (const name of bare) {
			if (!only(`${name}-empty`)) continue;
			await walk.go(lists[name]);
			await walk.judge(`${name}-empty`);
		}
		await walk.page.close();
	};

	// The demo, with customers and names of the worst kind.
	const full = async () => {
		const walk = await enter(demo);
		await walk.load(`${plan.demo}/signin`);
		if (only('signin')) await walk.judge('signin');
		await walk.load(`${plan.demo}/password/forgot`);
		if (only('forgot')) await walk.judge('forgot');
		await signIn(walk.page, plan.email, plan.password);
		const worst = await walk.timed('fill', () => fill(walk.page, plan.demo));
		const all = { ...(await pages(walk.page)), inbox: `/inbox/all/${worst.conversation}`, contact: `/contacts/${worst.contact}`, worst: `/channels/a/${worst.account}` };
		for (const [name, more] of Object.entries(tabs)) for (const tab of more) all[`${name}-${tab}`] = all[name].replace(/\/[^/]+$/, `/${tab}`);
		if (only('invitation')) {
			await walk.load(worst.invitation);
			await walk.judge('invitation');
		}
		return { all, walk };
	};

	// Each takes the next of what is to be seen, until there is no more.
	const share = async (jobs, walks) => {
		const rest = [...jobs];
		await Promise.all(walks.map(async (walk) => {
			for (let job = rest.shift(); job; job = rest.shift()) await job(walk);
		}));
	};
	const [, { all, walk }] = await Promise.all([empty(), full()]);
	const walks = [walk, await enter(beside)];
	await walks[1].load(`${plan.demo}/signin`);
	await signIn(walks[1].page, plan.email, plan.password);
	await Promise.all(walks.map((w) => w.load(`${plan.demo}/inbox/all`)));
	await share(Object.entries(all).map(([name, path]) => async (w) => {
		if (only(name)) {
			await w.go(path);
			await w.judge(name);
		}
		for (const [what, steps] of Object.entries(open[name] ?? {})) {
			if (!only(`${name}+${what}`)) continue;
			await w.go(path);
			await w.open(`${name}+${what}`, steps);
		}
	}), walks);

	const waits = (wants) => async (w) => {
		if (!only(wants)) return;
		await w.page.evaluate((s) => sessionStorage.setItem('looks.wants', s), wants);
		await w.load(plan.demo + all.contacts);
		for (const name of late.slice(0, plan.long ? undefined : 5)) {
			if (name !== 'contacts') await w.go(all[name]);
			await w.page.locator(wants === 'loading' ? '[role=status] > span, .ant-spin-spinning' : '[role=alert]').first().waitFor();
			await w.judge(`${name}-${wants}`);
		}
		await w.page.evaluate(() => sessionStorage.removeItem('looks.wants'));
		await w.load(`${plan.demo}/settings/profile`);
	};
	const lost = async (w) => {
		if (!only('nowhere')) return;
		await w.page.evaluate(() => history.pushState({}, '', '/nowhere'));
		await w.page.locator('main > h1.sr + [class*=empty]').waitFor({ state: 'attached' });
		await w.judge('nowhere');
	};
	const played = (name, path) => async (w) => {
		if (!only(name)) return;
		await w.load(plan.demo + path);
		await w.judge(name, false);
	};
	const chat = async (w) => {
		if (!only('chat')) return;
		await w.load(plan.demo + chatOf(all.widget));
		await w.judge('chat');
		await w.page.locator('textarea').fill(`${long} ${rtl}`);
		await w.page.keyboard.press('Enter');
		await w.page.locator('.msg:not(.mine)').nth(1).waitFor();
		await w.judge('chat+said');
	};
	const rate = async (w) => {
		if (!only('rate')) return;
		await w.load(`${plan.demo}/settings/profile`);
		await w.load(await w.timed('letter', () => asked(w.page, plan.demo)));
		await w.judge('rate', false);
	};
	const panel = async (w) => {
		if (!only('panel')) return;
		await w.load(`${plan.demo}/demo/`);
		await w.page.mouse.click(desk.width - 48, desk.height - 48); // the launcher's tree is closed to selectors
		for (const end = Date.now() + 15000; w.at === w.page && Date.now() < end; await w.page.waitForTimeout(50))
			w.at = w.page.frames().find((f) => f.url().includes('/chat/')) ?? w.page;
		await w.at.locator('textarea').waitFor();
		await w.judge('panel');
		w.at = w.page;
	};
	await share([waits('loading'), lost, waits('failing'), chat, played('shop', '/demo/'), rate, played('mail', '/demo/mail'), played('phones', '/demo/phones'), panel], walks);
	await Promise.all([nobody, demo, beside].map((c) => c.close()));
	return { found: [...report.found.values()], seen: report.places, rewritten, spent: report.spent };
}
