// What a page is judged by besides axe. Both functions run inside the page and
// look at what lies over it, by the selector layers, or at all of it.

// overflow names what leaves its box or the screen sideways.
export function overflow(layers) {
	const found = [];
	const width = document.documentElement.clientWidth;
	const name = (el) => `${el.tagName.toLowerCase()}${el.id ? `#${el.id}` : ''}${[...el.classList].map((c) => `.${c}`).join('')}`;
	const tell = (what, el, by) => {
		const text = (el.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 60);
		found.push({ kind: what, what: `${name(el.parentElement ?? el)} > ${name(el)}`, text, by });
	};
	const wide = document.scrollingElement;
	if (wide.scrollWidth > width && !document.querySelector('.ant-dropdown:not(.ant-dropdown-hidden)')) found.push({ kind: 'the page scrolls sideways', what: 'page', text: '', by: wide.scrollWidth - width });
	const told = new Set();
	const slack = 8; // a mark on the edge of a picture, a field that reaches into the padding
	const telling = (el) => {
		for (let up = el; up; up = up.parentElement) told.add(up);
	};
	const over = [...document.querySelectorAll(layers)].filter((el) => el.checkVisibility({ visibilityProperty: true }));
	const all = [...new Set((over.length ? over : [document.body]).flatMap((el) => [...el.querySelectorAll('*')]))].filter((el) => !el.closest('svg') && el.checkVisibility({ visibilityProperty: true }));
	for (const el of all.reverse()) {
		const style = getComputedStyle(el);
		const box = el.getBoundingClientRect();
		if (box.width < 2 || box.height < 2 || /INPUT|TEXTAREA|SELECT|OPTION|IFRAME|VIDEO|CANVAS/.test(el.tagName)) continue;
		if (told.has(el)) continue;
		const over = el.scrollWidth - el.clientWidth;
		if (style.display !== 'inline' && over > slack && el.clientWidth > 0 && el.textContent.trim()) {
			if (style.overflowX === 'visible') {
				tell('spills out of its box', el, over);
				telling(el);
				continue;
			}
			if (/hidden|clip/.test(style.overflowX) && style.textOverflow !== 'ellipsis') {
				tell('is cut', el, over);
				telling(el);
				continue;
			}
			if (/auto|scroll/.test(style.overflowX) && !el.querySelector('table, pre') && el.tagName !== 'PRE' && !el.matches('nav, [role=tablist], [role=group]')) {
				tell('scrolls sideways', el, over);
				telling(el);
				continue;
			}
		}
		// Text and what is pressed must be on the screen, unless a box of its own scrolls there.
		const own = [...el.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
		if (el.closest('.ant-dropdown, .ant-popover, .ant-select-dropdown')) continue; // stands where it was opened
		if (own || el.matches('button, a[href], [role=button], [role=tab], [role=menuitem]')) {
			let held = false;
			for (let up = el.parentElement; up && !held; up = up.parentElement) {
				const s = getComputedStyle(up);
				held = /auto|scroll/.test(s.overflowX) && up.scrollWidth > up.clientWidth;
				held ||= s.textOverflow === 'ellipsis' && s.overflowX !== 'visible';
			}
			if (!held && (box.right > width + 1 || box.left < -1) && box.bottom > 0 && box.top < innerHeight) {
				tell('is off the screen', el, Math.round(Math.max(box.right - width, -box.left)));
				telling(el);
				continue;
			}
		}
		// A line of text must not stand out of the top or the bottom of its own box.
		const deep = el.scrollHeight - el.clientHeight;
		if (own && style.display !== 'inline' && deep > slack && style.overflowY !== 'auto' && style.overflowY !== 'scroll' && style.webkitLineClamp === 'none') {
			tell(style.overflowY === 'visible' ? 'is higher than its box' : 'is cut below', el, deep);
		}
	}
	return found;
}

// untranslated names the texts that are neither in the odd language nor data.
export function untranslated([layers, known]) {
	const found = [];
	const over = [...document.querySelectorAll(layers)].filter((el) => el.checkVisibility({ visibilityProperty: true }));
	const short = window.parleyLooks?.data ?? new Set();
	const data = [...(window.parleyLooks?.data ?? []), ...known].filter((d) => d.length > 2).sort((a, b) => b.length - a.length);
	// What Intl says of times and languages, the keys of a keyboard, and what is a name or a sign in every language.
	const neutral = /\b(ctrl|shift|alt|esc|enter|english|chinese|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?|january|february|march|april|august|september|october|november|december|ago|yesterday|today|tomorrow|now|in|am|pm|at|sec|secs|seconds?|min|mins|minutes?|hrs?|hours?|days?|wks?|weeks?|months?|years?|utc|gmt|ms|kb|mb|gb|b|h|m|s|d)\b\.?/gi;
	const judge = (text, el, where) => {
		const plain = /[A-Za-z]{2}/;
		let rest = text.replace(/https?:\/\/\S+/g, ' ');
		if (!plain.test(rest.replace(neutral, ' ')) || known.includes(text.trim()) || short.has(text.trim())) return;
		// A part of what somebody said, as search shows it.
		if (data.some((d) => d.length > 20 && d.includes(text.trim()))) return;
		for (const d of data) if (rest.includes(d)) rest = rest.replaceAll(d, ' ');
		rest = rest.replace(neutral, ' ').replace(/[A-Za-z]+/g, (w) => (short.has(w) ? ' ' : w));
		if (plain.test(rest)) found.push({ kind: `untranslated ${where}`, what: `${el.tagName.toLowerCase()}.${el.classList[0] ?? ''}`, text: text.trim().slice(0, 120) });
	};
	const roots = over.length ? over : [document.body];
	const texts = roots.flatMap((root) => {
		const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
		const all = [];
		while (nodes.nextNode()) all.push(nodes.currentNode);
		return all;
	});
	for (const n of texts) {
		const el = n.parentElement;
		if (!el || /SCRIPT|STYLE|NOSCRIPT/.test(el.tagName) || el.closest('time, kbd, code, pre, [translate=no]') || !el.checkVisibility({ visibilityProperty: true })) continue;
		judge(n.data, el, 'text');
	}
	for (const el of roots.flatMap((root) => [...root.querySelectorAll('[aria-label], [title], [placeholder], [alt], [aria-description]')])) {
		if (!el.checkVisibility({ visibilityProperty: true }) || el.closest('[translate=no], [aria-hidden=true], .anticon')) continue;
		for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description']) {
			const text = el.getAttribute(name);
			if (text) judge(text, el, name);
		}
	}
	return found;
}
