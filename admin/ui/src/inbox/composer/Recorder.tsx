import { Button } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "@/i18n/more/inbox";
import { playtime } from "@/lib/time";
import s from "./composer.module.css";
import { listen, type Microphone, type Recording } from "./microphone";

interface Props {
  /** The longest the channel takes, in milliseconds. */
  most: number;
  done: (recording: Recording) => void;
  cancel: () => void;
}

const BARS = 32;
const DRAWN = 100; // milliseconds between two bars

/** Recorder records a voice message: Enter keeps it, Escape throws it away. */
export function Recorder({ most, done, cancel }: Props) {
  const { t } = useTranslation();
  const microphone = useRef<Microphone>(undefined);
  const [began, setBegan] = useState(0);
  const [trouble, setTrouble] = useState<"denied" | "none">();
  const [bars, setBars] = useState<number[]>([]);
  const keep = useRef<HTMLButtonElement>(null);
  const dismiss = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    let gone = false;
    listen(t("recorder.name"))
      .then((m) => {
        if (gone) return m.cancel();
        microphone.current = m;
        setBegan(performance.now());
      })
      .catch((e) => !gone && setTrouble(e?.name === "NotAllowedError" ? "denied" : "none"));
    return () => {
      gone = true;
      microphone.current?.cancel();
    };
  }, [t]);

  function finish(): void {
    const m = microphone.current;
    if (!m) return;
    microphone.current = undefined;
    void m.stop().then(done);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: one clock for one recording
  useEffect(() => {
    if (!began) return;
    keep.current?.focus();
    const timer = setInterval(() => {
      setBars((all) => [...all, microphone.current?.level() ?? 0].slice(-BARS));
      if (performance.now() - began >= most) finish();
    }, DRAWN);
    return () => clearInterval(timer);
  }, [began, most]);
  useEffect(() => {
    if (trouble) dismiss.current?.focus();
  }, [trouble]);

  function leave(e: KeyboardEvent): void {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    cancel();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves, as it does a dialog; the buttons do the same
    <div className={s.recorder} onKeyDown={leave}>
      {trouble ? (
        <p role="alert" className="grow">
          {t(`recorder.${trouble}`)}
        </p>
      ) : (
        <>
          <span className={s.live} data-on={began ? "" : undefined} aria-hidden />
          <span role="status" className="sr">
            {t(began ? "recorder.on" : "recorder.asks")}
          </span>
          <span className={s.clock} role="timer">
            {began ? playtime(performance.now() - began) : t("recorder.asks")}
          </span>
          <span className={s.levels} aria-hidden>
            {Array.from({ length: BARS }, (_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
              <i key={i} style={{ height: `${Math.max(8, (bars[bars.length - BARS + i] ?? 0) * 100)}%` }} />
            ))}
          </span>
        </>
      )}
      <Button ref={dismiss} onClick={cancel}>
        {t(trouble ? "do.close" : "do.discard")}
      </Button>
      {!trouble && (
        <Button ref={keep} type="primary" disabled={!began} onClick={finish}>
          {t("recorder.keep")}
        </Button>
      )}
    </div>
  );
}
