// Photographs the pages of a running demo; internal/screens starts it.
//
//   node screens.mjs '{"chromium":…,"out":…,"demo":…,"empty":…,"language":…,"theme":…}'
import { chromium } from 'playwright-core';

const plan = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: plan.chromium, chromiumSandbox: false, args: ['--disable-dev-shm-usage'] });
const sizes = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };

// settled waits until a page asks for nothing more and its pictures are drawn.
async function settled(page) {
	await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {}); // an open socket never idles
	await page.waitForTimeout(400);
}

async function shot(page, name, width) {
	await settled(page);
	await page.screenshot({ path: `${plan.out}/${name}-${plan.theme}-${width}.jpg`, type: 'jpeg', quality: 72 });
}

async function visitor(width) {
	const context = await browser.newContext({
		viewport: sizes[width], colorScheme: plan.theme, reducedMotion: 'reduce', locale: plan.language === 'zh' ? 'zh-CN' : 'en-GB',
	});
	await context.addInitScript((l) => localStorage.setItem('parley.language', l), plan.language);
	return context.newPage();
}

// pages are the addresses behind the sign-in, by the name of their picture.
async function pages(page) {
	// The demo's first customers write while the hub starts.
	await page.waitForFunction(async () => (await (await fetch('/api/v1/conversations?limit=10')).json()).items?.length >= 4, undefined, { polling: 500 });
	const first = (path) => page.evaluate(async (p) => {
		const all = (await (await fetch(`/api/v1/${p}`)).json()).items;
		return all[0]?.id;
	}, path);
	const account = (kind) => page.evaluate(async (k) => {
		const all = (await (await fetch('/api/v1/accounts?limit=100')).json()).items;
		return all.find((a) => a.kind === k)?.id;
	}, kind);
	const [conversation, contact, bot, wechat, web] = [await first('conversations?limit=1'), await first('contacts?limit=1'), await first('bots'), await account('wechat'), await account('web')];
	const settings = ['profile', 'sessions', 'team', 'routing', 'hours', 'canned', 'tags', 'attributes', 'business', 'rating', 'alerts', 'blocks', 'tokens', 'audit'];
	return {
		inbox: `/inbox/all/${conversation}`, list: '/inbox/all', queue: '/inbox/queue', watch: '/watch', search: '/search?q=a', contacts: '/contacts', contact: `/contacts/${contact}`,
		bots: '/bots', bot: `/bots/${bot}/rules`, channels: '/channels', gallery: '/channels/link', linking: '/channels/link/telegram',
		account: `/channels/a/${wechat}`, widget: `/channels/a/${web}/widget`, trouble: '/channels/trouble', ...Object.fromEntries(settings.map((s) => [`settings-${s}`, `/settings/${s}`])),
	};
}

for (const width of [1440, 390]) {
	const page = await visitor(width);
	await page.goto(`${plan.empty}/`);
	await shot(page, 'setup', width);
	await page.goto(`${plan.demo}/`);
	await shot(page, 'signin', width);
	await page.fill('input[autocomplete=username]', 'lin@demo.example');
	await page.fill('input[type=password]', 'demo-lin-2026');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/inbox/**');
	for (const [name, path] of Object.entries(await pages(page))) {
		await page.goto(plan.demo + path);
		await shot(page, name, width);
	}
	await page.goto(`${plan.demo}/demo/`);
	await shot(page, 'shop', width);
	await page.goto(`${plan.demo}/demo/phones`);
	await shot(page, 'phones', width);
	await page.context().close();
}
await browser.close();
