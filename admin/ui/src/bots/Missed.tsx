import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listMissed } from "@/api/bots";
import type { Missed as Miss } from "@/api/types";
import { LoadMore } from "@/ui/LoadMore";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { newRule, type Rule } from "./content";
import { useDraft } from "./draft";
import { RuleEditor } from "./RuleEditor";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Missed is what customers said that the bot could not answer: one press makes a rule of it. */
export function Missed() {
  const { t } = useTranslation();
  const { bot, change } = useDraft();
  const [editing, setEditing] = useState<Rule>();
  const query = useInfiniteQuery({
    queryKey: ["bot", bot.id, "missed"],
    queryFn: ({ pageParam }) => listMissed(bot.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
  });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <>
      <Table<Miss>
        rowKey="n"
        size="middle"
        loading={query.isPending}
        dataSource={query.data?.pages.flatMap((p) => p.items)}
        pagination={false}
        locale={{ emptyText: t("missed.none") }}
        columns={[
          { title: t("missed.text"), dataIndex: "text", ellipsis: true },
          { title: t("column.when"), dataIndex: "at", width: 120, render: (at: string) => <Ago at={at} /> },
          {
            title: <span className="sr">{t("column.actions")}</span>,
            key: "do",
            align: "right",
            width: 230,
            render: (_, m) => (
              <span className="row" style={{ justifyContent: "flex-end" }}>
                <Link to="/inbox/$view/$conversation" params={{ view: "all", conversation: m.conversation }}>
                  {t("missed.see")}
                </Link>
                <Button
                  size="small"
                  icon={<Plus aria-hidden />}
                  onClick={() => setEditing({ ...newRule(), match: "exact", patterns: [m.text] })}
                >
                  {t("missed.rule")}
                </Button>
              </span>
            ),
          },
        ]}
      />
      <LoadMore of={query} />
      {editing && (
        <RuleEditor
          rule={editing}
          close={() => setEditing(undefined)}
          save={(rule) => {
            change((c) => ({ ...c, rules: [rule, ...c.rules] }));
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}
