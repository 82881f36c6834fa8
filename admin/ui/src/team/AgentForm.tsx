import { useMutation } from "@tanstack/react-query";
import { Form, Input, InputNumber, Modal, Segmented, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { type AgentInput, addAgent, saveAgent } from "@/api/team";
import type { Agent } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useTeams } from "@/session/data";
import { useCan, useSession } from "@/session/useSession";
import { Failure } from "@/ui/States";
import { showFieldErrors } from "@/ui/useFormErrors";
import "@/i18n/more/settings";
import "@/i18n/more/team";
import "@/i18n/more/session";

type Values = AgentInput & { may: boolean; way: "link" | "password" };

interface Props {
  agent: Partial<Agent>;
  close: () => void;
  /** Somebody was added who chooses a password by a link. */
  invite: (agent: Agent) => void;
}

/** AgentForm adds a person or changes one. */
export function AgentForm({ agent, close, invite }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const { agent: me, tenant } = useSession();
  const teams = useTeams().data ?? [];
  const [form] = Form.useForm<Values>();
  const save = useMutation({
    mutationFn: ({ may, way, password, ...v }: Values) => {
      const input = { ...v, email: v.email.trim(), name: v.name.trim() };
      if (!agent.id) return addAgent({ ...input, password: way === "link" ? undefined : password });
      // Oneself can not be locked out from here; an empty password stays as it is.
      const disabled = agent.id === me.id ? undefined : !may;
      return saveAgent(agent.id, { ...input, password: password || undefined, disabled });
    },
    onSuccess: (saved, { way }) => {
      void queryClient.invalidateQueries({ queryKey: keys.agents });
      void queryClient.invalidateQueries({ queryKey: keys.teams });
      close();
      if (!agent.id && way === "link") invite(saved);
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const required = { required: true, message: t("form.required") };
  const roles = (["owner", "admin", "supervisor", "agent", "limited", "designer"] as const).filter(
    (r) => r !== "owner" || can("owner.write"),
  );
  return (
    <Modal
      open
      title={agent.name ?? t("team.addAgent")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ...agent, may: !agent.disabled, way: "link" }}
        onFinish={save.mutate}
      >
        <Form.Item name="name" label={t("contact.name")} extra={t("setup.nameHelp")} rules={[required]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item
          name="email"
          label={t("signIn.email")}
          rules={[required, { type: "email", message: t("form.email") }]}
        >
          <Input type="email" autoComplete="off" />
        </Form.Item>
        {!agent.id && (
          <Form.Item name="way" label={t("signIn.password")}>
            <Segmented
              block
              aria-label={t("signIn.password")}
              options={[
                { value: "link", label: t("team.byLink") },
                { value: "password", label: t("team.byPassword") },
              ]}
            />
          </Form.Item>
        )}
        {/* One's own is changed in the profile, with the present one. */}
        {agent.id !== me.id && (
          <Form.Item noStyle dependencies={["way"]}>
            {({ getFieldValue }) =>
              !agent.id && getFieldValue("way") === "link" ? (
                <p className="muted" style={{ margin: "-12px 0 20px" }}>
                  {t("team.byLinkHelp")}
                </p>
              ) : (
                <Form.Item
                  name="password"
                  label={agent.id ? t("profile.new") : undefined}
                  style={agent.id ? undefined : { marginTop: -8 }}
                  extra={t(agent.id ? "team.passwordKeep" : "team.passwordHelp")}
                  rules={[...(agent.id ? [] : [required]), { min: 8, message: t("form.passwordShort") }]}
                >
                  <Input.Password autoComplete="new-password" aria-label={t("profile.new")} />
                </Form.Item>
              )
            }
          </Form.Item>
        )}
        <Form.Item name="role" label={t("team.role")}>
          <Select
            options={roles.map((r) => ({ value: r, label: `${t(`role.${r}`)} · ${t(`roleHelp.${r}`)}` }))}
          />
        </Form.Item>
        <Form.Item name="teams" label={t("team.teams")}>
          <Select mode="multiple" options={teams.map((x) => ({ value: x.id, label: x.name }))} />
        </Form.Item>
        <Form.Item name="max_load" label={t("team.maxLoad")} extra={t("team.maxLoadHelp")}>
          <InputNumber min={0} max={tenant.settings.wide_load ? 200 : 100} precision={0} />
        </Form.Item>
        {agent.id && agent.id !== me.id && (
          <Form.Item
            name="may"
            label={t("team.maySignIn")}
            valuePropName="checked"
            extra={agent.load ? t("team.handsOver") : undefined}
          >
            <Switch />
          </Form.Item>
        )}
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}
