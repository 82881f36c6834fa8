import { Button, Input, InputNumber } from "antd";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Moves } from "../Moves";
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
