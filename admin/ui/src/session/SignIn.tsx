import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { setupNeeded, signIn } from "@/api/session";
import { queryClient } from "@/lib/query";
import { Failure } from "@/ui/States";
import { Door } from "./Door";
import { sessionQuery } from "./useSession";

/** SignIn asks for address and password and goes where one was going. */
export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/signin" });
  const enter = useMutation({
    mutationFn: (v: { email: string; password: string }) => signIn(v.email.trim(), v.password),
    onSuccess: (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      // Only a path of this site; anything else could lead away.
      if (next?.startsWith("/") && !next.startsWith("//")) void navigate({ href: next });
      else void navigate({ to: "/" });
    },
  });
  useEffect(() => {
    document.title = `${t("signIn.title")} · Parley`;
    setupNeeded()
      .then(({ needed }) => (needed ? navigate({ to: "/setup" }) : undefined))
      .catch(() => undefined);
  }, [navigate, t]);

  return (
    <Door title={t("signIn.title")} lead={t("signIn.lead")}>
      <Form layout="vertical" requiredMark={false} onFinish={enter.mutate} disabled={enter.isPending}>
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
      </Form>
    </Door>
  );
}
