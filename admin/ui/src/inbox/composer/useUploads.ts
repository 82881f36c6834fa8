import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, MediaKind } from "@/api/canon";
import { upload } from "@/api/files";
import type { Capabilities, StoredFile } from "@/api/types";
import { bytes } from "@/lib/format";
import { useSaying } from "@/ui/States";

export interface Upload {
  key: string;
  name: string;
  size: number;
  kind: MediaKind;
  /** How long it plays, in milliseconds, and how it looks, where that is known. */
  millis?: number;
  wave?: string;
  progress: number;
  stored?: StoredFile;
  error?: string;
}

export function kindOf(mime: string): MediaKind {
  if (mime === "image/gif") return "animation";
  const top = mime.split("/")[0];
  // The hub never shows SVG and the like in a page: they travel as files.
  if (top === "image" && !/\/(jpeg|png|webp)$/.test(mime)) return "file";
  return top === "image" || top === "video" || top === "audio" ? top : "file";
}

/** playsFor tells how long a sound or film plays, which some platforms show before it is heard. */
function playsFor(file: File, kind: "audio" | "video", tell: (millis: number) => void): void {
  const player = document.createElement(kind);
  player.preload = "metadata";
  player.onloadedmetadata = () => {
    if (Number.isFinite(player.duration)) tell(Math.round(player.duration * 1000));
    URL.revokeObjectURL(player.src);
  };
  player.onerror = () => URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(file);
}

/** useUploads are the files beside the text: refused with words before they travel, with progress while they do. */
export function useUploads(capabilities: Capabilities | undefined, maxFile: number) {
  const { t } = useTranslation();
  const say = useSaying();
  const [files, setFiles] = useState<Upload[]>([]);
  const stops = useRef(new Map<string, AbortController>());
  const patch = (key: string, change: Partial<Upload>) =>
    setFiles((all) => all.map((f) => (f.key === key ? { ...f, ...change } : f)));

  function refusal(file: File, kind: MediaKind): string | undefined {
    if (capabilities?.parts?.[`media.${kind}`] === "reject") return t("upload.kindRefused");
    const most = maxFile || 25_000_000;
    if (file.size > most) return t("upload.tooLarge", { size: bytes(file.size), max: bytes(most) });
    if (file.size === 0) return t("upload.empty");
    return undefined;
  }

  /** add takes files along; spoken says that they are a voice message just recorded. */
  function add(list: Iterable<File>, spoken?: { millis: number; wave: string }): void {
    for (const file of list) {
      const key = crypto.randomUUID();
      const kind = spoken ? "voice" : kindOf(file.type);
      const error = refusal(file, kind);
      setFiles((all) => [
        ...all,
        { key, name: file.name, size: file.size, kind, progress: 0, error, ...spoken },
      ]);
      if (error) continue;
      if (kind === "audio" || kind === "video") playsFor(file, kind, (millis) => patch(key, { millis }));
      const stop = new AbortController();
      stops.current.set(key, stop);
      upload(file, (progress) => patch(key, { progress }), stop.signal)
        .then((stored) => patch(key, { stored, progress: 1 }))
        .catch(
          (e) =>
            !stop.signal.aborted &&
            patch(key, { error: [say(e).text, say(e).remedy].filter(Boolean).join(" ") }),
        );
    }
  }

  function remove(key: string): void {
    stops.current.get(key)?.abort();
    setFiles((all) => all.filter((f) => f.key !== key));
  }

  const parts: Media[] = files.flatMap((f) =>
    f.stored
      ? [
          {
            type: "media",
            kind: f.kind,
            file: f.stored.id,
            name: f.stored.name,
            mime: f.stored.mime,
            size: f.stored.size,
            millis: f.millis,
            wave: f.wave,
          },
        ]
      : [],
  );
  const busy = files.some((f) => !f.stored && !f.error);
  return { files, add, remove, clear: () => setFiles([]), parts, busy };
}
