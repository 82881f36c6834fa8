import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Modal, Table } from "antd";
import { Plus, SquareSlash, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addCanned, type CannedInput, deleteCanned, listCanned, saveCanned } from "@/api/team";
import type { Canned as Reply } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Empty, Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/ui";
import "@/i18n/more/settings";

/** Canned are ready sentences, called by / while writing: everybody's, and one's own. */
export function Canned() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery({ queryKey: keys.canned, queryFn: listCanned });
  const [editing, setEditing] = useState<Partial<Reply>>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.canned });
  const remove = useDo(deleteCanned, refresh);
  const mayTouch = (c: Reply) => Boolean(c.owner) || can("canned.share");
  const add = (
    <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setEditing({})}>
      {t("canned.add")}
    </Button>
  );
  return (
    <SettingsPage name="canned" actions={add}>
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={SquareSlash} text={t("canned.empty")}>
          {add}
        </Empty>
      ) : (
        <Wide min={640}>
          <Table<Reply>
            rowKey="id"
            size="middle"
            loading={query.isPending}
            dataSource={query.data}
            pagination={(query.data?.length ?? 0) > 50 ? { pageSize: 50, showSizeChanger: false } : false}
            onRow={(c) => (mayTouch(c) ? { onClick: () => setEditing(c), style: { cursor: "pointer" } } : {})}
            columns={[
              {
                title: t("canned.shortcut"),
                dataIndex: "shortcut",
                width: 110,
                render: (x: string) => <code className="mono">/{x}</code>,
              },
              { title: t("canned.title"), dataIndex: "title", width: 160, ellipsis: true },
              { title: t("canned.body"), dataIndex: "body", ellipsis: true },
              {
                title: t("canned.for"),
                key: "for",
                width: 100,
                render: (_, c) => t(c.owner ? "canned.own" : "canned.shared"),
              },
              { title: t("canned.uses"), dataIndex: "uses", width: 80, align: "right" },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                width: 52,
                onCell: () => ({ onClick: (e) => e.stopPropagation() }),
                render: (_, c) =>
                  mayTouch(c) && (
                    <ConfirmButton
                      type="text"
                      size="small"
                      danger
                      icon={<Trash2 aria-hidden />}
                      aria-label={t("canned.delete", { name: c.title })}
                      question={t("canned.deleteQuestion", { name: c.title })}
                      onConfirm={() => remove.mutate(c.id)}
                    />
                  ),
              },
            ]}
          />
        </Wide>
      )}
      {editing && <CannedForm reply={editing} close={() => setEditing(undefined)} done={refresh} />}
    </SettingsPage>
  );
}

function CannedForm({ reply, close, done }: { reply: Partial<Reply>; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const [form] = Form.useForm<CannedInput>();
  const save = useDo(
    (v: CannedInput) => (reply.id ? saveCanned(reply.id, v) : addCanned(v)),
    () => {
      done();
      close();
    },
  );
  const required = { required: true, whitespace: true, message: t("form.required") };
  const share = can("canned.share");
  return (
    <Modal
      open
      title={reply.title ?? t("canned.add")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
      width={560}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ...reply, own: reply.id ? Boolean(reply.owner) : !share }}
        onFinish={save.mutate}
      >
        <Form.Item
          name="shortcut"
          label={t("canned.shortcut")}
          extra={t("canned.shortcutHelp")}
          rules={[required, { pattern: /^[^\s/]+$/, message: t("canned.shortcutWrong") }]}
        >
          <Input autoFocus prefix="/" maxLength={40} />
        </Form.Item>
        <Form.Item name="title" label={t("canned.title")} rules={[required]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="body"
          label={t("canned.body")}
          extra={t("canned.bodyHelp", {
            name: "{{name}}",
            agent: "{{agent}}",
            interpolation: { skipOnVariables: true },
          })}
          rules={[required]}
        >
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} maxLength={10_000} />
        </Form.Item>
        <Form.Item name="own" valuePropName="checked">
          <Checkbox disabled={!share}>{t("canned.onlyOwn")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
