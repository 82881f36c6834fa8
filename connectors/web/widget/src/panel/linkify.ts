// Addresses in plain text become links; everything else stays text.
const form = /\bhttps?:\/\/[^\s<>"'`，。；！？、）】》]+/gi;

export function linkify(text: string): (string | { href: string })[] {
	const out: (string | { href: string })[] = [];
	let from = 0;
	for (const m of text.matchAll(form)) {
		// A sentence's end is not part of the address; nor is a bracket that was
		// opened before it.
		let href = m[0].replace(/[.,;:!?]+$/, "");
		if (href.endsWith(")") && !href.includes("(")) href = href.slice(0, -1);
		if (m.index > from) out.push(text.slice(from, m.index));
		out.push({ href });
		from = m.index + href.length;
	}
	if (from < text.length) out.push(text.slice(from));
	return out;
}

// safeLink passes addresses a press may open, and nothing that runs.
export function safeLink(url: string | undefined): string | undefined {
	return url && /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(url) ? url : undefined;
}
