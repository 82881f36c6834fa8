import { useQueries } from "@tanstack/react-query";
import { Button } from "antd";
import { ImageOff } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, Text } from "@/api/canon";
import { getFile } from "@/api/files";
import { clean, mailDocument } from "./mailDocument";
import s from "./parts.module.css";
import "@/i18n/more/inbox";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const TALL = 480;

/**
 * Mail shows rich e-mail in a frame that can run nothing and belongs to no
 * origin. Because such a frame cannot be measured, its text is measured
 * beforehand in a shadow tree without pictures.
 */
export function Mail({ part, inline }: { part: Text; inline: Media[] }) {
  const { t } = useTranslation();
  const [remote, setRemote] = useState(false);
  const [quoted, setQuoted] = useState(false);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(160);
  const files = useQueries({
    queries: inline.map((m) => ({
      queryKey: ["file", m.file],
      queryFn: () => getFile(m.file!),
      enabled: Boolean(m.file),
      staleTime: 8 * 60_000,
    })),
  });
  const urls = files.map((f) => f.data?.url ?? "").join("\n");
  const doc = useMemo(() => {
    const own = urls.split("\n");
    const map = Object.fromEntries(
      inline.map((m, i) => [
        m.inline!.replace(/^<|>$/g, ""),
        own[i] ? new URL(own[i], location.href).href : "",
      ]),
    );
    return mailDocument(clean(part.html!), { inline: map, remote, quoted, nonce });
  }, [part.html, inline, urls, remote, quoted]);

  useLayoutEffect(() => {
    const host = box.current;
    if (host) setHeight(measure(doc.html, host.clientWidth));
  }, [doc]);

  // Pictures were not measured: leave them some room, the frame scrolls beyond it.
  const natural = height + (/<img/i.test(doc.html) ? (remote ? 160 : 40) : 0);
  const folded = natural > TALL && !open;
  return (
    <div className={s.mail} ref={box}>
      {doc.held > 0 && !remote && (
        <div className={s.held}>
          <ImageOff aria-hidden />
          <span className="grow">{t("mail.held", { count: doc.held })}</span>
          <Button size="small" onClick={() => setRemote(true)}>
            {t("mail.show")}
          </Button>
        </div>
      )}
      <iframe
        title={t("mail.frame")}
        // No scripts, no origin: only links that open elsewhere.
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={doc.html}
        style={{ height: folded ? TALL : Math.min(Math.max(natural, 48), 4000) }}
      />
      <div className="row wrap">
        {natural > TALL && (
          <button type="button" className={`bare ${s.more}`} onClick={() => setOpen(!open)}>
            {open ? t("thread.less") : t("mail.whole")}
          </button>
        )}
        {doc.hasQuote && (
          <button
            type="button"
            className={`bare ${s.more}`}
            aria-expanded={quoted}
            onClick={() => setQuoted(!quoted)}
          >
            {quoted ? t("mail.hideQuoted") : t("mail.showQuoted")}
          </button>
        )}
      </div>
    </div>
  );
}

/** measure lays the cleaned text out of sight, sourceless, and returns its height. */
function measure(html: string, width: number): number {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const img of parsed.querySelectorAll("img")) img.removeAttribute("src");
  const host = document.createElement("div");
  host.style.cssText = `position:absolute;left:-99999px;top:0;visibility:hidden;contain:layout style;width:${width}px`;
  const shadow = host.attachShadow({ mode: "closed" });
  const body = document.createElement("div");
  body.style.cssText = "padding:12px;font:14px/1.5 sans-serif;overflow-wrap:anywhere;display:flow-root";
  body.append(...parsed.body.childNodes);
  shadow.append(body);
  document.body.append(host);
  const height = body.scrollHeight;
  host.remove();
  return height + 8;
}
