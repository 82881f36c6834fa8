import { useQuery } from "@tanstack/react-query";
import { Button, Input, Progress } from "antd";
import { Paperclip } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { getFile, upload } from "@/api/files";
import { kindOf } from "@/inbox/composer/useUploads";
import { bytes } from "@/lib/format";
import { useDo } from "@/ui/useDo";
import s from "./bots.module.css";
import type { ReplyPart } from "./content";
import "@/i18n/more/bots";

/** FilePick is a stored file of a reply, with a caption. */
export function FilePick({ part, onChange }: { part: ReplyPart; onChange: (part: ReplyPart) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState(0);
  const file = useQuery({
    queryKey: ["file", part.file],
    queryFn: () => getFile(part.file!),
    enabled: Boolean(part.file),
  });
  const put = useDo(
    (f: File) => upload(f, setProgress, new AbortController().signal),
    (stored) => {
      const kind = kindOf(stored.mime);
      onChange({
        ...part,
        type: kind === "animation" ? "image" : kind === "voice" ? "audio" : kind,
        file: stored.id,
      });
    },
  );
  return (
    <div className={s.filePick}>
      <input
        ref={input}
        type="file"
        hidden
        onChange={(e) => {
          const f = e.target.files?.[0];
          if (f) put.mutate(f);
          e.target.value = "";
        }}
      />
      <div className="row">
        <Button
          icon={<Paperclip aria-hidden />}
          loading={put.isPending}
          onClick={() => input.current?.click()}
        >
          {t(part.file ? "reply.replaceFile" : "reply.chooseFile")}
        </Button>
        {file.data && (
          <span className="cut">
            {file.data.name} <span className="faint">{bytes(file.data.size)}</span>
          </span>
        )}
      </div>
      {put.isPending && <Progress percent={Math.round(progress * 100)} size="small" />}
      <Input
        value={part.text}
        placeholder={t("reply.caption")}
        aria-label={t("reply.caption")}
        onChange={(e) => onChange({ ...part, text: e.target.value })}
      />
    </div>
  );
}
