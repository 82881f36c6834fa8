import { useQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { type Callback, listCallbacks, replayCallback } from "@/api/accounts";
import type { ID } from "@/api/types";
import { bytes } from "@/lib/format";
import { queryClient } from "@/lib/query";
import { useCan } from "@/session/useSession";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";
import "@/i18n/more/ui";

/** Callbacks are what the platform sent, as it came, newest first; what failed can be handled once more. */
export function Callbacks({ id }: { id: ID }) {
  const { t } = useTranslation();
  const can = useCan();
  const key = ["callbacks", id];
  const query = useQuery({ queryKey: key, queryFn: () => listCallbacks(id) });
  const again = useDo(
    (n: number) => replayCallback(id, n),
    () => queryClient.invalidateQueries({ queryKey: key }),
  );
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Table<Callback>
      size="small"
      rowKey="n"
      loading={query.isPending}
      dataSource={query.data?.items}
      pagination={false}
      locale={{ emptyText: t("account.noCallbacks") }}
      expandable={{
        columnTitle: <span className="sr">{t("account.callbacks")}</span>,
        rowExpandable: (c) => Boolean(c.body || c.trouble),
        expandedRowRender: (c) => (
          <>
            {c.trouble && <p className={s.remedy}>{c.trouble}</p>}
            {c.body && <pre className={s.raw}>{c.body}</pre>}
          </>
        ),
      }}
      columns={[
        { title: t("column.when"), dataIndex: "at", render: (at: string) => <Ago at={at} /> },
        {
          title: t("column.state"),
          dataIndex: "state",
          render: (x: Callback["state"]) => t(`callback.${x}`),
        },
        { title: t("column.size"), dataIndex: "size", render: (n: number) => (n ? bytes(n) : "") },
        {
          key: "do",
          title: <span className="sr">{t("trouble.replay")}</span>,
          align: "right",
          render: (_, c) =>
            (c.state === "dead" || c.state === "refused") &&
            can("trouble.write") && (
              <Button size="small" onClick={() => again.mutate(c.n)}>
                {t("trouble.replay")}
              </Button>
            ),
        },
      ]}
    />
  );
}
