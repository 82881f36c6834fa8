/** bytes writes a size for people: "1.4 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB"];
  let value = n / 1000;
  let i = 0;
  while (value >= 999.5 && i < units.length - 1) {
    value /= 1000;
    i++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[i]}`;
}

/** initials are the one or two characters a picture shows in place of a photo. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (!trimmed) return "?";
  const first = [...trimmed][0]!;
  if (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(first)) {
    const all = [...trimmed];
    return all.length <= 2 ? trimmed : all.slice(-2).join("");
  }
  const words = trimmed.split(/\s+/);
  const second = words.length > 1 ? [...words[words.length - 1]!][0] : "";
  return (first + (second ?? "")).toUpperCase();
}

/** hue is a stable colour number for a name. */
export function hue(id: string): number {
  let h = 0;
  for (const c of id) h = (h * 31 + c.codePointAt(0)!) >>> 0;
  return h % 360;
}

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : undefined;

/** lengthIn counts text in the unit a channel limits it by. */
export function lengthIn(text: string, unit: string): number {
  switch (unit) {
    case "bytes":
      return new TextEncoder().encode(text).length;
    case "utf16":
      return text.length;
    case "graphemes":
      return segmenter ? [...segmenter.segment(text)].length : [...text].length;
    default:
      return [...text].length;
  }
}

/** host shortens an address to where it leads. */
export function host(url: string): string {
  try {
    const u = new URL(url);
    return u.host + (u.pathname === "/" ? "" : u.pathname);
  } catch {
    return url;
  }
}

/** safeURL is an address that may be opened from content a customer wrote. */
export function safeURL(url: string | undefined): string | undefined {
  if (!url) return undefined;
  try {
    const u = new URL(url);
    return u.protocol === "https:" || u.protocol === "http:" ? u.href : undefined;
  } catch {
    return undefined;
  }
}

/** spaced sets a space where Chinese goes on in Latin letters or digits, as is written: "关联 Telegram". */
export const spaced = (text: string): string => text.replace(/(\p{Script=Han})(?=[A-Za-z0-9])/gu, "$1 ");
