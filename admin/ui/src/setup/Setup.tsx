import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Segmented } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Setup as Input_, setUp } from "@/api/session";
import { type Language, languages, speak } from "@/i18n";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { nameTitle } from "@/lib/title";
import { Door } from "@/session/Door";
import { sessionQuery } from "@/session/useSession";
import { Failure } from "@/ui/States";
import { showFieldErrors } from "@/ui/useFormErrors";
import "@/i18n/more/session";

/** Setup makes the first owner; it is shown only while there is none. */
export function Setup() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const language = useLanguage();
  const [form] = Form.useForm<Input_>();
  const make = useMutation({
    mutationFn: setUp,
    onSuccess: (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      void navigate({ to: "/channels" });
    },
    onError: (error) => showFieldErrors(form, error),
  });
  useEffect(() => {
    nameTitle(t("setup.title"));
  }, [t]);
  const required = { required: true, message: t("form.required") };

  return (
    <Door title={t("setup.title")} lead={t("setup.lead")}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ language }}
        onFinish={make.mutate}
        disabled={make.isPending}
      >
        <Form.Item name="language" label={t("setup.language")}>
          <Segmented
            aria-label={t("setup.language")}
            block
            options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))}
            onChange={(l) => speak(l as Language)}
          />
        </Form.Item>
        <Form.Item
          name="tenant_name"
          label={t("setup.tenant")}
          extra={t("setup.tenantHelp")}
          rules={[required]}
        >
          <Input autoFocus autoComplete="organization" maxLength={60} />
        </Form.Item>
        <Form.Item name="name" label={t("setup.name")} extra={t("setup.nameHelp")} rules={[required]}>
          <Input autoComplete="name" maxLength={60} />
        </Form.Item>
        <Form.Item
          name="email"
          label={t("signIn.email")}
          rules={[required, { type: "email", message: t("form.email") }]}
        >
          <Input type="email" autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("signIn.password")}
          extra={t("setup.passwordHelp")}
          rules={[required, { min: 8, message: t("form.passwordShort") }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {make.error && <Failure error={make.error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={make.isPending}>
          {t("setup.start")}
        </Button>
      </Form>
    </Door>
  );
}
