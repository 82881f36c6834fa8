import DOMPurify from "dompurify";

export interface MailOptions {
  /** Addresses of our own files by Content-ID. */
  inline: Record<string, string>;
  remote: boolean;
  nonce: string;
  /** Whether quoted earlier mail is shown. */
  quoted: boolean;
}

export interface MailDocument {
  html: string;
  /** How many pictures of other hosts were held back. */
  held: number;
  /** Whether there is quoted text that is, or could be, folded. */
  hasQuote: boolean;
}

/** What stands where a picture was held back. */
const placeholder = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="100%" height="100%" fill="#eee" stroke="#bbb" stroke-dasharray="4"/></svg>')}`;

const quotes =
  "blockquote[type=cite], .gmail_quote, .yahoo_quoted, #divRplyFwdMsg ~ *, .moz-cite-prefix, #OLK_SRC_BODY_SECTION, includetail, blockquote.quote";

/**
 * clean is a mail's HTML, already sanitised by the hub, cleaned a second time
 * where it is shown: what can run, send or fetch is gone.
 */
export function clean(source: string): HTMLElement {
  const root = document.createElement("div");
  root.append(
    DOMPurify.sanitize(source, {
      FORBID_TAGS: [
        "style",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "iframe",
        "object",
        "embed",
        "link",
        "meta",
        "base",
        "svg",
        "math",
        "audio",
        "video",
        "dialog",
      ],
      FORBID_ATTR: ["srcset", "ping", "formaction", "background", "poster"],
      ALLOW_UNKNOWN_PROTOCOLS: true,
      RETURN_DOM_FRAGMENT: true,
    }),
  );
  return root;
}

/**
 * mailDocument makes of cleaned HTML a whole document for a frame without
 * scripts and without an origin. Pictures of other hosts are taken out until
 * asked for, so that nobody learns that the mail was opened.
 */
export function mailDocument(root: HTMLElement, o: MailOptions): MailDocument {
  let held = 0;
  for (const img of root.querySelectorAll("img")) {
    // The hub keeps the address of a picture elsewhere in an attribute that fetches nothing.
    const src = img.getAttribute("src") || (img.getAttribute("data-remote-src") ?? "");
    const cid = /^cid:(.+)$/i.exec(src)?.[1];
    if (cid) {
      const own = o.inline[cid] ?? o.inline[decodeURIComponent(cid)];
      if (own) img.src = own;
      else img.removeAttribute("src");
    } else if (/^https?:/i.test(src)) {
      if (!o.remote) held++;
      img.src = o.remote ? src : placeholder;
    } else if (!/^data:image\//i.test(src)) img.removeAttribute("src");
  }
  for (const el of root.querySelectorAll<HTMLElement>("[style]")) {
    const style = el.getAttribute("style") ?? "";
    if (/url\s*\(|expression|@import|image-set/i.test(style)) {
      if (/https?:/i.test(style)) held++;
      el.setAttribute("style", style.replace(/[^;]*(url\s*\(|expression|@import|image-set)[^;]*;?/gi, ""));
    }
    if (/position\s*:\s*(fixed|sticky)/i.test(style)) el.style.position = "static";
  }
  for (const a of root.querySelectorAll<HTMLAnchorElement>("a, area")) {
    if (!/^(https?|mailto|tel):/i.test(a.getAttribute("href") ?? "")) a.removeAttribute("href");
    a.target = "_blank";
    a.rel = "noopener noreferrer nofollow";
  }
  const quote = root.querySelectorAll(quotes);
  if (!o.quoted) for (const q of quote) q.remove();
  const images = o.remote ? "https: http:" : "";
  const policy = `default-src 'none'; img-src data: blob: ${location.origin} ${images}; style-src 'nonce-${o.nonce}'; style-src-attr 'unsafe-inline'`;
  const css = `:root{color-scheme:light}body{margin:0;padding:12px;font:14px/1.5 -apple-system,"Segoe UI",Roboto,"PingFang SC","Noto Sans SC","Noto Sans CJK SC",sans-serif;color:#1b1c20;background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:8px 0;padding-left:10px;border-left:3px solid #cfcfd6;color:#55575f}a{color:#2752c4}body>:first-child{margin-top:0}body>:last-child{margin-bottom:0}`;
  const html = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><style nonce="${o.nonce}">${css}</style></head><body>${root.innerHTML}</body></html>`;
  return { html, held, hasQuote: quote.length > 0 };
}
