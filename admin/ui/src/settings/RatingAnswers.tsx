import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { listRatings, ratingsTable } from "@/api/ratings";
import type { Rating } from "@/api/types";
import { useNames } from "@/session/data";
import { LoadMore } from "@/ui/LoadMore";
import { Score } from "@/ui/Score";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { Wide } from "@/ui/Wide";
import "@/i18n/more/settings";

/** RatingAnswers is whom the hub asked and what they said, newest first. */
export function RatingAnswers() {
  const { t } = useTranslation();
  const names = useNames();
  const query = useInfiniteQuery({
    queryKey: ["ratings"],
    queryFn: ({ pageParam }) => listRatings(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
    staleTime: 0,
  });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <div className="col" style={{ gap: 12 }}>
      <Button
        icon={<Download aria-hidden />}
        href={ratingsTable}
        download
        style={{ alignSelf: "flex-start" }}
      >
        {t("rating.export")}
      </Button>
      <Wide min={640}>
        <Table<Rating>
          rowKey="conversation"
          size="middle"
          loading={query.isPending}
          dataSource={query.data?.pages.flatMap((p) => p.items)}
          pagination={false}
          locale={{ emptyText: t("rating.none") }}
          columns={[
            {
              title: t("rating.when"),
              dataIndex: "asked",
              width: 110,
              render: (at: string) => <Ago at={at} />,
            },
            {
              title: t("rating.score"),
              dataIndex: "score",
              width: 100,
              render: (score: number) =>
                score ? <Score score={score} /> : <span className="faint">{t("rating.unanswered")}</span>,
            },
            {
              title: t("rating.who"),
              key: "who",
              width: 140,
              ellipsis: true,
              render: (_, r) => names(r.agent) || names(r.bot) || names(r.account),
            },
            { title: t("rating.reason"), dataIndex: "reason" },
            {
              title: <span className="sr">{t("rating.open")}</span>,
              key: "open",
              width: 150,
              render: (_, r) => (
                <Link
                  to="/inbox/$view/$conversation"
                  params={{ view: "closed", conversation: r.conversation }}
                >
                  {t("rating.open")}
                </Link>
              ),
            },
          ]}
        />
      </Wide>
      <LoadMore of={query} />
    </div>
  );
}
