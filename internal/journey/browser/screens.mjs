// Photographs the pages of a running demo; internal/screens starts it.
//
//   node screens.mjs '{"chromium":…,"out":…,"demo":…,"empty":…,"language":…,"theme":…}'
import { chromium } from 'playwright-core';
import { chatOf, pages } from './places.mjs';

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

// invited adds somebody to the team and returns the link that they are given.
const invited = (page, n) => page.evaluate(async (email) => {
	const post = async (path, body) => {
		const r = await fetch(`/api/v1/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
		if (!r.ok) throw new Error(`POST ${path}: ${r.status}`);
		return r.json();
	};
	const { id } = await post('agents', { email, name: 'Han Mei', role: 'agent', max_load: 5 });
	return (await post(`agents/${id}/password-link`, {})).url;
}, `han.${n}@demo.example`);

for (const width of [1440, 390]) {
	const page = await visitor(width);
	await page.goto(`${plan.empty}/`);
	await shot(page, 'setup', width);
	await page.goto(`${plan.demo}/`);
	await shot(page, 'signin', width);
	await page.goto(`${plan.demo}/password/forgot`);
	await shot(page, 'forgot', width);
	await page.goto(`${plan.demo}/signin`);
	await page.fill('input[autocomplete=username]', 'lin@demo.example');
	await page.fill('input[type=password]', 'demo-lin-2026');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/inbox/**');
	// The demo's first customers write while the hub starts.
	await page.waitForFunction(async () => (await (await fetch('/api/v1/conversations?limit=10')).json()).items?.length >= 4, undefined, { polling: 500 });
	const all = await pages(page);
	for (const [name, path] of Object.entries(all)) {
		await page.goto(plan.demo + path);
		await shot(page, name, width);
	}
	await page.goto(await invited(page, width));
	await shot(page, 'invitation', width);
	await page.goto(plan.demo + chatOf(all.widget));
	await page.locator('textarea').waitFor();
	await shot(page, 'chat', width);
	await page.goto(`${plan.demo}/demo/`);
	await shot(page, 'shop', width);
	await page.goto(`${plan.demo}/demo/phones`);
	await shot(page, 'phones', width);
	await page.context().close();
}
await browser.close();
