import { Button, Dropdown, Input, Switch } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Moves } from "../Moves";
import { another, type Question, questionKinds, questionsMost, type Words } from "./draft";
import { Both } from "./Field";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

interface Props {
  all: Question[];
  wrong?: string;
  set: (all: Question[]) => void;
}

/** Questions are what visitors are asked before the chat, in the order they are asked. */
export function Questions({ all, wrong, set }: Props) {
  const { t } = useTranslation("more");
  const change = (i: number, to: Partial<Question>) =>
    set(all.map((q, n) => (n === i ? { ...q, ...to } : q)));
  const free = questionKinds.filter((k) => k === "text" || k === "choice" || !all.some((q) => q.kind === k));
  return (
    <>
      {all.length === 0 && <p className="muted">{t("widget.asksNone")}</p>}
      <ol className={s.questions}>
        {all.map((q, i) => {
          const name = q.label.zh || q.label.en || t(`widget.ask_${q.kind}`);
          return (
            <li key={q.name} aria-label={name}>
              <div className={s.question}>
                <strong className="grow cut">{t(`widget.ask_${q.kind}`)}</strong>
                <span className={s.required}>
                  <Switch
                    size="small"
                    checked={Boolean(q.required)}
                    onChange={(required) => change(i, { required })}
                    aria-label={t("widget.requiredOf", { name })}
                  />
                  <span aria-hidden>{t("widget.required")}</span>
                </span>
                <Moves
                  all={all}
                  at={i}
                  set={set}
                  names={{
                    up: t("widget.upOf", { name }),
                    down: t("widget.downOf", { name }),
                    remove: t("widget.removeOf", { name }),
                  }}
                />
              </div>
              <Both
                label={t("widget.question")}
                zh={q.label.zh}
                en={q.label.en}
                max={80}
                set={(lang, v) => change(i, { label: { ...q.label, [lang]: v } })}
              />
              {q.kind === "choice" && (
                <Options options={q.options ?? []} set={(options) => change(i, { options })} />
              )}
            </li>
          );
        })}
      </ol>
      {wrong && (
        <p className={s.bad} role="alert">
          {wrong}
        </p>
      )}
      {all.length < questionsMost && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: free.map((key) => ({ key, label: t(`widget.ask_${key}`) })),
            onClick: ({ key }) => set([...all, another(key as Question["kind"], all)]),
          }}
        >
          <Button icon={<Plus aria-hidden />}>{t("widget.asksAdd")}</Button>
        </Dropdown>
      )}
      <p className="faint">{t("widget.asksHelp")}</p>
    </>
  );
}

function Options({ options, set }: { options: Words[]; set: (all: Words[]) => void }) {
  const { t } = useTranslation("more");
  const { t: word } = useTranslation();
  const put = (i: number, lang: "zh" | "en", v: string) =>
    set(options.map((o, n) => (n === i ? { ...o, [lang]: v } : o)));
  return (
    <div className={s.options}>
      <span>{t("widget.choices")}</span>
      {options.map((o, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: choices have no identity but their place
        <div key={i} className={s.option}>
          <Input
            value={o.zh}
            maxLength={80}
            placeholder={word("language.zh")}
            aria-label={t("widget.choiceIn", { n: i + 1, language: word("language.zh") })}
            onChange={(e) => put(i, "zh", e.target.value)}
          />
          <Input
            value={o.en}
            maxLength={80}
            placeholder={word("language.en")}
            aria-label={t("widget.choiceIn", { n: i + 1, language: word("language.en") })}
            onChange={(e) => put(i, "en", e.target.value)}
          />
          <Button
            type="text"
            size="small"
            aria-label={t("widget.choiceRemove", { n: i + 1 })}
            icon={<Trash2 aria-hidden />}
            disabled={options.length <= 2}
            onClick={() => set(options.filter((_, n) => n !== i))}
          />
        </div>
      ))}
      {options.length < 20 && (
        <Button
          size="small"
          icon={<Plus aria-hidden />}
          onClick={() => set([...options, { zh: "", en: "" }])}
        >
          {t("widget.choiceAdd")}
        </Button>
      )}
    </div>
  );
}
