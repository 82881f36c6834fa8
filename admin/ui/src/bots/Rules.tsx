import { Button, Input, Select, Switch, Table } from "antd";
import { Plus, Search, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmButton } from "@/ui/Confirm";
import { Wide } from "@/ui/Wide";
import s from "./bots.module.css";
import { type Match, newRule, type Rule, replyText, usesOf } from "./content";
import { useDraft } from "./draft";
import { RuleEditor } from "./RuleEditor";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Rules is the table of what the bot knows: search it, switch rules, open one to change it. */
export function Rules() {
  const { t } = useTranslation();
  const { content, change, errors } = useDraft();
  const [query, setQuery] = useState("");
  const [match, setMatch] = useState<Match>();
  const [editing, setEditing] = useState<Rule>();
  const [chosen, setChosen] = useState<string[]>([]);

  const wrong = useMemo(() => {
    const ids = new Set<string>();
    for (const e of errors) {
      const hit = /^(?:content\.)?rules\[(\d+)\]/.exec(e.field ?? "");
      const rule = hit && content.rules[Number(hit[1])];
      if (rule) ids.add(rule.id);
    }
    return ids;
  }, [errors, content.rules]);

  const rows = useMemo(() => {
    const q = query.trim().toLowerCase();
    return content.rules.filter(
      (r) =>
        (!match || r.match === match) &&
        (!q ||
          [r.name, r.id, ...r.patterns, ...r.answers.map(replyText)].some((x) =>
            x?.toLowerCase().includes(q),
          )),
    );
  }, [content.rules, query, match]);

  const put = (rule: Rule) =>
    change((c) => {
      const at = c.rules.findIndex((r) => r.id === rule.id);
      return { ...c, rules: at < 0 ? [rule, ...c.rules] : c.rules.with(at, rule) };
    });
  const remove = (ids: string[]) =>
    change((c) => ({ ...c, rules: c.rules.filter((r) => !ids.includes(r.id)) }));
  const turn = (ids: string[], on: boolean) =>
    change((c) => ({ ...c, rules: c.rules.map((r) => (ids.includes(r.id) ? { ...r, on } : r)) }));

  return (
    <>
      <div className={s.toolbar}>
        <Input
          allowClear
          prefix={<Search aria-hidden />}
          value={query}
          placeholder={t("rules.search")}
          aria-label={t("rules.search")}
          onChange={(e) => setQuery(e.target.value)}
          style={{ maxWidth: 320 }}
        />
        <Select
          allowClear
          value={match}
          placeholder={t("rules.anyMatch")}
          aria-label={t("rules.match")}
          onChange={setMatch}
          style={{ width: 160 }}
          options={(["keyword", "exact", "regex"] as const).map((m) => ({
            value: m,
            label: t(`match.${m}`),
          }))}
        />
        <span className="grow" />
        {chosen.length > 0 && (
          <>
            <Button onClick={() => turn(chosen, true)}>{t("rules.turnOn")}</Button>
            <Button onClick={() => turn(chosen, false)}>{t("rules.turnOff")}</Button>
            <ConfirmButton
              danger
              question={t("rules.deleteSome", { count: chosen.length })}
              onConfirm={() => {
                remove(chosen);
                setChosen([]);
              }}
            >
              {t("do.delete")}
            </ConfirmButton>
          </>
        )}
        <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setEditing(newRule())}>
          {t("rules.add")}
        </Button>
      </div>
      <Wide min={680}>
        <Table<Rule>
          size="middle"
          rowKey="id"
          dataSource={rows}
          pagination={
            rows.length > 50
              ? { pageSize: 50, showSizeChanger: false, showTotal: (n) => t("rules.total", { count: n }) }
              : false
          }
          locale={{ emptyText: t(content.rules.length ? "rules.noneFound" : "rules.empty") }}
          rowSelection={{
            selectedRowKeys: chosen,
            onChange: (keys) => setChosen(keys as string[]),
            getTitleCheckboxProps: () => ({ "aria-label": t("rules.selectAll") }),
            getCheckboxProps: (r) => ({
              "aria-label": t("rules.selectOne", { name: r.name || r.patterns[0] || r.id }),
            }),
          }}
          onRow={(r) => ({ onClick: () => setEditing(r), style: { cursor: "pointer" } })}
          columns={[
            {
              title: t("column.name"),
              key: "name",
              width: 170,
              ellipsis: true,
              render: (_, r) => (
                <Button type="link" className={s.ruleName} danger={wrong.has(r.id)}>
                  {r.name || r.patterns[0] || r.id}
                </Button>
              ),
            },
            {
              title: t("rules.questions"),
              key: "patterns",
              ellipsis: true,
              render: (_, r) => (
                <>
                  <span className="faint">{t(`match.${r.match}`)} · </span>
                  {r.patterns.join(" / ")}
                </>
              ),
            },
            {
              title: t("rules.answer"),
              key: "answer",
              ellipsis: true,
              render: (_, r) => (
                <>
                  {replyText(r.answers[0])}
                  {r.answers.length > 1 && <span className="faint"> +{r.answers.length - 1}</span>}
                  {r.handoff && <span className="faint"> → {t("rules.toPeople")}</span>}
                </>
              ),
            },
            {
              title: t("rules.on"),
              dataIndex: "on",
              width: 72,
              onCell: () => ({ onClick: (e) => e.stopPropagation() }),
              render: (on: boolean, r) => (
                <Switch
                  size="small"
                  checked={on}
                  aria-label={t("rules.on")}
                  onChange={(next) => turn([r.id], next)}
                />
              ),
            },
            {
              title: <span className="sr">{t("column.actions")}</span>,
              key: "do",
              width: 52,
              onCell: () => ({ onClick: (e) => e.stopPropagation() }),
              render: (_, r) => {
                const uses = usesOf(content, r.id);
                return (
                  <ConfirmButton
                    type="text"
                    size="small"
                    danger
                    icon={<Trash2 aria-hidden />}
                    aria-label={t("rules.delete", { name: r.name || r.id })}
                    question={
                      uses.length ? t("rules.deleteUsed", { names: uses.join(", ") }) : t("rules.deleteOne")
                    }
                    onConfirm={() => remove([r.id])}
                  />
                );
              },
            },
          ]}
        />
      </Wide>
      {editing && (
        <RuleEditor
          rule={editing}
          close={() => setEditing(undefined)}
          save={(rule) => {
            put(rule);
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}
