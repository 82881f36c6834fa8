import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import {
  type DeadLetter,
  dropDeadLetter,
  linkUnrouted,
  listDeadLetters,
  listUnrouted,
  replayDeadLetter,
  type Unrouted,
} from "@/api/accounts";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useNames } from "@/session/data";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Page, Section } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import "@/i18n/more/ui";

/** Trouble is what could not be handled, did not leave, or came for an account nobody linked. Nothing of it is lost. */
export function Trouble() {
  const { t } = useTranslation();
  return (
    <Page
      title={t("trouble.title")}
      lead={t("trouble.lead")}
      back={{ to: "/channels", label: t("place.channels") }}
    >
      <Section title={t("trouble.outbox")} lead={t("trouble.outboxHelp")}>
        <Dead kind="outbox" />
      </Section>
      <Section title={t("trouble.inbox")} lead={t("trouble.inboxHelp")}>
        <Dead kind="inbox" />
      </Section>
      <Section title={t("trouble.unrouted")} lead={t("trouble.unroutedHelp")}>
        <UnroutedTable />
      </Section>
    </Page>
  );
}

function Dead({ kind }: { kind: "inbox" | "outbox" }) {
  const { t } = useTranslation();
  const names = useNames();
  const can = useCan();
  const key = ["dead", kind];
  const query = useQuery({ queryKey: key, queryFn: () => listDeadLetters(kind) });
  const refresh = () => queryClient.invalidateQueries({ queryKey: key });
  const again = useDo((n: number) => replayDeadLetter(kind, n), refresh);
  const drop = useDo((n: number) => dropDeadLetter(kind, n), refresh);
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Wide min={720}>
      <Table<DeadLetter>
        size="small"
        rowKey="n"
        loading={query.isPending}
        dataSource={query.data?.items}
        pagination={false}
        locale={{ emptyText: t("trouble.none") }}
        columns={[
          { title: t("column.when"), dataIndex: "at", width: 110, render: (at: string) => <Ago at={at} /> },
          {
            title: t("column.account"),
            dataIndex: "account",
            width: 160,
            ellipsis: true,
            render: (id: string) => names(id),
          },
          {
            title: t("column.text"),
            dataIndex: "text",
            ellipsis: true,
            render: (text: string, d) =>
              d.conversation ? (
                <Link to="/inbox/$view/$conversation" params={{ view: "all", conversation: d.conversation }}>
                  {text || t("inbox.noText")}
                </Link>
              ) : (
                text
              ),
          },
          {
            title: t("column.error"),
            key: "error",
            ellipsis: true,
            render: (_, d) => [d.failure?.text ?? d.trouble, d.failure?.remedy].filter(Boolean).join(" "),
          },
          { title: t("column.tries"), dataIndex: "tries", width: 80, align: "right" },
          {
            title: <span className="sr">{t("column.actions")}</span>,
            key: "do",
            align: "right",
            width: 170,
            render: (_, d) =>
              can("trouble.write") && (
                <span className="row" style={{ justifyContent: "flex-end" }}>
                  <Button size="small" onClick={() => again.mutate(d.n)}>
                    {t("trouble.replay")}
                  </Button>
                  <ConfirmButton
                    size="small"
                    type="text"
                    danger
                    question={t("trouble.dropQuestion")}
                    onConfirm={() => drop.mutate(d.n)}
                  >
                    {t("do.discard")}
                  </ConfirmButton>
                </span>
              ),
          },
        ]}
      />
    </Wide>
  );
}

function UnroutedTable() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery({ queryKey: ["unrouted"], queryFn: () => listUnrouted() });
  const link = useDo(linkUnrouted, () => {
    void queryClient.invalidateQueries({ queryKey: ["unrouted"] });
    void queryClient.invalidateQueries({ queryKey: keys.accounts });
  });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Wide min={560}>
      <Table<Unrouted>
        size="small"
        rowKey="n"
        loading={query.isPending}
        dataSource={query.data?.items}
        pagination={false}
        locale={{ emptyText: t("trouble.none") }}
        columns={[
          { title: t("column.when"), dataIndex: "at", width: 110, render: (at: string) => <Ago at={at} /> },
          { title: t("column.account"), dataIndex: "account", ellipsis: true },
          { title: t("column.from"), dataIndex: "from", ellipsis: true },
          { title: t("column.text"), dataIndex: "text", ellipsis: true },
          {
            title: <span className="sr">{t("column.actions")}</span>,
            key: "do",
            align: "right",
            width: 140,
            render: (_, u) =>
              can("account.write") && (
                <Button
                  size="small"
                  loading={link.isPending && link.variables === u.n}
                  onClick={() => link.mutate(u.n)}
                >
                  {t("trouble.link")}
                </Button>
              ),
          },
        ]}
      />
    </Wide>
  );
}
