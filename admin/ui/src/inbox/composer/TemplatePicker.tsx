import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Part, Template } from "@/api/canon";
import type { upload } from "@/api/files";
import { listTemplates } from "@/api/sending";
import type { ID } from "@/api/types";
import { Failure } from "@/ui/States";
import s from "./sending.module.css";
import { filled, led, lineOf, ready, search } from "./template";
import "@/i18n/more/inbox";

/** Sending is what the composer lends: the frame's first script holds it already. */
export interface Sending {
  /** Says parts at once; false: it could not. */
  post: (parts: Part[]) => boolean;
  upload: typeof upload;
}

/** TemplatePicker finds an approved template, has its slots filled in, and shows the words as the customer will read them. */
export function TemplatePicker({ conversation, sending }: { conversation: ID; sending: Sending }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Omit<Template, "type">>();
  const list = useQuery({
    queryKey: ["templates", conversation],
    queryFn: () => listTemplates(conversation),
    staleTime: 60_000,
  });
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (chosen)
    return (
      <Filling
        key={chosen.name + chosen.locale}
        sending={sending}
        template={chosen}
        close={() => setChosen(undefined)}
      />
    );
  const found = search(list.data ?? [], query);
  return (
    <div className={s.picker}>
      <input
        type="search"
        className={s.field}
        // biome-ignore lint/a11y/noAutofocus: they just asked for it
        autoFocus
        value={query}
        placeholder={t("shut.search")}
        aria-label={t("shut.search")}
        onChange={(e) => setQuery(e.target.value)}
      />
      <ul aria-busy={list.isPending}>
        {found.map((x) => (
          <li key={x.name + x.locale}>
            <button type="button" className="bare" onClick={() => setChosen(x)}>
              <span className={s.name}>
                {x.name} <span className="faint">{x.locale}</span>
              </span>
              <span className="cut faint">{x.text}</span>
            </button>
          </li>
        ))}
      </ul>
      {list.data && found.length === 0 && <p className="faint">{t("shut.none")}</p>}
    </div>
  );
}

const leads = { url: "shut.toUrl", app: "shut.toApp", page: "shut.toPage" } as const;

type Param = NonNullable<Template["params"]>[number];

interface FillingProps {
  sending: Sending;
  template: Omit<Template, "type">;
  close: () => void;
}

function Filling({ sending, template, close }: FillingProps) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [params, setParams] = useState(template.params ?? []);
  const fill = (i: number, what: { text?: string; file?: string }) =>
    setParams((all) => all.map((p, at) => (at === i ? { ...p, ...what } : p)));
  const text = filled(template.text, params);
  const whole = ready(params);
  const asks = (p: Param): string =>
    p.leads ? t(leads[p.leads]) : t("shut.fill", { line: lineOf(template.text, p.slot) });

  function submit(): void {
    if (!whole) return;
    const { name, locale } = template;
    if (sending.post([{ type: "template", name, locale, params: led(params), text }])) close();
  }

  return (
    <form
      className={s.picker}
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      {params.map((p, i) =>
        p.media ? (
          <label key={p.slot} className={s.slot}>
            {t("shut.file")}
            <input
              type="file"
              accept={p.media === "file" ? undefined : `${p.media}/*`}
              onChange={(e) => {
                const file = e.target.files?.[0];
                if (!file) return;
                sending
                  .upload(file, () => {}, new AbortController().signal)
                  .then((stored) => fill(i, { file: stored.id }), setError);
              }}
            />
          </label>
        ) : (
          <input
            key={p.slot}
            className={s.field}
            // biome-ignore lint/a11y/noAutofocus: they just chose it
            autoFocus={i === 0}
            value={p.text ?? ""}
            maxLength={1000}
            aria-label={asks(p)}
            placeholder={p.leads ? asks(p) : lineOf(template.text, p.slot)}
            onChange={(e) => fill(i, { text: e.target.value })}
          />
        ),
      )}
      {error !== undefined && <Failure error={error} />}
      <blockquote className={s.words}>{text}</blockquote>
      <div className={s.does}>
        <Button onClick={close}>{t("shut.other")}</Button>
        <Button type="primary" htmlType="submit" disabled={!whole}>
          {t("shut.send")}
        </Button>
      </div>
    </form>
  );
}
