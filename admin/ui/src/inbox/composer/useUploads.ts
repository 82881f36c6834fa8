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

  function add(list: Iterable<File>): void {
    for (const file of list) {
      const key = crypto.randomUUID();
      const kind = kindOf(file.type);
      const error = refusal(file, kind);
      setFiles((all) => [...all, { key, name: file.name, size: file.size, kind, progress: 0, error }]);
      if (error) continue;
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
          },
        ]
      : [],
  );
  const busy = files.some((f) => !f.stored && !f.error);
  return { files, add, remove, clear: () => setFiles([]), parts, busy };
}
