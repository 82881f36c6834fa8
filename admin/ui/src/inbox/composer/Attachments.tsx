import { CircleAlert, File, ImageIcon, Mic, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/lib/format";
import { playtime } from "@/lib/time";
import s from "./composer.module.css";
import type { Upload } from "./useUploads";

export function Attachments({ files, remove }: { files: Upload[]; remove: (key: string) => void }) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <ul className={s.files} aria-label={t("upload.list")}>
      {files.map((f) => {
        const Icon = f.error ? CircleAlert : f.kind === "image" ? ImageIcon : f.kind === "voice" ? Mic : File;
        return (
          <li key={f.key} data-error={f.error ? "" : undefined}>
            <Icon aria-hidden />
            <span className="grow">
              <span className="cut" style={{ display: "block" }}>
                {f.name}
              </span>
              <span className="faint">
                {f.error ??
                  (f.stored
                    ? [f.millis && playtime(f.millis), bytes(f.size)].filter(Boolean).join(" · ")
                    : t("upload.progress", { percent: Math.round(f.progress * 100) }))}
              </span>
            </span>
            <button
              type="button"
              className="bare"
              aria-label={t("upload.remove", { name: f.name })}
              onClick={() => remove(f.key)}
            >
              <X aria-hidden />
            </button>
            {!f.stored && !f.error && <progress value={f.progress} aria-label={f.name} />}
          </li>
        );
      })}
    </ul>
  );
}
