// The panel is built once for each language; the build puts the other words in
// the place of these.
import { nth, words } from "./words/zh";

export { nth };
export type Word = keyof typeof words;
export type Words = (word: Word, fill?: string | number) => string;

export const t: Words = (word, fill) => words[word].replace("%s", `${fill ?? ""}`);

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
export function clock(at: number, now: number, lang: string): string {
	const d = new Date(at);
	const time = d.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
	const day = (v: number) => new Date(v).setHours(0, 0, 0, 0);
	const ago = Math.round((day(now) - day(at)) / 864e5);
	const date = d.toLocaleDateString(lang, { month: "short", day: "numeric" });
	return `${ago === 0 ? t("today") : ago === 1 ? t("yesterday") : date} ${time}`;
}
