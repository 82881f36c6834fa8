import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { Palette, Pause, Play, ShieldCheck, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { deleteAccount, getAccount, type Linked, saveAccount } from "@/api/accounts";
import { useWords } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { CardBox, Page, Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Addresses, hasAddresses } from "./Addresses";
import { Authorise } from "./Authorise";
import s from "./accounts.module.css";
import { Callbacks } from "./Callbacks";
import { Capabilities } from "./Capabilities";
import { Checklist } from "./Checklist";
import { HealthPanel } from "./HealthPanel";
import { LinkForm } from "./LinkForm";
import { Login, signsIn } from "./Login";
import { MenuEditor } from "./MenuEditor";
import { Offer } from "./Offer";
import { Replay } from "./Replay";
import { Routes } from "./Routes";
import { TestMessage } from "./TestMessage";
import { useKinds } from "./useKinds";
import { useVerify } from "./useVerify";
import "@/i18n/more/accounts";

/** AccountPage is one linked account: its light, its addresses, who answers, what it can carry, and how to end it. */
export function AccountPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/frame/channels/a/$id" });
  const query = useQuery({ queryKey: ["account", id], queryFn: () => getAccount(id) });
  return (
    <Loaded query={query} title={t("place.channels")}>
      {(account) => <Shown account={account} />}
    </Loaded>
  );
}

function Shown({ account }: { account: Linked }) {
  const { t } = useTranslation();
  const words = useWords();
  const can = useCan();
  const navigate = useNavigate();
  const kind = useKinds().data?.find((k) => k.kind === account.kind);
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ["account", account.id] });
    void queryClient.invalidateQueries({ queryKey: keys.accounts });
  };
  const save = useDo((change: Parameters<typeof saveAccount>[1]) => saveAccount(account.id, change), refresh);
  const verify = useVerify(`/api/v1/accounts/${account.id}/verify`, refresh);
  const { t: more } = useTranslation("more");
  const remove = useDo(
    () => deleteAccount(account.id),
    () => {
      refresh();
      void navigate({ to: "/channels" });
    },
  );
  const may = can("account.write");

  return (
    <Page
      title={account.name}
      lead={words(kind?.name) || account.kind}
      back={{ to: "/channels", label: t("place.channels") }}
      actions={
        may && (
          <>
            <Button
              icon={account.paused ? <Play aria-hidden /> : <Pause aria-hidden />}
              onClick={() => save.mutate({ paused: !account.paused })}
            >
              {t(account.paused ? "account.resume" : "account.pause")}
            </Button>
            <Button
              icon={<ShieldCheck aria-hidden />}
              loading={verify.running}
              onClick={() => void verify.run()}
            >
              {more("verify.run")}
            </Button>
          </>
        )
      }
    >
      <Section title={t("account.health")}>
        <CardBox>
          <HealthPanel account={account} />
          <Checklist {...verify} />
        </CardBox>
      </Section>
      {may && account.authorises && <Authorise account={account} several={kind?.many_accounts ?? true} />}
      {may && account.lists && (
        <Section title={more("offer.title")}>
          <CardBox>
            <Offer account={account.id} done={refresh} />
          </CardBox>
        </Section>
      )}
      {may && kind && signsIn(kind) && (
        <Section title={more("login.title")}>
          <CardBox>
            <Login account={account.id} done={refresh} />
          </CardBox>
        </Section>
      )}
      {can("link.write") && kind?.form.fields.some((f) => f.apart) && (
        <Section title={more("widget.title")} lead={more("widget.lead", { name: account.name })}>
          <Link to="/channels/a/$id/widget" params={{ id: account.id }}>
            <Button icon={<Palette aria-hidden />}>{more("widget.edit")}</Button>
          </Link>
        </Section>
      )}
      {hasAddresses(account) && (
        <Section title={t("account.addresses")}>
          <CardBox>
            <Addresses account={account} kind={kind} />
          </CardBox>
        </Section>
      )}
      {may && (
        <Section title={more("hop.title")} lead={more("hop.lead")}>
          <TestMessage account={account.id} />
        </Section>
      )}
      {may && kind?.capabilities.ops?.menu === "full" && (
        <Section title={more("menu.title")} lead={more("menu.lead")}>
          <MenuEditor account={account.id} />
        </Section>
      )}
      {may && (
        <Section title={t("account.routing")} lead={t("account.routingHelp")}>
          <CardBox>
            <Form
              layout="vertical"
              requiredMark={false}
              className={s.column}
              initialValues={{ name: account.name, bot: account.bot, team: account.team }}
              onFinish={(v) => save.mutate({ name: v.name, bot: v.bot ?? "", team: v.team ?? "" })}
            >
              <Form.Item
                name="name"
                label={t("linking.name")}
                rules={[{ required: true, message: t("form.required") }]}
              >
                <Input maxLength={100} />
              </Form.Item>
              <Routes />
              <Button type="primary" htmlType="submit" loading={save.isPending}>
                {t("do.save")}
              </Button>
            </Form>
          </CardBox>
        </Section>
      )}
      {can("link.write") && kind && (
        <Section title={t("account.settings")} lead={t("account.settingsHelp")}>
          <CardBox>
            <LinkForm link={account.link_id ?? account.link} kind={kind} done={refresh} />
          </CardBox>
        </Section>
      )}
      {kind && (
        <Section title={t("account.capabilities")}>
          <Capabilities capabilities={kind.capabilities} />
        </Section>
      )}
      {can("trouble.read") && (
        <Section title={t("account.callbacks")} lead={t("account.callbacksHelp")}>
          {can("trouble.write") && <Replay account={account.id} />}
          <Callbacks id={account.id} />
        </Section>
      )}
      {may && (
        <Section title={t("account.danger")} lead={t("account.dangerHelp")}>
          <ConfirmButton
            danger
            icon={<Trash2 aria-hidden />}
            question={t("account.deleteQuestion", { name: account.name })}
            loading={remove.isPending}
            onConfirm={() => remove.mutate(undefined)}
          >
            {t("account.delete")}
          </ConfirmButton>
        </Section>
      )}
    </Page>
  );
}
