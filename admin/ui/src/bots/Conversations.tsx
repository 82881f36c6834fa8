import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { botConversations } from "@/api/bots";
import type { Row } from "@/api/types";
import { useOwnerWords } from "@/session/data";
import { LoadMore } from "@/ui/LoadMore";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import { Wide } from "@/ui/Wide";
import { useDraft } from "./draft";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Conversations are the bot's real ones, and how they went on. */
export function Conversations() {
  const { t } = useTranslation();
  const contactName = useContactName();
  const { bot } = useDraft();
  const owner = useOwnerWords(t);
  const query = useInfiniteQuery({
    queryKey: ["bot", bot.id, "conversations"],
    queryFn: ({ pageParam }) => botConversations(bot.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
  });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <>
      <Wide min={600}>
        <Table<Row>
          rowKey={(r) => r.conversation.id}
          size="middle"
          loading={query.isPending}
          dataSource={query.data?.pages.flatMap((p) => p.items)}
          pagination={false}
          locale={{ emptyText: t("emptyView.bots") }}
          columns={[
            {
              title: t("context.contact"),
              key: "contact",
              width: 180,
              ellipsis: true,
              render: (_, r) => (
                <Link
                  to="/inbox/$view/$conversation"
                  params={{ view: "all", conversation: r.conversation.id }}
                >
                  {contactName(r.contact)}
                </Link>
              ),
            },
            {
              title: t("column.text"),
              key: "text",
              ellipsis: true,
              render: (_, r) => r.conversation.last_text,
            },
            {
              title: t("bots.now"),
              key: "owner",
              width: 180,
              ellipsis: true,
              render: (_, r) => owner(r.conversation.owner),
            },
            {
              title: t("column.when"),
              key: "at",
              width: 120,
              render: (_, r) => <Ago at={r.conversation.last_at} />,
            },
          ]}
        />
      </Wide>
      <LoadMore of={query} />
    </>
  );
}
