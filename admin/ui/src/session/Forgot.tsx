import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { askForLink } from "@/api/signin";
import { Failure } from "@/ui/States";
import { Door } from "./Door";
import "@/i18n/more/session";
import { nameTitle } from "@/lib/title";

/** Forgot has a link mailed to somebody who forgot their password. What it says is the same for everybody. */
export function Forgot() {
  const { t } = useTranslation();
  const ask = useMutation({ mutationFn: ({ email }: { email: string }) => askForLink(email.trim()) });
  useEffect(() => {
    nameTitle(t("forgot.title"));
  }, [t]);

  const back = (
    <p style={{ margin: "16px 0 0", textAlign: "center" }}>
      <Link to="/signin" search={{}}>
        {t("choose.toSignIn")}
      </Link>
    </p>
  );
  if (ask.isSuccess) {
    return (
      <Door title={t("forgot.sent")} lead={t("forgot.sentLead", { email: ask.variables.email.trim() })}>
        <p className="muted">{t("forgot.nothing")}</p>
        {back}
      </Door>
    );
  }
  return (
    <Door title={t("forgot.title")} lead={t("forgot.lead")}>
      <Form layout="vertical" requiredMark={false} onFinish={ask.mutate} disabled={ask.isPending}>
        <Form.Item
          name="email"
          label={t("signIn.email")}
          rules={[
            { required: true, message: t("form.required") },
            { type: "email", message: t("form.email") },
          ]}
        >
          <Input type="email" autoComplete="username" autoFocus size="large" />
        </Form.Item>
        {ask.error && <Failure error={ask.error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={ask.isPending}>
          {t("forgot.ask")}
        </Button>
      </Form>
      {back}
    </Door>
  );
}
