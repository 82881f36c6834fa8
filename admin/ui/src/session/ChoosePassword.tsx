import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { choosePassword, openPasswordLink } from "@/api/signin";
import type { LinkedPerson } from "@/api/types";
import { Failure, Loading, useSaying } from "@/ui/States";
import { showFieldErrors, stands } from "@/ui/useFormErrors";
import { CodeStep } from "./CodeStep";
import { Door } from "./Door";
import { useEnter } from "./useEnter";
import "@/i18n/more/session";
import { nameTitle } from "@/lib/title";

/** ChoosePassword is where a link leads by which somebody chooses a password, the first or a new one. */
export function ChoosePassword() {
  const { t } = useTranslation();
  // Behind the #, so that it went to no server; it is taken out of sight at once.
  const [token, setToken] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const take = () => {
      if (location.hash === "") return;
      setToken(location.hash.slice(1)); // another link, opened where the last one was
      history.replaceState(history.state, "", location.pathname);
    };
    take();
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  const link = useQuery({
    queryKey: ["password-link", token],
    queryFn: () => openPasswordLink(token || "none"),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    nameTitle(t("choose.title"));
  }, [t]);

  if (link.data) return <Choose token={token} person={link.data} />;
  const ended = over(link.error);
  if (ended) return <Over error={ended} />;
  return (
    <Door title={t("choose.title")} lead="">
      {link.error ? <Failure error={link.error} retry={() => link.refetch()} /> : <Loading rows={3} />}
    </Door>
  );
}

/** over is the hub's word that a link counts no more: used, expired, replaced, taken back, or never made. */
const over = (error: unknown) =>
  error instanceof ApiError && error.code.startsWith("link_") ? error : undefined;

/** Over says why the link does not count, and what to do. */
function Over({ error }: { error: ApiError }) {
  const { t } = useTranslation();
  const { text, remedy } = useSaying()(error);
  return (
    <Door title={text} lead={remedy ?? ""}>
      <p>
        <Link to="/signin" search={{}}>
          {t("choose.toSignIn")}
        </Link>
      </p>
      {error.code !== "link_unknown" && <Link to="/password/forgot">{t("forgot.link")}</Link>}
    </Door>
  );
}

function Choose({ token, person }: { token: string; person: LinkedPerson }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ password: string }>();
  const { enter, asked, back } = useEnter();
  const choose = useMutation({
    mutationFn: ({ password }: { password: string }) => choosePassword(token, password),
    // Sign in with what was just chosen; a code is still asked for.
    onSuccess: (_, { password }) => enter.mutate({ email: person.email, password }),
    onError: (error) => showFieldErrors(form, error),
  });
  const required = { required: true, message: t("form.required") };
  const busy = choose.isPending || enter.isPending;

  if (asked) return <CodeStep enter={enter} asked={asked} back={back} />;
  const ended = over(choose.error);
  if (ended) return <Over error={ended} />;
  if (choose.isSuccess) {
    return (
      <Door title={t("choose.done")} lead={t("choose.doneLead")}>
        {enter.error && <Failure error={enter.error} />}
        <Link to="/signin" search={{}}>
          {t("choose.toSignIn")}
        </Link>
      </Door>
    );
  }
  return (
    <Door
      title={person.invitation ? t("choose.welcome", { name: person.name }) : t("choose.title")}
      lead={t(person.invitation ? "choose.welcomeLead" : "choose.lead", { business: person.business })}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={choose.mutate}
        disabled={busy}
        initialValues={{ email: person.email }}
      >
        <Form.Item name="email" label={t("signIn.email")}>
          <Input type="email" autoComplete="username" readOnly variant="filled" size="large" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("profile.new")}
          extra={t("setup.passwordHelp")}
          rules={[required, { min: 8, message: t("form.passwordShort") }]}
        >
          <Input.Password autoComplete="new-password" autoFocus size="large" />
        </Form.Item>
        {choose.error && !stands(choose.error, "password") && <Failure error={choose.error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t("choose.save")}
        </Button>
      </Form>
    </Door>
  );
}
