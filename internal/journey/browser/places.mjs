// The pages of the application and what can be open on them. screens.mjs
// photographs the pages, looks.mjs judges pages and everything open.

const settings = ['profile', 'notifications', 'keys', 'sessions', 'team', 'routing', 'hours', 'canned', 'tags', 'attributes', 'business', 'rating', 'alerts', 'blocks', 'tokens', 'audit'];

// lists are the addresses that need nothing to be there, by name.
export const lists = {
	list: '/inbox/all', queue: '/inbox/queue', mentions: '/inbox/mentions', watch: '/watch', search: '/search', contacts: '/contacts', bots: '/bots', channels: '/channels', gallery: '/channels/link',
	trouble: '/channels/trouble', ...Object.fromEntries(settings.map((s) => [`settings-${s}`, `/settings/${s}`])),
};

// served is a conversation of a channel whose platform has a desk of its own: a
// customer of the demo's phones begins it.
const served = (page) => page.evaluate(async (kind) => {
	const phones = await (await fetch('/demo/phones/list')).json();
	const who = phones.find((p) => p.kind === kind).customers[0].id;
	const body = JSON.stringify({ kind: 'text', text: 'refund please' });
	await fetch(`/demo/phones/${kind}/acts?customer=${encodeURIComponent(who)}`, { method: 'POST', body });
	for (;;) {
		const all = (await (await fetch('/api/v1/conversations?status=open&limit=100')).json()).items;
		const talk = all.find((c) => c.account.kind === kind);
		if (talk) return talk.id;
		await new Promise((wait) => setTimeout(wait, 200));
	}
}, 'wechatkf');

// pages are the addresses behind the sign-in of a hub where somebody wrote.
export async function pages(page) {
	const first = (path) => page.evaluate(async (p) => {
		const all = (await (await fetch(`/api/v1/${p}`)).json()).items;
		return all[0]?.id;
	}, path);
	const account = (kind) => page.evaluate(async (k) => {
		const all = (await (await fetch('/api/v1/accounts?limit=100')).json()).items;
		return all.find((a) => a.kind === k)?.id;
	}, kind);
	const [conversation, contact, bot, wechat, web, desk] = await Promise.all([first('conversations?limit=1'), first('contacts?limit=1'), first('bots'), account('wechat'), account('web'), served(page)]);
	const { search, channels, gallery, ...rest } = lists;
	return {
		inbox: `/inbox/all/${conversation}`, search: `${search}?q=a`, desk: `/inbox/all/${desk}`, contact: `/contacts/${contact}`, bot: `/bots/${bot}/rules`,
		channels, gallery, linking: '/channels/link/telegram', account: `/channels/a/${wechat}`, widget: `/channels/a/${web}/widget`, ...rest,
	};
}

// chatOf is the chat as a page of its own, by the address of where its looks are chosen.
export const chatOf = (widget) => widget.replace(/^\/channels\/a(.*)\/widget$/, '/chat$1');

const press = (css, nth = 0) => (page) => page.locator(`${css} >> visible=true`).nth(nth).click();
const named = (name) => (page, say) => page.getByRole('button', { name: say(name), exact: true }).filter({ visible: true }).first().click();
const item = (name) => (page, say) => page.getByRole('menuitem', { name: say(name) }).filter({ visible: true }).first().click();
const key = (keys) => (page) => page.keyboard.press(keys);
const primary = press('main .ant-btn-primary');
const row = press('main .ant-table-row');
const picked = (css) => press(`${css} .ant-select`);
const dialog = '.ant-modal, .ant-drawer';

// give asks why a chat goes to the platform's own desk.
const give = [named('More'), item("Give to the platform's own desk"), (page) => page.locator('.ant-modal textarea').waitFor()];

// open is what can be opened on the pages of those names: what is pressed, one
// after another, and the parts of it are judged together.
export const open = {
	inbox: {
		palette: [key('Control+k')],
		help: [key('?')],
		me: [press('nav button[class*=me], nav .ant-dropdown-trigger')],
		owner: [press('header .ant-popover-open, main header [class*=owner]')],
		more: [named('More')],
		transfer: [key('a')],
		snooze: [key('h')],
		tags: [key('l')],
		priority: [key('p')],
		sort: [press('main .ant-dropdown-trigger')],
		filter: [key('f'), picked(dialog)],
		selected: [key('x')],
		note: [key('n')],
		// From here on it is ours to answer.
		taken: [key('i')],
		emoji: [named('Emoji')],
		canned: [named('Canned replies')],
	},
	desk: {
		give,
		given: [...give, (page) => page.locator('.ant-modal textarea').fill('x'), press('.ant-modal .ant-btn-primary'), (page) => page.locator('.ant-modal').waitFor({ state: 'hidden' })],
	},
	contacts: { tag: [press('main .ant-select')] },
	contact: { merge: [named('Merge with another contact')], erase: [press('main .ant-btn-dangerous')] },
	bots: { new: [primary, picked(dialog)] },
	bot: { rule: [row, picked(dialog)] },
	account: { remove: [press('main .ant-btn-dangerous')] },
	'settings-profile': { twoStep: [named('Set up two-step sign-in')] },
	'settings-team': { agent: [primary, picked(dialog)], more: [press('main .ant-dropdown-trigger')] },
	'settings-hours': { new: [primary] },
	'settings-canned': { new: [primary], wrong: [primary, press(`${dialog} .ant-btn-primary`)] },
	'settings-tags': { new: [primary, picked(dialog)], remove: [press('main .ant-table-row .ant-btn')] },
	'settings-attributes': { new: [primary, picked(dialog)] },
	'settings-blocks': { new: [named('Block an address')] },
	'settings-tokens': { new: [primary] },
};

// tabs are further addresses of a page.
export const tabs = { bot: ['basics', 'menus', 'replies', 'human', 'hits', 'missed', 'conversations', 'versions'] };
