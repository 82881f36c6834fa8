/**
 * The canonical message, as `core/canon` writes it. What this build does not
 * know reads as Opaque: shown, never dropped.
 */
export type Part = Text | Media | Location | Sticker | ContactCard | Choices | Template | Card | Opaque;

export interface Text {
  type: "text";
  body: string;
  html?: string;
  spans?: Span[];
}

export interface Span {
  /** In Unicode code points of the body. */
  start: number;
  length: number;
  style: "bold" | "italic" | "strike" | "code" | "pre" | "link" | "mention" | "quote";
  url?: string;
}

export type MediaKind = "image" | "voice" | "audio" | "video" | "animation" | "file";

export interface Media {
  type: "media";
  kind: MediaKind;
  file?: string;
  state?: "pending" | "expired";
  name?: string;
  mime?: string;
  size?: number;
  width?: number;
  height?: number;
  millis?: number;
  /** Base64 of up to 64 levels. */
  wave?: string;
  caption?: string;
  /** Content-ID when a mail shows it in its text. */
  inline?: string;
  /** Why its bytes cannot be had, when it is expired. */
  why?: { en: string; zh: string };
}

export interface Location {
  type: "location";
  lat: number;
  lon: number;
  title?: string;
  address?: string;
}

export interface Sticker {
  type: "sticker";
  image?: Omit<Media, "type">;
  emoji?: string;
  /** What it stands for, where there is no picture of it. */
  words?: string;
  pack?: string;
}

export interface ContactCard {
  type: "contact";
  name: string;
  org?: string;
  phones?: string[];
  emails?: string[];
}

export interface Option {
  kind: "reply" | "url" | "app" | "phone" | "location" | "human";
  label: string;
  value?: string;
  detail?: string;
  section?: string;
  url?: string;
}

export interface Choices {
  type: "choices";
  style: "quick" | "buttons" | "list";
  prompt?: string;
  options: Option[];
  footer?: string;
  taken?: string;
  scale?: boolean;
  said?: string;
}

export interface Template {
  type: "template";
  name: string;
  locale: string;
  text: string;
  params?: {
    slot: string;
    text?: string;
    file?: string;
    media?: MediaKind;
    leads?: "url" | "app" | "page";
  }[];
}

export interface Field {
  name: string;
  label?: string;
  value: string;
}

export interface Card {
  type: "card";
  kind: "product" | "order" | "link" | "app" | "article";
  ref?: string;
  title: string;
  text?: string;
  url?: string;
  image?: Omit<Media, "type">;
  price?: string;
  status?: string;
  fields?: Field[];
}

export interface Opaque {
  type: "opaque";
  name: string;
  text?: string;
  raw?: unknown;
}

export interface Content {
  id?: string;
  client_id?: string;
  parts: Part[];
  reply_to?: { id?: string; remote_id?: string };
  quote?: string;
  subject?: string;
  locale?: string;
  headers?: Field[];
}

const known = new Set([
  "text",
  "media",
  "location",
  "sticker",
  "contact",
  "choices",
  "template",
  "card",
  "opaque",
]);

/** readPart turns a part of a later version into an opaque one. */
export function readPart(part: unknown): Part {
  const p = part as Part;
  if (p && known.has(p.type)) return p;
  return { type: "opaque", name: String((p as { type?: string })?.type ?? "?"), raw: part };
}

/** words is what a person reads of a message, for one line or the clipboard. */
export function words(content: Content): string {
  return (content.parts ?? [])
    .map(readPart)
    .map((p) => {
      switch (p.type) {
        case "text":
          return p.body;
        case "media":
          return p.caption || p.name || "";
        case "location":
          return [p.title, p.address].filter(Boolean).join(" ");
        case "sticker":
          return p.emoji ?? "";
        case "contact":
          return [p.name, ...(p.phones ?? [])].join(" ");
        case "choices":
          return [p.prompt, ...p.options.map((o, i) => `${i + 1}. ${o.label}`)].filter(Boolean).join("\n");
        case "template":
          return p.text;
        case "card":
          return [p.title, p.text, p.price, p.url].filter(Boolean).join("\n");
        default:
          return p.text ?? `[${p.name}]`;
      }
    })
    .filter(Boolean)
    .join("\n");
}
