import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input, Select } from "antd";
import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { getRouting, simulate } from "@/api/routing";
import { useLanguage, useWords } from "@/i18n/words";
import { exact } from "@/lib/time";
import { useOwnerWords } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { CardBox } from "@/ui/Page";
import { Empty, Failure, Loaded } from "@/ui/States";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import "@/i18n/more/accounts";
import "@/i18n/more/settings";
import "@/i18n/more/ui";

/** Routing reads as sentences: who answers on each account; beside it, what would happen to a customer now or then. */
export function Routing() {
  const { t } = useTranslation();
  const words = useWords();
  const query = useQuery({ queryKey: ["routing"], queryFn: getRouting, staleTime: 0 });
  return (
    <SettingsPage name="routing">
      <Loaded query={query}>
        {(routes) =>
          routes.length === 0 ? (
            <Empty icon={Plug} text={t("channels.empty")}>
              <Link to="/channels/link">{t("channels.link")}</Link>
            </Empty>
          ) : (
            <div className={s.split}>
              <div>
                {routes.map((r) => (
                  <div key={r.account} className={s.sentence}>
                    <ChannelIcon kind={r.kind} />
                    <span className="grow">{words(r.sentence) || r.name}</span>
                    <Link to="/channels/a/$id" params={{ id: r.account }}>
                      {t("do.edit")}
                    </Link>
                  </div>
                ))}
              </div>
              <Simulate accounts={routes.map((r) => ({ value: r.account, label: r.name }))} />
            </div>
          )
        }
      </Loaded>
    </SettingsPage>
  );
}

function Simulate({ accounts }: { accounts: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const owner = useOwnerWords(t);
  const run = useMutation({
    mutationFn: (v: { account: string; at?: string }) =>
      simulate(v.account, v.at ? new Date(v.at).toISOString() : undefined),
  });
  const result = run.data;
  return (
    <CardBox>
      <h2>{t("routing.simulate")}</h2>
      <p className="muted" style={{ marginBottom: 12 }}>
        {t("routing.simulateHelp")}
      </p>
      <Form layout="vertical" initialValues={{ account: accounts[0]?.value }} onFinish={run.mutate}>
        <Form.Item name="account" label={t("column.account")}>
          <Select options={accounts} />
        </Form.Item>
        <Form.Item name="at" label={t("routing.at")} extra={t("routing.atHelp")}>
          <Input type="datetime-local" />
        </Form.Item>
        <Button htmlType="submit" loading={run.isPending}>
          {t("routing.run")}
        </Button>
      </Form>
      {run.error && <Failure error={run.error} />}
      {result && (
        <div aria-live="polite" style={{ marginTop: 16 }}>
          <strong>{owner(result.owner)}</strong>
          {!result.open && (
            <p className="muted">
              {result.opens
                ? t("routing.opens", { time: exact(result.opens, language) })
                : t("routing.closed")}
            </p>
          )}
          <ol className={s.steps}>
            {result.steps.map((step) => (
              <li key={step.en}>{words(step)}</li>
            ))}
          </ol>
        </div>
      )}
    </CardBox>
  );
}
