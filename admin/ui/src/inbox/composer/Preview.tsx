import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/canon";
import { preview } from "@/api/sending";
import type { ID } from "@/api/types";
import { useWords } from "@/i18n/words";
import s from "./sending.module.css";
import "@/i18n/more/inbox";

interface Props {
  conversation: ID;
  text: string;
  files: Media[];
  /** The message it would answer. */
  replyTo: ID | undefined;
}

/** Preview shows what the channel would make of a message, rendered by the hub as it will be sent; nothing when it arrives as it is. */
export function Preview({ conversation, text, files, replyTo }: Props) {
  const { t } = useTranslation();
  const say = useWords();
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const later = setTimeout(() => setAsked(text), 300);
    return () => clearTimeout(later);
  }, [text]);
  const body = asked.trimEnd();
  const parts = [...(body ? [{ type: "text" as const, body }] : []), ...files];
  const { data } = useQuery({
    queryKey: ["preview", conversation, parts, replyTo],
    queryFn: () => preview(conversation, { parts }, replyTo),
    enabled: parts.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  if (!data || (data.notes.length === 0 && !data.refused)) return null;
  const notes = [...new Set(data.notes.map((n) => say(n.text)))];
  return (
    <section className={s.preview} aria-label={t("preview.title")}>
      {data.refused && (
        <p className={s.refused} role="alert">
          {say(data.refused)}
        </p>
      )}
      {notes.map((n) => (
        <p key={n}>{n}</p>
      ))}
      {data.messages.length > 0 && (
        <details>
          <summary>{t("preview.gets", { count: data.messages.length })}</summary>
          <ol>
            {data.says.map((words, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
              <li key={i}>{words}</li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
