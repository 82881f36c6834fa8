import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { Download, Trash2, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteBot, exportURL, listVersions } from "@/api/bots";
import type { BotVersion } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useNames } from "@/session/data";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Section } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { useDraft } from "./draft";
import { ImportDialog } from "./ImportDialog";
import "@/i18n/more/accounts";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Versions are what customers met, newest first; beside them the way in and out as a table. */
export function Versions() {
  const { t } = useTranslation();
  const { bot } = useDraft();
  const can = useCan();
  const names = useNames();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const query = useQuery({ queryKey: ["bot", bot.id, "versions"], queryFn: () => listVersions(bot.id) });
  const remove = useDo(
    () => deleteBot(bot.id),
    () => {
      void queryClient.invalidateQueries({ queryKey: keys.bots });
      void navigate({ to: "/bots" });
    },
  );
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <>
      <Section title={t("versions.title")}>
        <Wide min={520}>
          <Table<BotVersion>
            rowKey="version"
            size="middle"
            loading={query.isPending}
            dataSource={query.data}
            pagination={false}
            locale={{ emptyText: t("versions.none") }}
            columns={[
              {
                title: t("versions.version"),
                dataIndex: "version",
                width: 160,
                render: (n: number) => (n === bot.published ? t("versions.current", { count: n }) : n),
              },
              { title: t("versions.note"), dataIndex: "note", ellipsis: true },
              { title: t("versions.by"), dataIndex: "by", width: 160, render: (id: string) => names(id) },
              {
                title: t("column.when"),
                dataIndex: "at",
                width: 130,
                render: (at: string) => <Ago at={at} />,
              },
            ]}
          />
        </Wide>
      </Section>
      <Section title={t("versions.table")} lead={t("versions.tableHelp")}>
        <div className="row wrap">
          <Button icon={<Download aria-hidden />} href={exportURL(bot.id)}>
            {t("versions.export")}
          </Button>
          {can("bot.write") && (
            <Button icon={<Upload aria-hidden />} onClick={() => input.current?.click()}>
              {t("versions.import")}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            accept=".csv,text/csv"
            hidden
            onChange={(e) => {
              setFile(e.target.files?.[0]);
              e.target.value = "";
            }}
          />
        </div>
      </Section>
      {can("bot.write") && (
        <Section title={t("account.danger")} lead={t("versions.deleteHelp")}>
          <ConfirmButton
            danger
            icon={<Trash2 aria-hidden />}
            question={t("versions.deleteQuestion", { name: bot.name })}
            loading={remove.isPending}
            onConfirm={() => remove.mutate(undefined)}
          >
            {t("versions.delete")}
          </ConfirmButton>
        </Section>
      )}
      {file && <ImportDialog file={file} close={() => setFile(undefined)} />}
    </>
  );
}
