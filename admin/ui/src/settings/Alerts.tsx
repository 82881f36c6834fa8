import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Select, Switch, Table } from "antd";
import { BellRing } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useKinds } from "@/accounts/useKinds";
import {
  type Alert,
  type AlertSettings,
  getAlertSettings,
  listAlerts,
  saveAlertSettings,
  testAlert,
} from "@/api/accounts";
import { queryClient } from "@/lib/query";
import { useAccounts } from "@/session/data";
import { CopyBox } from "@/ui/Copy";
import { CardBox, Section } from "@/ui/Page";
import { Failure, Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { showFieldErrors } from "@/ui/useFormErrors";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import "@/i18n/more/settings";

const settingsKey = ["alert-settings"];
const alertsKey = ["alerts"];

interface Values {
  mail: string;
  mail_account?: string;
  webhook?: string;
  new_secret?: boolean;
}

/** Alerts are who is told when an account breaks and when it works again, and what was told. */
export function Alerts() {
  const { t } = useTranslation("more");
  const query = useQuery({ queryKey: settingsKey, queryFn: getAlertSettings });
  return (
    <SettingsPage name="alerts">
      <Section title={t("alerts.where")} lead={t("alerts.inbox")}>
        <Loaded query={query}>{(settings) => <Where settings={settings} />}</Loaded>
      </Section>
      <Section title={t("alerts.past")}>
        <Past />
      </Section>
    </SettingsPage>
  );
}

function Where({ settings }: { settings: AlertSettings }) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const kinds = useKinds().data ?? [];
  const mailboxes = (useAccounts().data ?? []).filter((a) =>
    kinds.some((k) => k.kind === a.kind && (k.capabilities.subject?.max ?? 0) > 0),
  );
  const save = useDo(
    (v: Values) =>
      saveAlertSettings({
        mail: (v.mail ?? "").split(/[\s,;]+/).filter(Boolean),
        mail_account: v.mail_account || undefined,
        webhook: v.webhook?.trim() || undefined,
        new_secret: v.new_secret,
      }),
    (saved) => {
      queryClient.setQueryData(settingsKey, saved);
      form.setFieldValue("new_secret", false);
      message.success(base("do.saved"));
    },
  );
  useEffect(() => {
    if (save.error) showFieldErrors(form, save.error);
  }, [form, save.error]);
  const test = useDo(
    () => testAlert(),
    (alert) => {
      void queryClient.invalidateQueries({ queryKey: alertsKey });
      if (alert.sends?.length) message.success(t("alerts.tested"));
      else message.warning(t("alerts.testNobody"));
    },
  );
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      className={s.form}
      initialValues={{
        mail: (settings.mail ?? []).join("\n"),
        mail_account: settings.mail_account || undefined,
        webhook: settings.webhook,
      }}
      onFinish={save.mutate}
    >
      <Form.Item name="mail" label={t("alerts.mail")} extra={t("alerts.mailHelp")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} spellCheck={false} />
      </Form.Item>
      <Form.Item name="mail_account" label={t("alerts.mailAccount")} extra={t("alerts.mailAccountHelp")}>
        <Select
          allowClear
          placeholder={mailboxes.length === 0 ? t("alerts.noMailbox") : undefined}
          options={mailboxes.map((a) => ({ value: a.id, label: a.name }))}
        />
      </Form.Item>
      <Form.Item name="webhook" label={t("alerts.webhook")} extra={t("alerts.webhookHelp")}>
        <Input spellCheck={false} placeholder="https://example.com/alerts" />
      </Form.Item>
      {settings.signed && !settings.secret && (
        <Form.Item
          name="new_secret"
          label={t("alerts.newSecret")}
          extra={t("alerts.signed")}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
      )}
      {settings.secret && (
        <CardBox>
          <p className="muted">{t("alerts.secret")}</p>
          <CopyBox text={settings.secret} />
        </CardBox>
      )}
      <div className="row wrap">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {base("do.save")}
        </Button>
        <Button
          icon={<BellRing aria-hidden />}
          loading={test.isPending}
          onClick={() => test.mutate(undefined)}
        >
          {t("alerts.test")}
        </Button>
      </div>
    </Form>
  );
}

function Past() {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const query = useQuery({ queryKey: alertsKey, queryFn: listAlerts, refetchInterval: 5000 });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Wide min={560}>
      <Table<Alert>
        size="small"
        rowKey="id"
        loading={query.isPending}
        dataSource={query.data?.items}
        pagination={false}
        locale={{ emptyText: t("alerts.empty") }}
        columns={[
          {
            title: base("column.when"),
            dataIndex: "at",
            width: 110,
            render: (at: string) => <Ago at={at} />,
          },
          {
            title: t("alerts.what"),
            key: "what",
            render: (_, a) =>
              a.kind === "test"
                ? t("alerts.testKind")
                : t(`alerts.${a.kind as "red"}`, { name: a.name ?? "" }),
          },
          {
            title: t("alerts.who"),
            key: "who",
            render: (_, a) =>
              a.sends?.length
                ? a.sends.map((x) => (
                    <div key={`${x.way} ${x.target}`}>
                      {x.target} · {t(`alerts.${x.state as "sent"}`)}
                      {x.trouble && <span className="faint"> · {x.trouble}</span>}
                    </div>
                  ))
                : t("alerts.inboxOnly"),
          },
        ]}
      />
    </Wide>
  );
}
