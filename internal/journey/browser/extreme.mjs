// Names and words of the worst kind, put into a hub by its own doors.
import { createHmac, randomUUID } from 'node:crypto';

export const long = 'W'.repeat(200);
export const han = '客户服务中心售后技术支持与配件销售联合办公室'.repeat(9);
export const rtl = 'مركز خدمة العملاء والدعم الفني لما بعد البيع والقطع';
export const emoji = '👩‍👩‍👧‍👦🏳️‍🌈🇨🇳🧑🏽‍💻'.repeat(12);
const cut = (s, n) => [...s].slice(0, n).join('');

const secret = 'a-secret-of-the-worst-customers-of-32-bytes';

// fill does what an administrator and four customers could do. The page is
// signed in; it returns what there is to look at.
export async function fill(page, hub) {
	const post = async (path, body) => {
		const answer = await page.evaluate(async ([p, b]) => {
			const r = await fetch(`/api/v1/${p}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(b) });
			return { status: r.status, body: await r.json().catch(() => null) };
		}, [path, body]);
		if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body;
	};
	const worst = [long, han, rtl, emoji];
	const some = (n) => worst.map((s) => cut(s, n));
	const week = Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]);
	await Promise.all([
		...some(60).map((name) => post('tags', { scope: 'conversation', name, color: 'red' })),
		...some(60).map((name) => post('tags', { scope: 'contact', name, color: 'blue' })),
		post('attributes', { name: cut(long, 60), kind: 'text' }),
		post('attributes', { name: cut(han, 60), kind: 'choice', options: some(60) }),
		post('canned', { shortcut: cut(long, 40), title: cut(long, 100), body: long, folder: cut(long, 60) }),
		post('canned', { shortcut: cut(han, 40), title: cut(han, 100), body: han }),
		post('blocks', { kind: 'address', prefix: '2001:db8:1111:2222:3333:4444:5555:6666/128', reason: long }),
		post('tokens', { name: cut(long, 100), role: 'agent' }),
		post('hours', { name: cut(long, 60), time_zone: 'America/Argentina/ComodRivadavia', week }),
		post('views', { name: cut(long, 60), shared: true, filter: {} }),
		post('views', { name: cut(han, 60), filter: {} }),
		post('bots', { kind: 'rules', name: cut(long, 60), language: 'en' }),
		post('agents', { email: `${'e'.repeat(60)}@${'d'.repeat(60)}.example`, name: cut(long, 100), role: 'agent', max_load: 50, password: 'tall-ships-and-tea-7' }),
		post('agents', { email: 'han@worst.example', name: cut(han, 100), role: 'limited', max_load: 50, password: 'tall-ships-and-tea-7' }),
	]);
	const invited = await post('agents', { email: 'invited@worst.example', name: cut(long, 100), role: 'agent', max_load: 5 });
	const { url: invitation } = await post(`agents/${invited.id}/password-link`, {});
	const { items: tags } = await page.evaluate(async () => (await fetch('/api/v1/tags')).json());
	await post('teams', { name: cut(long, 60) });
	const account = await post('accounts', { connector: 'http', name: cut(long, 100), config: { secret } });
	const say = async (n, name, text, more = []) => {
		const id = `worst-${n}-${randomUUID()}`;
		const at = String(Math.floor(Date.now() / 1000));
		const raw = JSON.stringify({ envelopes: [{
			event_id: id, from: { id: `worst-${n}-${'i'.repeat(100)}`, name, email: `${'a'.repeat(60)}@${'b'.repeat(60)}.example`, phone: '+86 10 0000 0000 ext 12345678901234567890' },
			visit: n ? undefined : { page: `https://shop.example/${long}`, title: long, referrer: `https://search.example/?q=${long}`, keyword: han, browser: long, system: long, trail: [{ url: `https://shop.example/${long}`, title: han, at: '2026-01-01T00:00:00Z' }] },
			event: { type: 'posted', message: { parts: [{ type: 'text', body: text }, ...more] } },
		}] });
		const mac = createHmac('sha256', secret).update(`${id}.${at}.${raw}`).digest('base64');
		const r = await fetch(account.hook_url.replace(/^https?:\/\/[^/]+/, hub), { method: 'POST', body: raw, headers: { 'Content-Type': 'application/json', 'Webhook-Id': id, 'Webhook-Timestamp': at, 'Webhook-Signature': `v1,${mac}` } });
		if (!r.ok) throw new Error(`a customer of the worst kind was answered ${r.status}`);
	};
	for (const [n, s] of worst.entries())
		await say(n, s, `${s} https://shop.example/${s}`, [
			{ type: 'location', lat: 31.2, lon: 121.4, title: s, address: s },
			{ type: 'contact', name: s, org: s, phones: [long], emails: [`${'a'.repeat(60)}@${'b'.repeat(60)}.example`] },
			{ type: 'choices', style: 'buttons', prompt: s, footer: s, options: [{ kind: 'reply', label: s, detail: s, value: s }] },
			{ type: 'card', kind: 'order', title: s, text: s, price: long, status: long, ref: long, fields: [{ label: s, value: s }] },
			{ type: 'media', kind: 'file', name: `${s}.pdf`, size: 3, url: 'http://127.0.0.1:9/' },
			{ type: 'opaque', name: s, text: s, raw: { x: s } },
		]);
	const found = await page.evaluate(async (name) => {
		for (;;) {
			const all = (await (await fetch('/api/v1/conversations?limit=50')).json()).items;
			const mine = all.filter((c) => c.account_name?.startsWith(name) || c.contact?.name?.startsWith(name));
			if (mine.length) return mine[0];
			await new Promise((go) => setTimeout(go, 100));
		}
	}, cut(long, 40));
	const scoped = (scope) => tags.filter((t) => t.scope === scope);
	const put = (path) => page.evaluate((p) => fetch(`/api/v1/${p}`, { method: 'PUT' }).then((r) => r.status), path);
	for (const t of scoped('conversation').slice(-4)) await put(`conversations/${found.id}/tags/${t.id}`);
	for (const t of scoped('contact').slice(-4)) await put(`contacts/${found.contact.id}/tags/${t.id}`);
	await post(`contacts/${found.contact.id}/notes`, { text: `${long} ${han}` });
	return { conversation: found.id, contact: found.contact.id, account: account.id, invitation };
}
