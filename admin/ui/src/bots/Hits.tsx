import { useQuery } from "@tanstack/react-query";
import { Segmented, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Hit, listHits } from "@/api/bots";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import s from "./bots.module.css";
import { useDraft } from "./draft";
import "@/i18n/more/bots";

/** Hits tell which rules work, and which were never met. */
export function Hits() {
  const { t } = useTranslation();
  const { bot, content } = useDraft();
  const [days, setDays] = useState(30);
  const query = useQuery({ queryKey: ["bot", bot.id, "hits", days], queryFn: () => listHits(bot.id, days) });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  const met = new Set(query.data?.map((h) => h.rule));
  const never = query.data ? content.rules.filter((r) => r.on && !met.has(r.id)).length : 0;
  const most = Math.max(1, ...(query.data ?? []).map((h) => h.hits));
  return (
    <>
      <div className={s.toolbar}>
        <Segmented
          aria-label={t("botTab.hits")}
          value={days}
          onChange={setDays}
          options={[7, 30, 90].map((n) => ({ value: n, label: t("hits.days", { count: n }) }))}
        />
        <span className="grow" />
        {never > 0 && <span className="muted">{t("hits.never", { count: never })}</span>}
      </div>
      <Table<Hit>
        rowKey="rule"
        size="middle"
        loading={query.isPending}
        dataSource={query.data}
        pagination={false}
        locale={{ emptyText: t("hits.none") }}
        columns={[
          {
            title: t("why.rule"),
            key: "rule",
            render: (_, h) => content.rules.find((r) => r.id === h.rule)?.name || h.rule,
          },
          {
            title: t("hits.count"),
            dataIndex: "hits",
            width: 240,
            render: (n: number) => (
              <span className="row">
                <span className={s.meter} style={{ width: `${(n / most) * 140}px` }} />
                {n}
              </span>
            ),
          },
          {
            title: t("hits.last"),
            dataIndex: "last",
            width: 140,
            render: (at?: string) => at && <Ago at={at} />,
          },
        ]}
      />
    </>
  );
}
