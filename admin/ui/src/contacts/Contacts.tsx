import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, Table } from "antd";
import { Download, Search, Upload } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type BookQuery, exportAddress } from "@/api/book";
import type { Contact, ID } from "@/api/types";
import { useAccounts, useTags } from "@/session/data";
import { useCan } from "@/session/useSession";
import { Avatar } from "@/ui/Avatar";
import { LoadMore } from "@/ui/LoadMore";
import { Page } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { TagChip } from "@/ui/TagChip";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import { Wide } from "@/ui/Wide";
import { useBook } from "./data";
import "@/i18n/more/contacts";
import "@/i18n/more/settings";

const ImportDialog = lazy(() => import("./ImportDialog").then((m) => ({ default: m.ImportDialog })));

/** Contacts are the people who wrote, newest first, or those a search finds. What is shown has an address of its own. */
export function Contacts() {
  const { t } = useTranslation();
  const contactName = useContactName();
  const navigate = useNavigate();
  const can = useCan();
  const search = useSearch({ from: "/frame/contacts" });
  const tags = useTags().data ?? [];
  const accounts = useAccounts().data ?? [];
  const [text, setText] = useState(search.q ?? "");
  const [file, setFile] = useState<File>();
  const pick = useRef<HTMLInputElement>(null);
  const q = useDeferredValue(text.trim()) || undefined;
  const query: BookQuery = { q, tag: search.tag, account: search.account };
  const book = useBook(query);
  const go = (change: Partial<BookQuery>) =>
    navigate({ to: "/contacts", search: { ...query, ...change }, replace: true });
  // The address follows what is typed, and the field follows an address come by otherwise.
  const written = useRef(search.q);
  useEffect(() => {
    if (search.q === written.current) return;
    written.current = search.q;
    setText(search.q ?? "");
  }, [search.q]);
  useEffect(() => {
    if (q === written.current) return;
    written.current = q;
    void navigate({ to: "/contacts", search: (s) => ({ ...s, q }), replace: true });
  }, [q, navigate]);
  const filtered = q || search.tag || search.account;
  return (
    <Page
      title={t("place.contacts")}
      lead={t("contacts.lead")}
      wide
      actions={
        can("contact.table") && (
          <>
            <Button icon={<Upload aria-hidden />} onClick={() => pick.current?.click()}>
              {t("contacts.import")}
            </Button>
            <Button icon={<Download aria-hidden />} href={exportAddress(query)} download="contacts.csv">
              {t("contacts.export")}
            </Button>
            <input
              ref={pick}
              type="file"
              accept=".csv,text/csv"
              hidden
              aria-label={t("contacts.import")}
              onChange={(e) => {
                setFile(e.target.files?.[0]);
                e.target.value = "";
              }}
            />
          </>
        )
      }
    >
      <div className="row wrap" style={{ marginBottom: 12 }}>
        <Input
          allowClear
          prefix={<Search aria-hidden />}
          value={text}
          placeholder={t("contacts.search")}
          aria-label={t("contacts.search")}
          onChange={(e) => setText(e.target.value)}
          maxLength={200}
          style={{ maxWidth: 320 }}
        />
        <Select
          allowClear
          value={search.tag}
          onChange={(tag?: ID) => go({ tag })}
          placeholder={t("contacts.anyTag")}
          aria-label={t("contacts.anyTag")}
          style={{ width: 180 }}
          options={tags.filter((x) => x.scope === "contact").map((x) => ({ value: x.id, label: x.name }))}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          value={search.account}
          onChange={(account?: ID) => go({ account })}
          placeholder={t("contacts.anyAccount")}
          aria-label={t("contacts.anyAccount")}
          style={{ width: 200 }}
          options={accounts.map((x) => ({ value: x.id, label: x.name }))}
        />
      </div>
      {book.error ? (
        <Failure error={book.error} retry={() => book.refetch()} />
      ) : (
        <Wide min={720}>
          <Table<Contact>
            rowKey="id"
            loading={book.isPending}
            dataSource={book.items}
            pagination={false}
            locale={{
              emptyText: (
                <span className="muted">{t(filtered ? "contacts.noneFound" : "contacts.empty")}</span>
              ),
            }}
            onRow={(c) => ({
              onClick: () => void navigate({ to: "/contacts/$id", params: { id: c.id } }),
              onKeyDown: (e) => {
                if (e.key === "Enter") void navigate({ to: "/contacts/$id", params: { id: c.id } });
              },
              tabIndex: 0,
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
        </Wide>
      )}
      <LoadMore of={book} />
      {file && (
        <Suspense>
          <ImportDialog file={file} close={() => setFile(undefined)} />
        </Suspense>
      )}
    </Page>
  );
}
