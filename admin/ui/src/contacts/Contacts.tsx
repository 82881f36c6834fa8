import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Select, Table } from "antd";
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { listContacts } from "@/api/contacts";
import type { Contact, ID } from "@/api/types";
import { useTags } from "@/session/data";
import { Avatar } from "@/ui/Avatar";
import { Page } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { TagChip } from "@/ui/TagChip";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";

/** Contacts are the people who wrote, those seen last first. */
export function Contacts() {
  const { t } = useTranslation();
  const contactName = useContactName();
  const navigate = useNavigate();
  const tags = useTags().data ?? [];
  const [text, setText] = useState("");
  const [tag, setTag] = useState<ID>();
  const q = useDeferredValue(text.trim());
  const query = useInfiniteQuery({
    queryKey: ["contacts", q, tag],
    queryFn: ({ pageParam }) => listContacts(q, tag, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t("place.contacts")} lead={t("contacts.lead")}>
      <div className="row wrap" style={{ marginBottom: 12 }}>
        <Input
          allowClear
          prefix={<Search aria-hidden />}
          value={text}
          placeholder={t("contacts.search")}
          aria-label={t("contacts.search")}
          onChange={(e) => setText(e.target.value)}
          style={{ maxWidth: 320 }}
        />
        <Select
          allowClear
          value={tag}
          onChange={setTag}
          placeholder={t("contacts.anyTag")}
          aria-label={t("contacts.anyTag")}
          style={{ width: 180 }}
          options={tags.filter((x) => x.scope === "contact").map((x) => ({ value: x.id, label: x.name }))}
        />
      </div>
      {query.error ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : (
        <Table<Contact>
          rowKey="id"
          loading={query.isPending}
          dataSource={query.data?.pages.flatMap((p) => p.items)}
          pagination={false}
          scroll={{ x: 720 }}
          locale={{ emptyText: t(q || tag ? "contacts.noneFound" : "contacts.empty") }}
          onRow={(c) => ({
            onClick: () => void navigate({ to: "/contacts/$id", params: { id: c.id } }),
            style: { cursor: "pointer" },
          })}
          columns={[
            {
              title: t("contact.name"),
              key: "name",
              width: 260,
              render: (_, c) => (
                <span className="row">
                  <Avatar id={c.id} name={c.name} file={c.avatar} size={28} />
                  <span className="cut">{contactName(c)}</span>
                  {c.blocked && <span className="faint">{t("contact.blocked")}</span>}
                </span>
              ),
            },
            { title: t("contact.email"), dataIndex: "email", ellipsis: true },
            { title: t("contact.phone"), dataIndex: "phone", width: 160 },
            {
              title: t("settings.tags"),
              dataIndex: "tags",
              render: (ids: ID[]) => (
                <span className="row wrap">
                  {ids?.map((id) => {
                    const found = tags.find((x) => x.id === id);
                    return found && <TagChip key={id} tag={found} />;
                  })}
                </span>
              ),
            },
            {
              title: t("contacts.seen"),
              dataIndex: "seen",
              width: 120,
              render: (at?: string) => at && <Ago at={at} />,
            },
          ]}
        />
      )}
      {query.hasNextPage && (
        <Button
          style={{ marginTop: 16 }}
          loading={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {t("do.loadMore")}
        </Button>
      )}
    </Page>
  );
}
