import { Checkbox, InputNumber, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import s from "./bots.module.css";
import type { RulesContent } from "./content";
import { useDraft } from "./draft";
import { ReplyList } from "./ReplyList";
import "@/i18n/more/bots";

type Section = "welcome" | "default" | "repeated" | "timeout";

/** Replies are said by themselves: at the opening, when nothing matched, when asked again, when all is silent. */
export function Replies() {
  const { t } = useTranslation();
  const { content, change } = useDraft();
  const set = <K extends Section>(key: K, next: Partial<RulesContent[K]>) =>
    change((c) => ({ ...c, [key]: { ...c[key], ...next } }));
  const block = (key: Section, more?: ReactNode) => (
    <section className={s.auto} data-on={content[key].on || undefined}>
      <header>
        <div className="grow">
          <h2>{t(`replies.${key}`)}</h2>
          <p className="muted">{t(`replies.${key}Help`)}</p>
        </div>
        <Switch
          checked={content[key].on}
          aria-label={t(`replies.${key}`)}
          onChange={(on) => set(key, { on })}
        />
      </header>
      {content[key].on && (
        <>
          {more}
          <ReplyList replies={content[key].replies} onChange={(replies) => set(key, { replies })} />
        </>
      )}
    </section>
  );
  const { welcome, repeated, timeout } = content;
  return (
    <div className={s.autos}>
      {block(
        "welcome",
        <Checkbox checked={welcome.late} onChange={(e) => set("welcome", { late: e.target.checked })}>
          {t("replies.late")}
        </Checkbox>,
      )}
      {block("default")}
      {block(
        "repeated",
        <>
          <Checkbox checked={repeated.answer} onChange={(e) => set("repeated", { answer: e.target.checked })}>
            {t("replies.answerAgain")}
          </Checkbox>
          <Checkbox
            checked={repeated.handoff}
            onChange={(e) => set("repeated", { handoff: e.target.checked })}
          >
            {t("replies.thirdTime")}
          </Checkbox>
        </>,
      )}
      {block(
        "timeout",
        <>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is inside */}
          <label className="row">
            {t("replies.after")}
            <InputNumber
              min={10}
              max={604_800}
              precision={0}
              value={timeout.seconds}
              onChange={(seconds) => set("timeout", { seconds: seconds ?? 300 })}
            />
            {t("replies.seconds")}
          </label>
          <Checkbox checked={timeout.close} onChange={(e) => set("timeout", { close: e.target.checked })}>
            {t("replies.closeAfter")}
          </Checkbox>
        </>,
      )}
    </div>
  );
}
