import { useInfiniteQuery } from "@tanstack/react-query";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { listAudit } from "@/api/team";
import type { Audit } from "@/api/types";
import { LoadMore } from "@/ui/LoadMore";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { Wide } from "@/ui/Wide";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/ui";

/** AuditList is who did what that matters, and from where. It cannot be changed. */
export function AuditList() {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) => listAudit(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
    staleTime: 0,
  });
  return (
    <SettingsPage name="audit">
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : (
        <Wide min={720}>
          <Table<Audit>
            rowKey="n"
            size="middle"
            loading={query.isPending}
            dataSource={query.data?.pages.flatMap((p) => p.items)}
            pagination={false}
            locale={{ emptyText: t("audit.none") }}
            columns={[
              {
                title: t("column.when"),
                dataIndex: "at",
                width: 120,
                render: (at: string) => <Ago at={at} />,
              },
              { title: t("audit.who"), dataIndex: "name", width: 160, ellipsis: true },
              {
                title: t("audit.what"),
                dataIndex: "action",
                width: 180,
                render: (x: string) => <code className="mono">{x}</code>,
              },
              {
                title: t("audit.on"),
                key: "on",
                ellipsis: true,
                render: (_, a) => [a.target, a.detail].filter(Boolean).join(" · "),
              },
              { title: t("visit.address"), dataIndex: "address", width: 150 },
            ]}
          />
        </Wide>
      )}
      <LoadMore of={query} />
    </SettingsPage>
  );
}
