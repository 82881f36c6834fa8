import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { getTenant, saveTenant } from "@/api/session";
import { listHours } from "@/api/team";
import type { Session, Tenant, TenantSettings } from "@/api/types";
import { type Language, languages } from "@/i18n";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { GoalFields } from "./Goals";
import { Minutes } from "./Minutes";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import "@/i18n/more/settings";
import "@/i18n/more/session";

type Values = Pick<Tenant, "name" | "hours"> & { language: Language; settings: TenantSettings };

/** Business is the tenant and its switches; each says what it does. */
export function Business() {
  const query = useQuery({ queryKey: ["tenant"], queryFn: getTenant });
  return (
    <SettingsPage name="business">
      <Loaded query={query}>{(tenant) => <Fields key={tenant.id} tenant={tenant} />}</Loaded>
    </SettingsPage>
  );
}

function Fields({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const hours = useQuery({ queryKey: ["hours"], queryFn: listHours }).data ?? [];
  const save = useDo(
    (v: Values) =>
      saveTenant({
        ...v,
        hours: v.hours ?? "",
        settings: { ...tenant.settings, ...v.settings, max_file: (v.settings.max_file || 0) * 1_000_000 },
      }),
    (saved) => {
      queryClient.setQueryData(["tenant"], saved);
      amend<Session>(queryClient, keys.session, (x) => ({ ...x, tenant: saved }));
      message.success(t("do.saved"));
    },
  );
  const sw = (
    name: "wide_load" | "require_tag" | "live_typing" | "hide_address" | "require_second_factor",
  ) => (
    <Form.Item
      name={["settings", name]}
      label={t(`business.${name}`)}
      extra={t(`business.${name}_help`)}
      valuePropName="checked"
    >
      <Switch />
    </Form.Item>
  );
  const minutes = (name: "idle_close" | "silent_close" | "recall_within") => (
    <Form.Item name={["settings", name]} label={t(`business.${name}`)} extra={t(`business.${name}_help`)}>
      <Minutes />
    </Form.Item>
  );
  return (
    <Form<Values>
      layout="vertical"
      requiredMark={false}
      className={s.form}
      initialValues={{
        ...tenant,
        hours: tenant.hours || undefined,
        settings: { ...tenant.settings, max_file: tenant.settings.max_file / 1_000_000 || undefined },
      }}
      onFinish={save.mutate}
    >
      <Section title={t("business.about")}>
        <Form.Item
          name="name"
          label={t("setup.tenant")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="language" label={t("business.language")}>
          <Select options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))} />
        </Form.Item>
        <Form.Item name="hours" label={t("business.hours")} extra={t("business.hours_help")}>
          <Select
            allowClear
            placeholder={t("hours.always")}
            options={hours.map((h) => ({ value: h.id, label: h.name }))}
          />
        </Form.Item>
      </Section>
      <Section title={t("business.conversations")}>
        {minutes("idle_close")}
        {minutes("silent_close")}
        {sw("require_tag")}
        {sw("wide_load")}
      </Section>
      <Section title={t("goals.title")} lead={t("goals.lead")}>
        <GoalFields name={["settings", "goals"]} />
      </Section>
      <Section title={t("business.messages")}>
        {minutes("recall_within")}
        {sw("live_typing")}
        <Form.Item
          name={["settings", "max_file"]}
          label={t("business.max_file")}
          extra={t("business.max_file_help")}
        >
          <InputNumber min={1} max={1073} precision={0} placeholder="25" suffix="MB" style={{ width: 140 }} />
        </Form.Item>
        <Form.Item
          name={["settings", "handoff_line"]}
          label={t("business.handoff_line")}
          extra={t("business.handoff_line_help", { place: "{place}" })}
        >
          <Input.TextArea autoSize maxLength={1000} placeholder={t("business.builtIn")} />
        </Form.Item>
        <Form.Item
          name={["settings", "off_hours_line"]}
          label={t("business.off_hours_line")}
          extra={t("business.off_hours_line_help")}
        >
          <Input.TextArea autoSize maxLength={1000} placeholder={t("business.builtIn")} />
        </Form.Item>
      </Section>
      <Section title={t("business.privacy")}>
        {sw("hide_address")}
        {sw("require_second_factor")}
      </Section>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("do.save")}
      </Button>
    </Form>
  );
}
