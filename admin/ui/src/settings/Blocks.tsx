import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input, Modal, Select, Table } from "antd";
import { Plus, ShieldBan } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getContact } from "@/api/contacts";
import { addBlock, deleteBlock, listBlocks } from "@/api/team";
import type { Block, ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useNames } from "@/session/data";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Empty, Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/bots";
import "@/i18n/more/settings";
import "@/i18n/more/ui";

/** Blocks are who is kept out, why, until when, and how often it was needed. */
export function Blocks() {
  const { t } = useTranslation();
  const names = useNames();
  const can = useCan();
  const query = useQuery({ queryKey: ["blocks"], queryFn: listBlocks });
  const [adding, setAdding] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["blocks"] });
  const lift = useDo(deleteBlock, refresh);
  const add = can("block.write") && (
    <Button icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      {t("blocks.add")}
    </Button>
  );
  return (
    <SettingsPage name="blocks" actions={add}>
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={ShieldBan} text={t("blocks.empty")} />
      ) : (
        <Wide min={720}>
          <Table<Block>
            rowKey="id"
            size="middle"
            loading={query.isPending}
            dataSource={query.data}
            pagination={false}
            columns={[
              {
                title: t("blocks.who"),
                key: "who",
                render: (_, b) =>
                  b.kind === "contact" ? (
                    <ContactName id={b.contact!} />
                  ) : (
                    <code className="mono">{b.prefix}</code>
                  ),
              },
              { title: t("block.reason"), dataIndex: "reason", ellipsis: true },
              { title: t("versions.by"), dataIndex: "by", width: 130, render: (id: ID) => names(id) },
              {
                title: t("column.when"),
                dataIndex: "created",
                width: 110,
                render: (at: string) => <Ago at={at} />,
              },
              {
                title: t("blocks.until"),
                dataIndex: "expires",
                width: 120,
                render: (at?: string) => (at ? <Ago at={at} /> : t("block.forever")),
              },
              { title: t("blocks.hits"), dataIndex: "hits", width: 90, align: "right" },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                align: "right",
                width: 90,
                render: (_, b) =>
                  can("block.write") && (
                    <ConfirmButton
                      size="small"
                      question={t("blocks.liftQuestion")}
                      onConfirm={() => lift.mutate(b.id)}
                    >
                      {t("blocks.lift")}
                    </ConfirmButton>
                  ),
              },
            ]}
          />
        </Wide>
      )}
      {adding && <AddAddress close={() => setAdding(false)} done={refresh} />}
    </SettingsPage>
  );
}

function ContactName({ id }: { id: ID }) {
  const contactName = useContactName();
  const contact = useQuery({ queryKey: keys.contact(id), queryFn: () => getContact(id) }).data;
  return (
    <Link to="/contacts/$id" params={{ id }}>
      {contact ? contactName(contact) : ""}
    </Link>
  );
}

function AddAddress({ close, done }: { close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ prefix: string; reason: string; days: number }>();
  const add = useDo(
    (v: { prefix: string; reason: string; days: number }) =>
      addBlock({
        kind: "address",
        prefix: v.prefix.trim(),
        reason: v.reason.trim(),
        expires: v.days ? new Date(Date.now() + v.days * 86_400_000).toISOString() : undefined,
      }),
    () => {
      done();
      close();
    },
  );
  const required = { required: true, whitespace: true, message: t("form.required") };
  return (
    <Modal
      open
      title={t("blocks.add")}
      onCancel={close}
      okText={t("block.do")}
      cancelText={t("do.cancel")}
      okButtonProps={{ danger: true, loading: add.isPending }}
      onOk={form.submit}
      width={440}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ days: 7 }}
        onFinish={add.mutate}
      >
        <Form.Item name="prefix" label={t("blocks.prefix")} extra={t("blocks.prefixHelp")} rules={[required]}>
          <Input autoFocus placeholder="198.51.100.0/24" spellCheck={false} />
        </Form.Item>
        <Form.Item name="reason" label={t("block.reason")} rules={[required]}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="days" label={t("block.until")}>
          <Select
            options={[1, 7, 30, 0].map((n) => ({
              value: n,
              label: n ? t("block.days", { count: n }) : t("block.forever"),
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
