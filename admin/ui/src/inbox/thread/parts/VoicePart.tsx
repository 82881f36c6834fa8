import { Button } from "antd";
import { Pause, Play } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/canon";
import { useWords } from "@/i18n/words";
import { playtime } from "@/lib/time";
import s from "./parts.module.css";
import { useFile } from "./useFile";

/** levels reads up to 40 bars from the stored wave; without one, a quiet line. */
export function levels(wave: string | undefined): number[] {
  if (!wave) return Array.from({ length: 32 }, () => 0.25);
  const raw = Array.from(atob(wave), (c) => c.charCodeAt(0) / 255);
  if (raw.length <= 40) return raw;
  return Array.from({ length: 40 }, (_, i) => raw[Math.floor((i * raw.length) / 40)]!);
}

/** VoicePart is a voice note: its length, its wave, and a press to hear it. */
export function VoicePart({ part }: { part: Media }) {
  const { t } = useTranslation();
  const why = useWords()(part.why);
  const file = useFile(part.file);
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [done, setDone] = useState(0);
  const bars = levels(part.wave);
  const length = part.millis ?? 0;
  return (
    <div className={s.voice}>
      <Button
        shape="circle"
        icon={playing ? <Pause aria-hidden /> : <Play aria-hidden />}
        disabled={!file.data}
        aria-label={t(playing ? "media.pause" : "media.playVoice", { time: playtime(length) })}
        onClick={() => (playing ? audio.current?.pause() : void audio.current?.play())}
      />
      <span className={s.wave} aria-hidden>
        {bars.map((level, i) => (
          <i
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
            key={i}
            style={{ height: `${Math.max(12, level * 100)}%` }}
            data-done={i / bars.length < done || undefined}
          />
        ))}
      </span>
      <span className="faint">
        {part.state
          ? why || t(part.state === "pending" ? "media.pending" : "media.expired")
          : playtime(length)}
      </span>
      {/* biome-ignore lint/a11y/useMediaCaption: a customer's voice has none */}
      <audio
        ref={audio}
        src={file.data?.url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setDone(0)}
        onTimeUpdate={(e) =>
          setDone(e.currentTarget.currentTime / (e.currentTarget.duration || length / 1000 || 1))
        }
      />
    </div>
  );
}
