import { useQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { CalendarClock, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteHours, listHours } from "@/api/team";
import type { Calendar } from "@/api/types";
import { queryClient } from "@/lib/query";
import { ConfirmButton } from "@/ui/Confirm";
import { Empty, Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { CalendarEditor } from "./CalendarEditor";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/ui";
import "@/i18n/more/settings";

/** Hours are the calendars people serve by: any number of periods a day, and holidays. */
export function Hours() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["hours"], queryFn: listHours });
  const [editing, setEditing] = useState<Calendar | "new">();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["hours"] });
  const remove = useDo(deleteHours, refresh);
  const add = (
    <Button type="primary" icon={<Plus aria-hidden />} onClick={() => setEditing("new")}>
      {t("hours.add")}
    </Button>
  );
  return (
    <SettingsPage name="hours" actions={add}>
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={CalendarClock} text={t("hours.empty")}>
          {add}
        </Empty>
      ) : (
        <Wide min={560}>
          <Table<Calendar>
            rowKey="id"
            loading={query.isPending}
            dataSource={query.data}
            pagination={false}
            columns={[
              {
                title: t("column.name"),
                dataIndex: "name",
                width: 240,
                ellipsis: true,
                render: (name: string, c) => (
                  <Button type="link" style={{ padding: 0 }} onClick={() => setEditing(c)}>
                    {name}
                  </Button>
                ),
              },
              { title: t("visit.zone"), dataIndex: "time_zone" },
              {
                title: t("hours.week"),
                key: "week",
                render: (_, c) => t("hours.openDays", { count: c.week.filter((d) => d?.length).length }),
              },
              { title: t("hours.holidays"), key: "holidays", render: (_, c) => c.holidays?.length ?? 0 },
              {
                title: <span className="sr">{t("column.actions")}</span>,
                key: "do",
                width: 64,
                align: "right",
                render: (_, c) => (
                  <ConfirmButton
                    type="text"
                    size="small"
                    danger
                    icon={<Trash2 aria-hidden />}
                    aria-label={t("hours.delete", { name: c.name })}
                    question={t("hours.deleteQuestion", { name: c.name })}
                    onConfirm={() => remove.mutate(c.id)}
                  />
                ),
              },
            ]}
          />
        </Wide>
      )}
      {editing && (
        <CalendarEditor
          calendar={editing === "new" ? undefined : editing}
          close={() => setEditing(undefined)}
          done={refresh}
        />
      )}
    </SettingsPage>
  );
}
