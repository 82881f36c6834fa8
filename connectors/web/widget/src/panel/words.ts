// The panel is built once for each language; the build puts the other words in
// the place of these.
import { words } from "./words/zh";

export type Word = keyof typeof words;
export type Words = (word: Word, fill?: string | number) => string;

export const t: Words = (word, fill) => words[word].replace("%s", `${fill ?? ""}`);

// nth is a place in a queue: 3rd, 第 3 位 takes the bare number.
export function nth(n: number, lang: string): string {
	if (lang.startsWith("zh")) return `${n}`;
	const end = n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th";
	return n + end;
}

export function size(bytes: number): string {
	return bytes < 1024
		? `${bytes} B`
		: bytes < 1 << 20
			? `${Math.round(bytes / 1024)} kB`
			: `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

export function length(ms: number): string {
	const s = Math.round(ms / 1000);
	return `${Math.floor(s / 60)}:${`${s % 60}`.padStart(2, "0")}`;
}

// clock is a time of day, with the day when it is not today.
export function clock(at: number, now: number, lang: string, t: Words): string {
	const d = new Date(at);
	const time = d.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
	const days = (v: number) => Math.floor((v - new Date(v).getTimezoneOffset() * 60000) / 86400000);
	const ago = days(now) - days(at);
	if (ago === 0) return `${t("today")} ${time}`;
	if (ago === 1) return `${t("yesterday")} ${time}`;
	return `${d.toLocaleDateString(lang, { month: "short", day: "numeric", year: ago > 300 ? "numeric" : undefined })} ${time}`;
}
