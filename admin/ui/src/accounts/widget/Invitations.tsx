import { Button, Input, InputNumber } from "antd";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Invitation, invitationsMost } from "./draft";
import { Both, Field } from "./Field";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

interface Props {
  all: Invitation[];
  wrong?: string;
  set: (all: Invitation[]) => void;
}

/** Invitations offer help to who reads a page; the first that fits is shown. */
export function Invitations({ all, wrong, set }: Props) {
  const { t } = useTranslation("more");
  const change = (i: number, to: Partial<Invitation>) =>
    set(all.map((v, n) => (n === i ? { ...v, ...to } : v)));
  const swap = (i: number, j: number) => {
    const next = [...all];
    [next[i], next[j]] = [next[j]!, next[i]!];
    set(next);
  };
  return (
    <>
      {all.length === 0 && <p className="muted">{t("widget.invitesNone")}</p>}
      <ol className={s.questions}>
        {all.map((v, i) => {
          const name = t("widget.invite", { n: i + 1 });
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: invitations have no identity but their place
            <li key={i} aria-label={name}>
              <div className={s.question}>
                <strong className="grow cut">{name}</strong>
                <Button
                  type="text"
                  size="small"
                  aria-label={t("widget.upOf", { name })}
                  icon={<ArrowUp aria-hidden />}
                  disabled={i === 0}
                  onClick={() => swap(i, i - 1)}
                />
                <Button
                  type="text"
                  size="small"
                  aria-label={t("widget.downOf", { name })}
                  icon={<ArrowDown aria-hidden />}
                  disabled={i === all.length - 1}
                  onClick={() => swap(i, i + 1)}
                />
                <Button
                  type="text"
                  size="small"
                  danger
                  aria-label={t("widget.removeOf", { name })}
                  icon={<Trash2 aria-hidden />}
                  onClick={() => set(all.filter((_, n) => n !== i))}
                />
              </div>
              <Both
                label={t("widget.inviteText")}
                zh={v.text.zh}
                en={v.text.en}
                max={160}
                set={(lang, text) => change(i, { text: { ...v.text, [lang]: text } })}
              />
              <div className={s.trio}>
                <Field label={t("widget.invitePage")}>
                  {(same) => (
                    <Input
                      {...same}
                      value={v.page}
                      maxLength={200}
                      spellCheck={false}
                      placeholder={t("widget.invitePageAny")}
                      onChange={(e) => change(i, { page: e.target.value || undefined })}
                    />
                  )}
                </Field>
                {(["after", "scroll"] as const).map((key) => (
                  <Field key={key} label={t(`widget.invite_${key}`)}>
                    {(same) => (
                      <InputNumber
                        {...same}
                        min={0}
                        max={key === "after" ? 3600 : 100}
                        precision={0}
                        value={v[key] ?? 0}
                        onChange={(n) => change(i, { [key]: n || undefined })}
                      />
                    )}
                  </Field>
                ))}
              </div>
            </li>
          );
        })}
      </ol>
      {wrong && (
        <p className={s.bad} role="alert">
          {wrong}
        </p>
      )}
      {all.length < invitationsMost && (
        <Button
          icon={<Plus aria-hidden />}
          onClick={() => set([...all, { after: 20, text: { zh: "", en: "" } }])}
        >
          {t("widget.invitesAdd")}
        </Button>
      )}
      <p className="faint">{t("widget.invitesHelp")}</p>
    </>
  );
}
