import { Form, Input, InputNumber, Modal, Segmented, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { languages } from "@/i18n";
import { useTeams } from "@/session/data";
import { Field } from "@/ui/Field";
import s from "./bots.module.css";
import { ChannelChanges } from "./ChannelChanges";
import type { Rule } from "./content";
import { useDraft } from "./draft";
import { ReplyList } from "./ReplyList";
import { SayingList } from "./SayingList";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

interface Props {
  rule: Rule;
  save: (rule: Rule) => void;
  close: () => void;
}

/** RuleEditor is one rule whole: how it is asked, what is answered, what happens then. */
export function RuleEditor({ rule, save, close }: Props) {
  const { t } = useTranslation();
  const { content } = useDraft();
  const teams = useTeams().data ?? [];
  const [r, setRule] = useState(rule);
  const set = (next: Partial<Rule>) => setRule((now) => ({ ...now, ...next }));
  const patterns = r.patterns.join("\n");
  const bad = r.match === "regex" ? r.patterns.find((p) => !readable(p)) : undefined;

  return (
    <Modal
      open
      title={t("rules.edit")}
      width={760}
      onCancel={close}
      okText={t("rules.keep")}
      cancelText={t("do.cancel")}
      onOk={() => save({ ...r, patterns: r.patterns.map((p) => p.trim()).filter(Boolean) })}
      styles={{ body: { maxHeight: "70vh", overflow: "auto", paddingRight: 4 } }}
      mask={{ closable: false }}
    >
      <Form layout="vertical" component="div">
        <div className={s.two}>
          <Field label={t("column.name")}>
            <Input value={r.name} maxLength={100} onChange={(e) => set({ name: e.target.value })} />
          </Field>
          <Form.Item label={t("rules.match")} extra={t(`matchHelp.${r.match}`)}>
            <Segmented
              block
              aria-label={t("rules.match")}
              value={r.match}
              onChange={(match) => set({ match })}
              options={(["keyword", "exact", "regex"] as const).map((m) => ({
                value: m,
                label: t(`match.${m}`),
              }))}
            />
          </Form.Item>
        </div>
        <Field
          label={t("rules.questions")}
          extra={t("rules.questionsHelp")}
          validateStatus={bad ? "error" : undefined}
          help={bad ? t("rules.badRegex", { pattern: bad }) : undefined}
        >
          <Input.TextArea
            autoSize={{ minRows: 3, maxRows: 10 }}
            value={patterns}
            className={r.match === "regex" ? "mono" : undefined}
            onChange={(e) => set({ patterns: e.target.value.split("\n") })}
          />
        </Field>
        <Form.Item label={t("rules.answers")} extra={t("rules.answersHelp")}>
          <ReplyList replies={r.answers} onChange={(answers) => set({ answers })} />
          <ChannelChanges rule={r} />
        </Form.Item>
        <Field label={t("rules.menusAfter")}>
          <Select
            mode="multiple"
            value={r.menus ?? []}
            onChange={(menus) => set({ menus: menus.length ? menus : undefined })}
            options={content.menus.map((m) => ({ value: m.id, label: m.name || m.id }))}
          />
        </Field>
        <div className={s.three}>
          <Field label={t("rules.language")} extra={t("rules.languageHelp")}>
            <Select
              allowClear
              value={r.language || undefined}
              placeholder={t("rules.anyLanguage")}
              onChange={(language) => set({ language })}
              options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))}
            />
          </Field>
          <Field label={t("rules.order")} extra={t("rules.orderHelp")}>
            <InputNumber
              value={r.order}
              min={-1_000_000}
              max={1_000_000}
              precision={0}
              onChange={(n) => set({ order: n ?? 0 })}
            />
          </Field>
          <Field label={t("rules.repeatable")} extra={t("rules.repeatableHelp")}>
            <Switch
              checked={r.repeatable ?? false}
              onChange={(repeatable) => set({ repeatable: repeatable || undefined })}
            />
          </Field>
        </div>
        <Form.Item label={t("rules.afterwards")}>
          <Segmented
            aria-label={t("rules.afterwards")}
            value={r.handoff ? "handoff" : r.close ? "close" : "stay"}
            onChange={(v) =>
              set({
                handoff: v === "handoff" ? (r.handoff ?? {}) : undefined,
                close: v === "close" || undefined,
              })
            }
            options={(["stay", "handoff", "close"] as const).map((v) => ({
              value: v,
              label: t(`rules.after_${v}`),
            }))}
          />
        </Form.Item>
        {r.handoff && (
          <div className={s.two}>
            <Field label={t("human.team")}>
              <Select
                allowClear
                value={r.handoff.team}
                placeholder={t("human.asRouting")}
                onChange={(team) => set({ handoff: { ...r.handoff, team } })}
                options={teams.map((x) => ({ value: x.id, label: x.name }))}
              />
            </Field>
            <Form.Item label={t("human.texts")}>
              <SayingList
                value={r.handoff.texts ?? []}
                placeholder={t("human.textsEmpty")}
                onChange={(texts) =>
                  set({ handoff: { ...r.handoff, texts: texts.length ? texts : undefined } })
                }
              />
            </Form.Item>
          </div>
        )}
      </Form>
    </Modal>
  );
}

/** The hub reads RE2; what this browser cannot read at all is surely wrong too, but for inline flags. */
function readable(pattern: string): boolean {
  try {
    new RegExp(pattern.replace(/^\(\?[a-zA-Z]+\)/, ""), "u");
    return true;
  } catch {
    return /\(\?P?</.test(pattern);
  }
}
