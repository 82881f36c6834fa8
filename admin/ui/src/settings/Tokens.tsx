import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Select, Table } from "antd";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addToken, deleteToken, listTokens, type TokenInput } from "@/api/team";
import type { Role, Token } from "@/api/types";
import { queryClient } from "@/lib/query";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { CopyBox } from "@/ui/Copy";
import { Empty, Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/accounts";
import "@/i18n/more/settings";
import "@/i18n/more/team";
import "@/i18n/more/ui";

/** Tokens let programs in. The secret is shown once, when it is made. */
export function Tokens() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery({ queryKey: ["tokens"], queryFn: listTokens });
  const [adding, setAdding] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["tokens"] });
  const remove = useDo(deleteToken, refresh);
  const add = can("token.write") && (
    <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      {t("tokens.add")}
    </Button>
  );
  return (
    <SettingsPage name="tokens" actions={add}>
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={KeyRound} text={t("tokens.empty")}>
          {add}
        </Empty>
      ) : (
        <Wide min={640}>
          <Table<Token>
            rowKey="id"
            size="middle"
            loading={query.isPending}
            dataSource={query.data}
            pagination={false}
            columns={[
              { title: t("column.name"), dataIndex: "name" },
              {
                title: t("tokens.prefix"),
                dataIndex: "prefix",
                render: (x: string) => <code className="mono">{x}…</code>,
              },
              { title: t("team.role"), dataIndex: "role", render: (r: Role) => t(`role.${r}`) },
              {
                title: t("tokens.used"),
                dataIndex: "last_used",
                render: (at?: string) => (at ? <Ago at={at} /> : t("channels.never")),
              },
              { title: t("column.made"), dataIndex: "created", render: (at: string) => <Ago at={at} /> },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                align: "right",
                render: (_, x) =>
                  can("token.write") && (
                    <ConfirmButton
                      size="small"
                      danger
                      question={t("tokens.deleteQuestion", { name: x.name })}
                      onConfirm={() => remove.mutate(x.id)}
                    >
                      {t("tokens.end")}
                    </ConfirmButton>
                  ),
              },
            ]}
          />
        </Wide>
      )}
      {adding && <AddToken close={() => setAdding(false)} done={refresh} />}
    </SettingsPage>
  );
}

function AddToken({ close, done }: { close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<TokenInput>();
  const add = useDo(addToken, done);
  if (add.data) {
    return (
      <Modal
        open
        title={t("tokens.made", { name: add.data.name })}
        onCancel={close}
        cancelButtonProps={{ hidden: true }}
        okText={t("tokens.kept")}
        onOk={close}
        mask={{ closable: false }}
        closable={false}
      >
        <p className="muted" style={{ marginBottom: 12 }}>
          {t("tokens.once")}
        </p>
        <CopyBox text={add.data.token} />
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={t("tokens.add")}
      onCancel={close}
      okText={t("do.create")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: add.isPending }}
      onOk={form.submit}
      width={440}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ role: "bot" }}
        onFinish={add.mutate}
      >
        <Form.Item
          name="name"
          label={t("column.name")}
          extra={t("tokens.nameHelp")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="role" label={t("team.role")}>
          <Select
            options={(["bot", "limited", "agent", "supervisor", "designer", "admin", "owner"] as const).map(
              (r) => ({
                value: r,
                label: `${t(`role.${r}`)} · ${t(`roleHelp.${r}`)}`,
              }),
            )}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
