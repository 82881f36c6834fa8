import { Download, File, FileArchive, FileSpreadsheet, FileText, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/canon";
import { useWords } from "@/i18n/words";
import { bytes } from "@/lib/format";
import s from "./parts.module.css";
import { useFile } from "./useFile";

function iconOf(mime = ""): LucideIcon {
  if (/zip|compressed|tar/.test(mime)) return FileArchive;
  if (/sheet|excel|csv/.test(mime)) return FileSpreadsheet;
  if (/pdf|text|word|document/.test(mime)) return FileText;
  return File;
}

/** FilePart is audio, video, or anything else to open: its name, type and size before a press. */
export function FilePart({ part }: { part: Media }) {
  const { t } = useTranslation();
  const file = useFile(part.file);
  const Icon = iconOf(part.mime);
  const kind = part.name?.split(".").pop()?.toUpperCase() ?? part.mime ?? "";
  const film = part.kind === "video" || (part.kind === "animation" && /^video/.test(part.mime ?? ""));
  const unseen = part.kind === "image" ? t("media.unseen") : "";
  const why = useWords()(part.why);
  const gone = part.state ? why || t(part.state === "pending" ? "media.pending" : "media.expired") : "";
  return (
    <div className={s.fileWrap}>
      {film && file.data && !gone && (
        // biome-ignore lint/a11y/useMediaCaption: a customer's film has none
        <video
          className={s.video}
          src={file.data.url}
          controls
          preload="metadata"
          style={{ aspectRatio: `${part.width || 16} / ${part.height || 9}` }}
        />
      )}
      {part.kind === "audio" && file.data && !gone && (
        // biome-ignore lint/a11y/useMediaCaption: a customer's recording has none
        <audio className={s.audio} src={file.data.url} controls preload="none" />
      )}
      {(!film || gone) && (
        <a
          className={s.file}
          href={file.data?.url}
          download={part.name ?? true}
          target="_blank"
          rel="noopener noreferrer"
          aria-disabled={!file.data || undefined}
        >
          <Icon aria-hidden />
          <span className="grow">
            <span className={s.fileName}>{part.name || t(`media.${part.kind}`)}</span>
            <span className="faint">
              {gone || [kind, part.size ? bytes(part.size) : "", unseen].filter(Boolean).join(" · ")}
            </span>
          </span>
          <Download aria-hidden />
        </a>
      )}
      {part.caption && <div className={s.text}>{part.caption}</div>}
    </div>
  );
}
