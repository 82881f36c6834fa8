import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { CircleCheck, ShieldCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { linkAccount, type NewlyLinked } from "@/api/accounts";
import type { Connector, ID } from "@/api/types";
import { useWords } from "@/i18n/words";
import { spaced } from "@/lib/format";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { CopyBox } from "@/ui/Copy";
import { CardBox, Page } from "@/ui/Page";
import { Empty, Failure, Loaded } from "@/ui/States";
import { showFieldErrors } from "@/ui/useFormErrors";
import { Addresses } from "./Addresses";
import { SetUp } from "./Authorise";
import s from "./accounts.module.css";
import { Checklist } from "./Checklist";
import { asConfig, FormFields } from "./FormFields";
import { Login, signsIn } from "./Login";
import { Offer } from "./Offer";
import { Routes } from "./Routes";
import { useKinds } from "./useKinds";
import { useLiveCheck } from "./useLiveCheck";
import { useVerify } from "./useVerify";
import "@/i18n/more/accounts";

interface Typed {
  name: string;
  config?: Record<string, unknown>;
  bot?: string;
  team?: string;
}

/** Linking is one short column: what is needed, checked as it is typed, verified before it is linked. */
export function Linking() {
  const { t } = useTranslation();
  const { kind } = useParams({ from: "/frame/channels/link/$kind" });
  return (
    <Loaded query={useKinds()}>
      {(kinds) => {
        const found = kinds.find((k) => k.kind === kind);
        return found ? <LinkingForm kind={found} /> : <Empty text={t("linking.unknownKind")} />;
      }}
    </Loaded>
  );
}

function LinkingForm({ kind }: { kind: Connector }) {
  const { t } = useTranslation();
  const words = useWords();
  const [form] = Form.useForm<Typed>();
  const onError = (error: unknown) => showFieldErrors(form, error);
  const live = useLiveCheck(form, kind.kind);
  const verify = useVerify("/api/v1/accounts/verify");
  useEffect(() => {
    if (verify.error) showFieldErrors(form, verify.error);
  }, [form, verify.error]);
  const link = useMutation({
    mutationFn: (v: Typed) =>
      linkAccount({
        connector: kind.kind,
        name: v.name.trim(),
        config: asConfig(v.config),
        bot: v.bot,
        team: v.team,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.accounts }),
    onError,
  });
  const name = words(kind.name);

  if (link.data) return <LinkedPage account={link.data} kind={kind} />;
  const check = async () => {
    const values = await form
      .validateFields(kind.form.fields.map((f) => ["config", f.name]))
      .catch(() => undefined);
    if (values) void verify.run({ connector: kind.kind, config: asConfig((values as Typed).config) });
  };
  return (
    <Page
      title={spaced(t("linking.title", { kind: name }))}
      lead={words(kind.help)}
      back={{ to: "/channels/link", label: t("channels.link") }}
    >
      {kind.usable === false && (
        <p className={s.warning}>
          {t("gallery.needsHttps")} {t("gallery.tunnel")}
        </p>
      )}
      {kind.many_accounts && kind.capabilities.ops?.authorize === "full" && <SetUp kind={kind.kind} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        className={s.column}
        onFinish={link.mutate}
        onValuesChange={live}
        scrollToFirstError={{ focus: true }}
      >
        <Form.Item
          name="name"
          label={t("linking.name")}
          extra={t("linking.nameHelp")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={100} placeholder={name} />
        </Form.Item>
        <FormFields fields={kind.form.fields} docs={kind.form.docs} />
        <Routes />
        <Checklist {...verify} />
        {link.error !== null && <Failure error={link.error} />}
        <div className="row wrap">
          <Button type="primary" htmlType="submit" loading={link.isPending}>
            {t("linking.link")}
          </Button>
          <Button icon={<ShieldCheck aria-hidden />} loading={verify.running} onClick={check}>
            {t("linking.verify")}
          </Button>
        </div>
      </Form>
    </Page>
  );
}

/** Verify looks whether the account really works, once what is left to do elsewhere was done. */
function Verify({ account }: { account: ID }) {
  const { t } = useTranslation("more");
  const verify = useVerify(`/api/v1/accounts/${account}/verify`);
  return (
    <div className={s.verify}>
      <Button icon={<ShieldCheck aria-hidden />} loading={verify.running} onClick={() => void verify.run()}>
        {t(verify.ok === undefined ? "verify.run" : "verify.again")}
      </Button>
      <Checklist {...verify} />
    </div>
  );
}

/** LinkedPage says what is left to do elsewhere; nothing, where the hub sets the platform up by itself. */
function LinkedPage({ account, kind }: { account: NewlyLinked; kind: Connector }) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const navigate = useNavigate();
  const byPhone = signsIn(kind);
  const self = kind.capabilities.ops?.install === "full";
  const [signedIn, setSignedIn] = useState(false);
  let lead: string | undefined = self ? more("linked.self") : t("linked.lead");
  if (!self && !account.hook_url) lead = more("linked.outside");
  if (account.kind === "web") lead = t("linked.leadWeb");
  if (byPhone) lead = signedIn ? undefined : more("login.lead");
  return (
    <Page
      title={
        <span className="row">
          <CircleCheck aria-hidden className={s.done} />
          {byPhone && !signedIn
            ? more("login.saved", { name: account.name })
            : t("linked.title", { name: account.name })}
        </span>
      }
      lead={lead}
    >
      <div className={`${s.column} ${s.spaced}`}>
        {byPhone ? (
          <CardBox>
            <Login account={account.id} done={() => setSignedIn(true)} />
          </CardBox>
        ) : (
          <CardBox>
            {account.kind === "web" || account.hook_url ? (
              <Addresses account={account} kind={kind} />
            ) : (
              <p>{t("linked.nothingElse")}</p>
            )}
          </CardBox>
        )}
        {account.lists && (
          <CardBox>
            <Offer account={account.id} />
          </CardBox>
        )}
        {Object.entries(account.generated ?? {}).map(([name, secret]) => (
          <CardBox key={name}>
            <h3>{name}</h3>
            <p className="muted">{t("linked.secret")}</p>
            <CopyBox text={secret} />
          </CardBox>
        ))}
        {(!byPhone || signedIn) && <Verify account={account.id} />}
        <div className="row wrap">
          <Button
            type={byPhone && !signedIn ? "default" : "primary"}
            onClick={() => void navigate({ to: "/channels/a/$id", params: { id: account.id } })}
          >
            {t("linked.open")}
          </Button>
          <Link to="/channels">{t("linked.all")}</Link>
        </div>
      </div>
    </Page>
  );
}
