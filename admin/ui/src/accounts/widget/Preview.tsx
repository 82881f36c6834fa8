import { Segmented } from "antd";
import { CircleAlert, Monitor, Moon, Smartphone, Sun } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { useMode } from "@/theme/mode";
import type { Draft } from "./draft";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

export type View = "button" | "ask" | "chat" | "closed";

/** What the hub says of a draft: what is wrong with it, and how well words on the colour can be read. */
export interface Verdict {
  problems: { field: string; text: { zh: string; en: string } }[];
  contrast: number;
  ink: string;
}

interface Props {
  account: ID;
  draft: Draft;
  view: View;
  setView: (view: View) => void;
  hear: (verdict: Verdict) => void;
}

const sizes = { desk: { w: 1100, h: 720 }, phone: { w: 390, h: 720 } };

/** Preview is the launcher and the panel themselves on a site that is played, as the hub would show the draft to a visitor. */
export function Preview({ account, draft, view, setView, hear }: Props) {
  const { t } = useTranslation("more");
  const { t: word } = useTranslation();
  const own = useLanguage();
  const [device, setDevice] = useState<keyof typeof sizes>(() =>
    window.innerWidth < 720 ? "phone" : "desk",
  );
  const [dark, setDark] = useState(() => useMode.getState().dark);
  const [lang, setLang] = useState<"zh" | "en">(own);
  const [ready, setReady] = useState(false);
  const [lost, setLost] = useState(false);
  const [width, setWidth] = useState(0);
  const frame = useRef<HTMLIFrameElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const heard = useRef(hear);
  heard.current = hear;

  useEffect(() => {
    const listen = (e: MessageEvent) => {
      if (e.origin !== location.origin || e.source !== frame.current?.contentWindow) return;
      const m = e.data as { parley?: number; t?: string } & Verdict;
      if (m?.parley !== 1) return;
      if (m.t === "stage") setReady(true);
      if (m.t === "shown") heard.current({ problems: m.problems, contrast: m.contrast, ink: m.ink });
      if (m.t === "shown" || m.t === "lost") setLost(m.t === "lost");
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);

  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(
      () =>
        frame.current?.contentWindow?.postMessage(
          { parley: 1, t: "draft", config: draft, lang, view, dark },
          location.origin,
        ),
      120,
    );
    return () => clearTimeout(timer);
  }, [ready, draft, lang, view, dark]);

  useEffect(() => {
    const watch = new ResizeObserver(([e]) => setWidth(e?.contentRect.width ?? 0));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  const { w, h } = sizes[device];
  const scale = Math.min(1, (width || w) / w);
  return (
    <aside className={s.preview} aria-label={t("widget.preview")}>
      <header>
        <h2>{t("widget.preview")}</h2>
        <Segmented<keyof typeof sizes>
          size="small"
          aria-label={t("widget.device")}
          value={device}
          onChange={setDevice}
          options={[
            { value: "desk", label: <Monitor aria-label={t("widget.desk")} className={s.device} /> },
            { value: "phone", label: <Smartphone aria-label={t("widget.phone")} className={s.device} /> },
          ]}
        />
        <Segmented<boolean>
          size="small"
          aria-label={word("profile.theme")}
          value={dark}
          onChange={setDark}
          options={[
            { value: false, label: <Sun aria-label={word("theme.light")} className={s.device} /> },
            { value: true, label: <Moon aria-label={word("theme.dark")} className={s.device} /> },
          ]}
        />
        <Segmented<"zh" | "en">
          size="small"
          aria-label={t("widget.language")}
          value={lang}
          onChange={setLang}
          options={[
            { value: "zh", label: word("language.zh") },
            { value: "en", label: word("language.en") },
          ]}
        />
      </header>
      <Segmented<View>
        block
        aria-label={t("widget.moment")}
        value={view}
        onChange={setView}
        options={(["button", ...(draft.ask ? (["ask"] as const) : []), "chat", "closed"] as const).map(
          (value) => ({ value, label: t(`widget.view_${value}`) }),
        )}
      />
      <div
        ref={box}
        className={s.stage}
        style={{ height: h * scale, maxWidth: device === "phone" ? w : undefined }}
      >
        <iframe
          ref={frame}
          src={`/chat/${account}/preview?lang=${own}`}
          title={t("widget.preview")}
          style={{ width: w, height: h, transform: `scale(${scale})` }}
        />
      </div>
      {lost && (
        <p className={s.bad} role="alert">
          <CircleAlert aria-hidden /> {t("widget.lost")}
        </p>
      )}
      <p className="faint">{t("widget.previewHelp")}</p>
    </aside>
  );
}
