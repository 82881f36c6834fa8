import { useMutation } from "@tanstack/react-query";
import { App, Button, Form, Input, Segmented, Select } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { upload } from "@/api/files";
import { changePassword, saveProfile } from "@/api/session";
import type { Agent, Session } from "@/api/types";
import { asLanguage, languages, speak } from "@/i18n";
import { enterSends, setEnterSends } from "@/inbox/composer/drafts";
import { queryClient } from "@/lib/query";
import { setZone } from "@/lib/time";
import { amend, keys } from "@/live/cache";
import { useSession } from "@/session/useSession";
import { type Mode, useMode } from "@/theme/mode";
import { Avatar } from "@/ui/Avatar";
import { Section } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { showFieldErrors, stands } from "@/ui/useFormErrors";
import { SecondFactor } from "./SecondFactor";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import { zones } from "./zones";
import "@/i18n/more/actions";
import "@/i18n/more/session";

/** Profile is what is one's own: name and picture that customers see, language, theme, keys, password. */
export function Profile() {
  const { t } = useTranslation();
  const { agent } = useSession();
  const { message } = App.useApp();
  const { mode, setMode } = useMode();
  const [enter, setEnter] = useState(enterSends);
  const picker = useRef<HTMLInputElement>(null);
  const keep = (fields: Partial<Agent>) =>
    amend<Session>(queryClient, keys.session, (x) => ({ ...x, agent: { ...x.agent, ...fields } }));
  const save = useDo(saveProfile, (saved, sent) => {
    keep({ ...sent, ...saved });
    if (sent.time_zone !== undefined) setZone(sent.time_zone);
    const language = asLanguage(sent.language);
    if (language) void speak(language);
    message.success(t("do.saved"));
  });
  const picture = useDo(async (file: File) => {
    const stored = await upload(file, () => undefined, new AbortController().signal);
    await saveProfile({ avatar: stored.id });
    keep({ avatar: stored.id });
  });

  return (
    <SettingsPage name="profile">
      <Section title={t("profile.you")}>
        <div className={s.who} style={{ marginBottom: 16 }}>
          <Avatar id={agent.id} name={agent.name} file={agent.avatar} size={56} />
          <input
            ref={picker}
            type="file"
            accept="image/*"
            hidden
            onChange={(e) => {
              const f = e.target.files?.[0];
              if (f) picture.mutate(f);
              e.target.value = "";
            }}
          />
          <Button loading={picture.isPending} onClick={() => picker.current?.click()}>
            {t("profile.picture")}
          </Button>
          <span className="faint">{agent.email}</span>
        </div>
        <Form
          layout="vertical"
          requiredMark={false}
          className={s.form}
          initialValues={{
            name: agent.name,
            language: agent.language,
            time_zone: agent.time_zone || undefined,
          }}
          onFinish={(v) => save.mutate({ ...v, time_zone: v.time_zone ?? "" })}
        >
          <Form.Item
            name="name"
            label={t("setup.name")}
            extra={t("setup.nameHelp")}
            rules={[{ required: true, message: t("form.required") }]}
          >
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="language" label={t("profile.language")}>
            <Select options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))} />
          </Form.Item>
          <Form.Item name="time_zone" label={t("visit.zone")} extra={t("profile.zoneHelp")}>
            <Select allowClear showSearch options={zones()} placeholder={t("profile.browserZone")} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t("do.save")}
          </Button>
        </Form>
      </Section>
      <Section title={t("profile.here")} lead={t("profile.hereLead")}>
        <Form layout="vertical" component="div" className={s.form}>
          <Form.Item label={t("profile.theme")}>
            <Segmented
              aria-label={t("profile.theme")}
              value={mode}
              onChange={(m) => setMode(m as Mode)}
              options={(["light", "dark", "system"] as const).map((m) => ({
                value: m,
                label: t(`theme.${m}`),
              }))}
            />
          </Form.Item>
          <Form.Item label={t("profile.sending")}>
            <Segmented
              aria-label={t("profile.sending")}
              value={enter ? "enter" : "mod"}
              onChange={(v) => {
                setEnterSends(v === "enter");
                setEnter(v === "enter");
              }}
              options={[
                { value: "enter", label: t("composer.enterSends") },
                { value: "mod", label: t("composer.modEnterSends") },
              ]}
            />
          </Form.Item>
        </Form>
      </Section>
      <Password />
      <SecondFactor />
    </SettingsPage>
  );
}

function Password() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ old: string; new: string }>();
  const change = useMutation({
    mutationFn: (v: { old: string; new: string }) => changePassword(v.old, v.new),
    onSuccess: () => {
      form.resetFields();
      message.success(t("profile.passwordChanged"));
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const required = { required: true, message: t("form.required") };
  return (
    <Section title={t("signIn.password")} lead={t("profile.passwordLead")}>
      <Form form={form} layout="vertical" requiredMark={false} className={s.form} onFinish={change.mutate}>
        <Form.Item name="old" label={t("profile.old")} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t("profile.new")}
          extra={t("setup.passwordHelp")}
          rules={[required, { min: 8, message: t("form.passwordShort") }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {change.error && !stands(change.error, "old", "new") && <Failure error={change.error} />}
        <Button htmlType="submit" loading={change.isPending}>
          {t("profile.change")}
        </Button>
      </Form>
    </Section>
  );
}
