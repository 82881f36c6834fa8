import { Button, Form, Input, Modal, Segmented, Select, Table } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addTag, deleteTag, saveTag } from "@/api/team";
import type { Tag } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useTags } from "@/session/data";
import { ConfirmButton } from "@/ui/Confirm";
import { Failure } from "@/ui/States";
import { TagChip, tagColors } from "@/ui/TagChip";
import { useDo } from "@/ui/useDo";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/settings";
import "@/i18n/more/ui";
import "@/i18n/more/inbox";

/** Tags say what conversations were about, and what kind of people contacts are. */
export function Tags() {
  const { t } = useTranslation();
  const query = useTags();
  const [scope, setScope] = useState<Tag["scope"]>("conversation");
  const [editing, setEditing] = useState<Partial<Tag>>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.tags });
  const remove = useDo(deleteTag, refresh);
  return (
    <SettingsPage
      name="tags"
      actions={
        <Button
          type="primary"
          icon={<Plus aria-hidden />}
          onClick={() => setEditing({ scope, color: "grey" })}
        >
          {t("tags.add")}
        </Button>
      }
    >
      <Segmented
        aria-label={t("settings.tags")}
        value={scope}
        onChange={setScope}
        style={{ marginBottom: 12 }}
        options={(["conversation", "contact"] as const).map((v) => ({ value: v, label: t(`tags.of_${v}`) }))}
      />
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : (
        <Table<Tag>
          rowKey="id"
          size="middle"
          loading={query.isPending}
          dataSource={query.data?.filter((x) => x.scope === scope)}
          pagination={false}
          locale={{ emptyText: t("tags.none") }}
          onRow={(x) => ({ onClick: () => setEditing(x), style: { cursor: "pointer" } })}
          columns={[
            { title: t("column.name"), key: "name", render: (_, x) => <TagChip tag={x} /> },
            {
              title: <span className="sr">{t("column.actions")}</span>,
              key: "do",
              align: "right",
              onCell: () => ({ onClick: (e) => e.stopPropagation() }),
              render: (_, x) => (
                <ConfirmButton
                  type="text"
                  size="small"
                  danger
                  icon={<Trash2 aria-hidden />}
                  aria-label={t("tags.delete", { name: x.name })}
                  question={t("tags.deleteQuestion", { name: x.name })}
                  onConfirm={() => remove.mutate(x.id)}
                />
              ),
            },
          ]}
        />
      )}
      {editing && <TagForm tag={editing} close={() => setEditing(undefined)} done={refresh} />}
    </SettingsPage>
  );
}

function TagForm({ tag, close, done }: { tag: Partial<Tag>; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Omit<Tag, "id">>();
  const save = useDo(
    (v: Omit<Tag, "id">) => (tag.id ? saveTag(tag.id, { name: v.name, color: v.color }) : addTag(v)),
    () => {
      done();
      close();
    },
  );
  return (
    <Modal
      open
      title={tag.name ?? t("tags.add")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
      width={400}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={tag}
        onFinish={(v) => save.mutate({ ...v, scope: tag.scope! })}
      >
        <Form.Item
          name="name"
          label={t("column.name")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={60} />
        </Form.Item>
        <Form.Item name="color" label={t("tags.color")}>
          <Select
            options={Object.entries(tagColors).map(([value, color]) => ({
              value,
              label: (
                <span className="row">
                  <span style={{ width: 10, height: 10, borderRadius: 5, background: color }} />
                  {t(`color.${value as "grey"}`)}
                </span>
              ),
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
