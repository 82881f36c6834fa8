import { useQuery } from "@tanstack/react-query";
import { Modal } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { type Detail, edit } from "@/api/inbox";
import { previewEdit } from "@/api/sending";
import type { Message } from "@/api/types";
import { useWords } from "@/i18n/words";
import { apply } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import "@/i18n/more/inbox";
import { useShut } from "../composer/TruthLine";
import s from "./dialogs.module.css";

interface Props {
  message: Message;
  capabilities: Detail["capabilities"];
  /** The channel changes nothing that was sent: a correction goes. */
  says: boolean;
  close: () => void;
}

/** EditDialog changes the words of a message, or shows the correction that goes in place of it before it does. */
export function EditDialog({ message: m, capabilities, says, close }: Props) {
  const { t } = useTranslation();
  const say = useWords();
  const [text, setText] = useState(() => words(m.content));
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const later = setTimeout(() => setAsked(text.trim()), 300);
    return () => clearTimeout(later);
  }, [text]);
  const shut = useShut(capabilities);
  const { data } = useQuery({
    queryKey: ["preview", m.id, asked],
    queryFn: () => previewEdit(m.conversation, m.id, asked),
    enabled: says && asked !== "" && asked !== words(m.content).trim(),
    gcTime: 0,
  });
  const change = useDo(
    () => edit(m.id, text),
    (now) => {
      if (!says) apply.entry({ seq: 0, kind: "message.changed", at: now.at, data: now });
      close();
    },
  );
  const changed = text.trim() !== "" && text !== words(m.content);
  // A correction is not sent before its author has seen it.
  const seen = !says || (!!data && !data.refused && asked === text.trim());
  const title = says ? t("edit.correct") : t("edit.title");
  return (
    <Modal
      open
      title={title}
      okText={says ? t(shut ? "composer.hold" : "composer.send") : t("do.save")}
      okButtonProps={{ disabled: !changed || !seen, loading: change.isPending }}
      cancelText={t("do.cancel")}
      onOk={() => change.mutate(undefined)}
      onCancel={close}
    >
      {says && <p>{t("edit.says")}</p>}
      <textarea
        className={s.editBox}
        value={text}
        rows={5}
        aria-label={title}
        onChange={(e) => setText(e.target.value)}
      />
      {data?.refused && <p role="alert">{say(data.refused)}</p>}
      {data && data.says.length > 0 && (
        <section className={s.gets} aria-label={t("preview.title")} aria-live="polite">
          <p>{t("edit.gets")}</p>
          <ol>
            {data.says.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
              <li key={i}>{line}</li>
            ))}
          </ol>
        </section>
      )}
    </Modal>
  );
}
