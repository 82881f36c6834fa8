import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Modal, Select, Table } from "antd";
import { Bot as BotIcon, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addBot } from "@/api/bots";
import type { Bot } from "@/api/types";
import { type Language, languages } from "@/i18n";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useAccounts, useBots } from "@/session/data";
import { useCan } from "@/session/useSession";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Bots lists who answers by itself, what of it is published, and where it serves. */
export function Bots() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const accounts = useAccounts().data ?? [];
  const [adding, setAdding] = useState(false);
  const open = (id: string) => void navigate({ to: "/bots/$id/$tab", params: { id, tab: "rules" } });
  const add = can("bot.write") && (
    <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      {t("bots.add")}
    </Button>
  );
  return (
    <Page title={t("place.bots")} lead={t("bots.lead")} actions={add}>
      <Loaded query={useBots()}>
        {(bots) =>
          bots.length === 0 ? (
            <Empty icon={BotIcon} text={t("bots.empty")}>
              {add}
            </Empty>
          ) : (
            <Wide min={640}>
              <Table<Bot>
                rowKey="id"
                dataSource={bots}
                pagination={false}
                onRow={(b) => ({ onClick: () => open(b.id), style: { cursor: "pointer" } })}
                columns={[
                  {
                    title: t("column.name"),
                    dataIndex: "name",
                    width: 240,
                    ellipsis: true,
                    render: (name: string, b) => (
                      <Button type="link" style={{ padding: 0, fontWeight: 600 }} onClick={() => open(b.id)}>
                        {name}
                      </Button>
                    ),
                  },
                  {
                    title: t("column.state"),
                    key: "state",
                    render: (_, b) =>
                      b.published ? (
                        <>
                          {t("bots.published", { version: b.published })}
                          {b.changed && <span className="muted"> · {t("bots.changed")}</span>}
                        </>
                      ) : (
                        <span className="muted">{t("bots.unpublished")}</span>
                      ),
                  },
                  {
                    title: t("bots.serves"),
                    key: "serves",
                    width: "45%",
                    render: (_, b) =>
                      accounts
                        .filter((a) => a.bot === b.id)
                        .map((a) => a.name)
                        .join(", ") || <span className="faint">{t("bots.nowhere")}</span>,
                  },
                  {
                    title: t("column.changed"),
                    dataIndex: "updated",
                    render: (at: string) => <Ago at={at} />,
                  },
                ]}
              />
            </Wide>
          )
        }
      </Loaded>
      {adding && <AddBot close={() => setAdding(false)} open={open} />}
    </Page>
  );
}

interface Values {
  name: string;
  language: Language;
}

function AddBot({ close, open }: { close: () => void; open: (id: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [form] = Form.useForm<Values>();
  const add = useDo(
    (v: Values) => addBot({ kind: "rules", ...v }),
    (bot) => {
      void queryClient.invalidateQueries({ queryKey: keys.bots });
      open(bot.id);
    },
  );
  return (
    <Modal
      open
      title={t("bots.add")}
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
        initialValues={{ language }}
        onFinish={add.mutate}
      >
        <Form.Item
          name="name"
          label={t("column.name")}
          extra={t("bots.nameHelp")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="language" label={t("bots.language")} extra={t("bots.languageHelp")}>
          <Select options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
