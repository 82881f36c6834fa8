import { useQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { endSession, listSessions } from "@/api/session";
import type { OwnSession } from "@/api/types";
import { queryClient } from "@/lib/query";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { browserName } from "./browsers";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/settings";
import "@/i18n/more/ui";

/** Sessions are the browsers one is signed in with; any of them can be signed out from here. */
export function Sessions() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["sessions"], queryFn: listSessions });
  const end = useDo(endSession, () => queryClient.invalidateQueries({ queryKey: ["sessions"] }));
  return (
    <SettingsPage name="sessions">
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : (
        <Wide min={560}>
          <Table<OwnSession>
            rowKey="id"
            loading={query.isPending}
            dataSource={query.data}
            pagination={false}
            columns={[
              {
                title: t("sessions.browser"),
                dataIndex: "browser",
                render: (name: string, x) => (
                  <>
                    {name ? (
                      <span translate="no" title={name}>
                        {browserName(name)}
                      </span>
                    ) : (
                      t("sessions.unknown")
                    )}
                    {x.current && <span className="faint"> · {t("sessions.this")}</span>}
                  </>
                ),
              },
              {
                title: t("visit.address"),
                dataIndex: "address",
                render: (at: string) => <span className="mono cut">{at}</span>,
              },
              {
                title: t("sessions.seen"),
                dataIndex: "seen",
                render: (at?: string) => at && <Ago at={at} />,
              },
              { title: t("sessions.since"), dataIndex: "created", render: (at: string) => <Ago at={at} /> },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                align: "right",
                render: (_, x) =>
                  !x.current && (
                    <Button size="small" onClick={() => end.mutate(x.id)}>
                      {t("me.signOut")}
                    </Button>
                  ),
              },
            ]}
          />
        </Wide>
      )}
    </SettingsPage>
  );
}
