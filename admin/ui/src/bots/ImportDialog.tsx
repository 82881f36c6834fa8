import { useQuery } from "@tanstack/react-query";
import { Modal, Table } from "antd";
import { useTranslation } from "react-i18next";
import { type Import, importCSV } from "@/api/bots";
import { useWords } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { Failure, Loading } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import s from "./bots.module.css";
import { useDraft } from "./draft";
import "@/i18n/more/bots";

/** ImportDialog shows what a table would do before it does it; with one mistake nothing is imported. */
export function ImportDialog({ file, close }: { file: File; close: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { bot, flush } = useDraft();
  const trial = useQuery({
    queryKey: ["bot", bot.id, "import", file.name, file.size, file.lastModified],
    queryFn: async () => {
      await flush();
      return importCSV(bot.id, file, true);
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const run = useDo(
    () => importCSV(bot.id, file, false),
    () => {
      close();
      void queryClient.refetchQueries({ queryKey: ["bot", bot.id] });
    },
  );
  const result = trial.data;
  const clean = result && result.errors.length === 0;
  const nothing = result && result.added + result.changed + result.removed === 0;
  return (
    <Modal
      open
      title={t("import.title", { name: file.name })}
      onCancel={close}
      width={680}
      okText={t("import.run")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !clean || nothing, loading: run.isPending }}
      onOk={() => run.mutate(undefined)}
    >
      {trial.isPending && <Loading rows={3} />}
      {trial.error && <Failure error={trial.error} />}
      {result && (
        <>
          <dl className={s.counts}>
            {(["added", "changed", "unchanged", "removed"] as const).map((k) => (
              <div key={k}>
                <dt>{t(`import.${k}`)}</dt>
                <dd>{result[k]}</dd>
              </div>
            ))}
          </dl>
          {nothing && clean && <p className="muted">{t("import.nothing")}</p>}
          {!clean && (
            <>
              <p>{t("import.errors", { count: result.errors.length })}</p>
              <Table<Import["errors"][number]>
                size="small"
                rowKey={(e) => `${e.row} ${e.column} ${e.item} ${words(e.text)}`}
                dataSource={result.errors}
                pagination={result.errors.length > 20 ? { pageSize: 20 } : false}
                columns={[
                  { title: t("import.row"), dataIndex: "row", width: 80 },
                  { title: t("import.column"), dataIndex: "column", width: 120 },
                  { title: t("import.why"), dataIndex: "text", render: words },
                ]}
              />
            </>
          )}
        </>
      )}
    </Modal>
  );
}
