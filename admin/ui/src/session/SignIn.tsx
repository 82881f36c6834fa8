import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { setupNeeded } from "@/api/session";
import type { Credentials } from "@/api/signin";
import { Failure } from "@/ui/States";
import { CodeStep } from "./CodeStep";
import { Door } from "./Door";
import { useEnter } from "./useEnter";
import "@/i18n/more/session";
import { nameTitle } from "@/lib/title";

/** SignIn asks for address and password, then for a code where one is needed, and goes where one was going. */
export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/signin" });
  const { enter, asked, back } = useEnter(next);
  const [form] = Form.useForm<Credentials>();
  useEffect(() => {
    nameTitle(t("signIn.title"));
    setupNeeded()
      .then(({ needed }) => (needed ? navigate({ to: "/setup" }) : undefined))
      .catch(() => undefined);
  }, [navigate, t]);

  if (asked) return <CodeStep enter={enter} asked={asked} back={back} />;
  return (
    <Door title={t("signIn.title")} lead={t("signIn.lead")}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={enter.mutate}
        disabled={enter.isPending}
      >
        <Form.Item
          name="email"
          label={t("signIn.email")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input type="email" autoComplete="username" autoFocus size="large" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("signIn.password")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        {enter.error && <Failure error={enter.error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
          {t("signIn.enter")}
        </Button>
        <p style={{ margin: "16px 0 0", textAlign: "center" }}>
          <Link to="/password/forgot">{t("forgot.link")}</Link>
        </p>
      </Form>
    </Door>
  );
}
