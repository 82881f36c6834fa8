// A language nobody speaks: English with accents and two fifths more length. It
// exists only in the browser of a test, made there from the English words that
// the application, the visitor's panel and the hub give.

// pseudo turns an English text; variables and marks in it stay. Each word is
// made longer by itself, so that a label goes on containing the words it shows.
export function pseudo(text) {
	const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
	const odd = [...'åƀçðéƒĝĥîĵķļɱñöþʠŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ'];
	const word = (w) => w.replace(/./g, (c) => odd[plain.indexOf(c)]) + 'ö'.repeat(Math.ceil(w.length * 0.4));
	return text
		.split(/(\{\{[^}]*\}\}|<[^>]*>|\$t\([^)]*\)|%s)/)
		.map((part, i) => (i % 2 ? part : part.replace(/[A-Za-z]+/g, word)))
		.join('');
}

// install runs first in every document. It gives what the hub answers in two
// languages the odd one, keeps what of the answers is data, counts what is still
// asked for, and holds or fails answers where a place wants to see that.
function install() {
	const data = new Set();
	const looks = { pending: 0, data, wants: sessionStorage.getItem('looks.wants') ?? '' };
	const words = (tree) => {
		if (typeof tree === 'string') return pseudo(tree);
		if (Array.isArray(tree)) return tree.map(words);
		if (tree && typeof tree === 'object') return Object.fromEntries(Object.entries(tree).map(([k, v]) => [k, words(v)]));
		return tree;
	};
	const read = (tree, key) => {
		if (typeof tree === 'string') {
			if (tree.length > 1 && (!/^[a-z_]+$/.test(tree) || /name|title|text|body|label|value|id|path|scope|patterns|words|phrases|except/.test(key))) data.add(tree);
			if (/^https?:/.test(tree) && URL.canParse(tree)) data.add(new URL(tree).host);
			return tree;
		}
		if (Array.isArray(tree)) return tree.map((v) => read(v, key));
		if (!tree || typeof tree !== 'object') return tree;
		if (typeof tree.en === 'string' && typeof tree.zh === 'string') return { ...tree, en: pseudo(tree.en) };
		if (typeof tree.detail === 'string' && typeof tree.code === 'string') return { ...tree, detail: pseudo(tree.detail), remedy: pseudo(tree.remedy ?? ''), errors: undefined };
		return Object.fromEntries(Object.entries(tree).map(([k, v]) => (data.add(k), [k, read(v, k)])));
	};
	const real = window.fetch;
	window.fetch = async (...asked) => {
		const request = new Request(...asked);
		const own = /\/api\/v1\/(session|setup|me)\b/.test(request.url);
		if (looks.wants === 'loading' && !own) return new Promise(() => {});
		if (looks.wants === 'failing' && !own) {
			const body = { code: 'internal', status: 500, detail: pseudo('The hub could not do this.'), remedy: pseudo('Try again. If it happens again, tell your administrator.') };
			return new Response(JSON.stringify(body), { status: 500, headers: { 'Content-Type': 'application/json', 'X-Request-Id': '0123456789abcdef' } });
		}
		looks.pending++;
		try {
			const answer = await real(request);
			if (!answer.headers.get('Content-Type')?.includes('json')) return answer;
			const tree = read(await answer.json(), '');
			return new Response(JSON.stringify(tree), { status: answer.status, headers: answer.headers });
		} finally {
			looks.pending--;
		}
	};
	// The same for what comes by socket, and for what stands in the page itself.
	const Socket = window.WebSocket;
	window.WebSocket = class extends Socket {
		constructor(...asked) {
			super(...asked);
			this.addEventListener('message', (e) => {
				if (typeof e.data === 'string' && /^[[{]/.test(e.data)) read(JSON.parse(e.data), '');
			});
		}
	};
	addEventListener('DOMContentLoaded', () => {
		if (document.body.dataset.settings) read(JSON.parse(document.body.dataset.settings), 'value');
	});
	window.parleyLooks = looks;
	window.parleyWords = (language, tree) => (language === 'zh' ? tree : words(tree));
}

export const script = `(() => { ${pseudo}; (${install})(); })()`;

// speak rewrites the scripts that hold words on their way to the pages of a
// context. rewritten counts how often each was met; a walk that rewrote none
// of a kind judged nothing. kept holds what was rewritten, by path: the next
// page that asks for it has it at once.
export async function speak(context, rewritten, kept) {
	const change = (kind, change) => async (route) => {
		const { pathname } = new URL(route.request().url());
		if (!kept.has(pathname)) {
			// A hub that ends meanwhile ends this request, not the driver of all journeys.
			const answer = await route.fetch().catch(() => null);
			if (!answer) return route.abort().catch(() => {});
			const text = await answer.text();
			const body = change(text);
			if (body !== text) rewritten[kind]++;
			kept.set(pathname, { status: answer.status(), headers: answer.headers(), body });
		}
		await route.fulfill(kept.get(pathname));
	};
	// The one place where i18next takes words up.
	const taken = /\baddResourceBundle\((\w+),(\w+),(\w+)[^)]*\)\{/;
	await context.route(/\/assets\/[^/]+\.js$/, change('application', (text) =>
		text.replace(taken, (all, language, _, tree) => `${all}${tree}=globalThis.parleyWords(${language},${tree});`),
	));
	await context.route(/main-en-[^/]+\.js$/, change('panel', (text) => {
		const from = text.indexOf('{chat:"Chat"');
		if (from < 0) return text;
		let to = from;
		for (let depth = 0, quote = ''; to < text.length; to++) {
			const c = text[to];
			if (quote) {
				if (c === '\\') to++;
				else if (c === quote) quote = '';
			} else if (c === '"' || c === "'" || c === '`') quote = c;
			else if (c === '{') depth++;
			else if (c === '}' && --depth === 0) break;
		}
		return `${text.slice(0, from)}globalThis.parleyWords("en",${text.slice(from, to + 1)})${text.slice(to + 1)}`;
	}));
}
