// Brand colours come from people; contrast is kept here, whatever they choose.

type Rgb = [number, number, number];

function rgb(hex: string): Rgb {
	const n = Number.parseInt(hex.slice(1), 16);
	return [n >> 16, (n >> 8) & 255, n & 255];
}

// Relative luminance and contrast ratio as WCAG 2.2 defines them.
function luminance(c: Rgb): number {
	const f = (v: number) => {
		const s = v / 255;
		return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]);
}

export function contrast(a: string, b: string): number {
	const x = luminance(rgb(a)) + 0.05;
	const y = luminance(rgb(b)) + 0.05;
	return x > y ? x / y : y / x;
}

// readableInk is the colour of words on a surface: white while that is legible,
// else near-black. One of the two always reaches 4.5.
export function readableInk(surface: string): string {
	return contrast(surface, "#ffffff") >= 4.5 ? "#ffffff" : "#0b0d12";
}

// readableOn moves color towards black or white until it can be read on ground.
export function readableOn(color: string, ground: string): string {
	const end = luminance(rgb(ground)) > 0.4 ? 0 : 255;
	let c = rgb(color);
	let hex = color;
	for (let i = 0; i < 20 && contrast(hex, ground) < 4.5; i++) {
		c = c.map((v) => Math.round(v + (end - v) * 0.12)) as Rgb;
		hex = `#${c.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
	}
	return hex;
}
