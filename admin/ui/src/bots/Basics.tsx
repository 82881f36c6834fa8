import { Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { languages } from "@/i18n";
import { Field } from "@/ui/Field";
import { CardBox } from "@/ui/Page";
import s from "./bots.module.css";
import { useDraft } from "./draft";
import "@/i18n/more/bots";

/** Basics is how the bot looks to customers and how it compares words. */
export function Basics() {
  const { t } = useTranslation();
  const { content, change } = useDraft();
  const { basics, matching } = content;
  const set = (next: Partial<typeof basics>) => change((c) => ({ ...c, basics: { ...c.basics, ...next } }));
  return (
    <CardBox className={s.narrow}>
      <Form layout="vertical" component="div">
        <Field label={t("bots.shownName")} extra={t("bots.shownNameHelp")}>
          <Input value={basics.name} maxLength={100} onChange={(e) => set({ name: e.target.value })} />
        </Field>
        <Field label={t("bots.language")} extra={t("bots.languageHelp")}>
          <Select
            value={basics.language}
            onChange={(language) => set({ language })}
            options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))}
          />
        </Field>
        <Field label={t("bots.script")} extra={t("bots.scriptHelp")}>
          <Switch
            checked={matching.script}
            onChange={(script) => change((c) => ({ ...c, matching: { script } }))}
          />
        </Field>
      </Form>
    </CardBox>
  );
}
