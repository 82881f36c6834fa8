import { Button, Form, Input, Modal, Select, Table } from "antd";
import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addAttribute, deleteAttribute, saveAttribute } from "@/api/book";
import type { Attribute } from "@/api/types";
import { useAttributes } from "@/contacts/Attributes";
import { queryClient } from "@/lib/query";
import { ConfirmButton } from "@/ui/Confirm";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/contacts";
import "@/i18n/more/ui";

const kinds = ["text", "number", "date", "choice", "yes_no"] as const;

/** AttributeList is what the tenant keeps of its contacts, in its own words and order. */
export function AttributeList() {
  const { t } = useTranslation();
  const query = useAttributes();
  const [editing, setEditing] = useState<Partial<Attribute>>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["attributes"] });
  const remove = useDo(deleteAttribute, refresh);
  const up = useDo(async ([a, before]: [Attribute, Attribute]) => {
    // Equal places are possible where two moved at once: one apart again.
    await saveAttribute(a.id, { pos: before.pos });
    await saveAttribute(before.id, { pos: Math.max(a.pos, before.pos + 1) });
  }, refresh);
  const all = query.data ?? [];
  return (
    <SettingsPage
      name="attributes"
      actions={
        <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setEditing({ kind: "text" })}>
          {t("book.attributeAdd")}
        </Button>
      }
    >
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : (
        <Wide min={480}>
          <Table<Attribute>
            rowKey="id"
            size="middle"
            loading={query.isPending}
            dataSource={all}
            pagination={false}
            locale={{ emptyText: <span className="muted">{t("book.attributesNone")}</span> }}
            onRow={(x) => ({ onClick: () => setEditing(x), style: { cursor: "pointer" } })}
            columns={[
              { title: t("column.name"), dataIndex: "name" },
              {
                title: t("book.attributeKind"),
                key: "kind",
                render: (_, x) =>
                  [t(`book.kind_${x.kind}`), x.options.join(" · ")].filter(Boolean).join(": "),
              },
              { title: t("book.attributeKey"), dataIndex: "key", render: (k: string) => <code>{k}</code> },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                align: "right",
                width: 96,
                onCell: () => ({ onClick: (e) => e.stopPropagation() }),
                render: (_, x, i) => (
                  <span className="row" style={{ justifyContent: "end" }}>
                    {i > 0 && (
                      <Button
                        type="text"
                        size="small"
                        icon={<ArrowUp aria-hidden />}
                        aria-label={t("book.up", { name: x.name })}
                        onClick={() => up.mutate([x, all[i - 1]!])}
                      />
                    )}
                    <ConfirmButton
                      type="text"
                      size="small"
                      danger
                      icon={<Trash2 aria-hidden />}
                      aria-label={t("book.attributeDelete", { name: x.name })}
                      question={t("book.attributeDeleteQuestion", { name: x.name })}
                      onConfirm={() => remove.mutate(x.id)}
                    />
                  </span>
                ),
              },
            ]}
          />
        </Wide>
      )}
      {editing && <AttributeForm attribute={editing} close={() => setEditing(undefined)} done={refresh} />}
    </SettingsPage>
  );
}

interface Filled {
  name: string;
  kind: Attribute["kind"];
  options?: string;
}

function AttributeForm({
  attribute,
  close,
  done,
}: {
  attribute: Partial<Attribute>;
  close: () => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Filled>();
  const kind = Form.useWatch("kind", form) ?? attribute.kind;
  const save = useDo(
    (v: Filled) => {
      const options = (v.options ?? "")
        .split("\n")
        .map((o) => o.trim())
        .filter(Boolean);
      return attribute.id
        ? saveAttribute(attribute.id, { name: v.name, options })
        : addAttribute({ name: v.name, kind: v.kind, options });
    },
    () => {
      done();
      close();
    },
  );
  return (
    <Modal
      open
      title={attribute.name ?? t("book.attributeAdd")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
      width={420}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ...attribute, options: attribute.options?.join("\n") }}
        onFinish={(v) => save.mutate(v)}
      >
        <Form.Item
          name="name"
          label={t("column.name")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={60} />
        </Form.Item>
        <Form.Item name="kind" label={t("book.attributeKind")}>
          <Select
            disabled={Boolean(attribute.id)}
            options={kinds.map((value) => ({ value, label: t(`book.kind_${value}`) }))}
          />
        </Form.Item>
        {kind === "choice" && (
          <Form.Item
            name="options"
            label={t("book.attributeOptions")}
            rules={[{ required: true, whitespace: true, message: t("form.required") }]}
          >
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
