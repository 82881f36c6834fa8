import type { Settings } from "./protocol";

// paint puts the business's colours where the style finds them.
export function paint(s: Settings) {
	const style = document.documentElement.style;
	style.setProperty("--brand", s.color);
	style.setProperty("--ink", s.ink);
	style.setProperty("--link-light", s.link);
	style.setProperty("--link-dark", s.link_dark);
}
