import { Form, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { useTeams } from "@/session/data";
import { Field } from "@/ui/Field";
import { CardBox } from "@/ui/Page";
import s from "./bots.module.css";
import type { Human } from "./content";
import { useDraft } from "./draft";
import { SayingList } from "./SayingList";
import "@/i18n/more/bots";

/** HumanTab says how a customer gets to a person, to whom, and what is said on the way. */
export function HumanTab() {
  const { t } = useTranslation();
  const { content, change } = useDraft();
  const teams = useTeams().data ?? [];
  const h = content.human;
  const set = (next: Partial<Human>) => change((c) => ({ ...c, human: { ...c.human, ...next } }));
  const words = (key: "words" | "phrases" | "except") => (
    <Field label={t(`human.${key}`)} extra={t(`human.${key}Help`)}>
      <Select
        mode="tags"
        open={false}
        suffixIcon={null}
        tokenSeparators={[",", "，", "、", "\n"]}
        value={h[key] ?? []}
        onChange={(list) => set({ [key]: list })}
      />
    </Field>
  );
  return (
    <CardBox className={s.narrow}>
      <Form layout="vertical" component="div">
        <Field label={t("human.on")} extra={t("human.onHelp")}>
          <Switch checked={h.on} onChange={(on) => set({ on })} />
        </Field>
        {h.on && (
          <>
            {words("words")}
            {words("phrases")}
            {words("except")}
          </>
        )}
        <Field label={t("human.team")}>
          <Select
            allowClear
            value={h.team}
            placeholder={t("human.asRouting")}
            onChange={(team) => set({ team })}
            options={teams.map((x) => ({ value: x.id, label: x.name }))}
          />
        </Field>
        <Form.Item label={t("human.texts")} extra={t("human.textsHelp")}>
          <SayingList
            value={h.texts ?? []}
            placeholder={t("human.textsEmpty")}
            onChange={(texts) => set({ texts })}
          />
        </Form.Item>
        <Form.Item label={t("human.offTexts")}>
          <SayingList
            value={h.off_texts ?? []}
            placeholder={t("human.textsEmpty")}
            onChange={(off_texts) => set({ off_texts })}
          />
        </Form.Item>
      </Form>
    </CardBox>
  );
}
