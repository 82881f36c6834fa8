import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Progress, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportLine, importContacts } from "@/api/book";
import type { ID } from "@/api/types";
import { useWords } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { useAccounts } from "@/session/data";
import { Failure, Loading } from "@/ui/States";
import { useAttributes } from "./Attributes";
import s from "./contacts.module.css";
import "@/i18n/more/contacts";

const plain = ["id", "external_id", "name", "phone", "email", "locale", "tags", "remote_id"] as const;
const matches = ["id", "external_id", "email", "phone", "identity"] as const;

type Run = { lines: ImportLine[]; dry: boolean; error?: unknown; running: boolean };

/** ImportDialog shows what a table holds, checks it, says what would happen and what is wrong on which row, and only then imports it. */
export function ImportDialog({ file, close }: { file: File; close: () => void }) {
  const { t } = useTranslation();
  const attributes = useAttributes().data ?? [];
  const accounts = useAccounts().data ?? [];
  const [columns, setColumns] = useState<string[]>();
  const [match, setMatch] = useState<string>();
  const [account, setAccount] = useState<ID>();
  const [run, setRun] = useState<Run>();
  // What is in it is read once, by the headings.
  const first = useQuery({
    queryKey: ["contacts", "import", file.name, file.size, file.lastModified],
    queryFn: async () => {
      let table: ImportLine["table"];
      await importContacts(file, { dry_run: true }, (l) => {
        table = l.table ?? table;
      });
      return table!;
    },
    gcTime: 0,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const table = first.data;
  const targets = columns ?? table?.columns.map((c) => c.target) ?? [];
  const by = match ?? table?.match;
  const needed = by === "identity" ? "remote_id" : by;
  const ready = table && targets.includes(needed ?? "") && (by !== "identity" || account);
  const checked = run?.dry && !run.running && !run.error;
  const done = run && !run.dry && !run.running;

  async function start(dry: boolean) {
    const lines: ImportLine[] = [];
    setRun({ lines, dry, running: true });
    try {
      await importContacts(
        file,
        { columns: targets, match: by, account: by === "identity" ? account : undefined, dry_run: dry },
        (line) => {
          lines.push(line);
          setRun({ lines: [...lines], dry, running: true });
        },
      );
      setRun({ lines, dry, running: false });
    } catch (error) {
      setRun({ lines, dry, running: false, error });
    }
    if (!dry) void queryClient.invalidateQueries({ queryKey: ["contacts", "list"] });
  }

  const names = [
    { value: "", label: t("book.importSkip") },
    ...plain.map((v) => ({ value: v as string, label: t(`book.col_${v}`) })),
    ...attributes.map((a) => ({ value: `attributes.${a.key}`, label: a.name })),
  ];
  const change = (i: number, target: string) => {
    setRun(undefined);
    setColumns(targets.map((old, j) => (j === i ? target : target && old === target ? "" : old)));
  };
  return (
    <Modal
      open
      title={t("book.importTitle", { name: file.name })}
      onCancel={close}
      maskClosable={false}
      width={760}
      okText={done ? t("do.close") : t(checked ? "book.importRun" : "book.importCheck")}
      cancelText={t("do.cancel")}
      cancelButtonProps={done ? { hidden: true } : undefined}
      okButtonProps={{ disabled: !ready, loading: run?.running }}
      onOk={() => (done ? close() : void start(!checked))}
    >
      {first.isPending && <Loading rows={4} />}
      {first.error && <Failure error={first.error} />}
      {table && !run && (
        <div className="col" style={{ gap: 12 }}>
          <p>{t("book.importLead", { rows: table.rows, encoding: table.encoding })}</p>
          <div className={s.scroll}>
            <table className={s.side} style={{ minWidth: 480 }}>
              <thead>
                <tr>
                  <th scope="col">{t("book.importHeading")}</th>
                  <th scope="col">{t("book.importSample")}</th>
                  <th scope="col">{t("book.importTarget")}</th>
                </tr>
              </thead>
              <tbody>
                {table.columns.map((c, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                  <tr key={i}>
                    <th scope="row">{c.heading}</th>
                    <td className="faint">{c.samples.filter(Boolean).join(", ")}</td>
                    <td>
                      <Select
                        value={targets[i] ?? ""}
                        options={names}
                        onChange={(v) => change(i, v)}
                        aria-label={t("book.importTargetOf", { name: c.heading })}
                        style={{ width: "100%" }}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="row wrap">
            <span>{t("book.importMatch")}</span>
            <Select
              value={by}
              onChange={setMatch}
              aria-label={t("book.importMatch")}
              style={{ width: 180 }}
              options={matches.map((v) => ({ value: v as string, label: t(`book.col_${v}`) }))}
            />
            {by === "identity" && (
              <Select
                value={account}
                onChange={setAccount}
                placeholder={t("book.importAccount")}
                aria-label={t("book.importAccount")}
                style={{ width: 200 }}
                options={accounts.map((a) => ({ value: a.id, label: a.name }))}
              />
            )}
          </div>
        </div>
      )}
      {run && table && (
        <>
          <Outcome
            run={run}
            rows={table.rows}
            heading={(target) => table.columns[targets.indexOf(target)]?.heading ?? target}
          />
          {run.dry && !run.running && (
            <Button type="link" onClick={() => setRun(undefined)}>
              {t("book.importBack")}
            </Button>
          )}
        </>
      )}
    </Modal>
  );
}

function Outcome({ run, rows, heading }: { run: Run; rows: number; heading: (target: string) => string }) {
  const { t } = useTranslation();
  const words = useWords();
  const counts = run.lines.findLast((l) => l.progress)?.progress;
  const errors = run.lines.flatMap((l) => (l.error ? [l.error] : []));
  const why = run.lines.findLast((l) => l.stopped)?.stopped;
  const at = counts?.rows ?? 0;
  return (
    <div aria-live="polite">
      {run.running && (
        <>
          <Progress percent={Math.round((100 * at) / Math.max(rows, 1))} showInfo={false} />
          <p className="faint">{t("book.importProgress", { done: at, rows })}</p>
        </>
      )}
      {run.error !== undefined && <Failure error={run.error} />}
      {!run.running && !run.error && !why && <p>{t(run.dry ? "book.importChecked" : "book.importDone")}</p>}
      {why && <p role="alert">{t("book.importStopped", { why })}</p>}
      {counts && (
        <dl className={s.counts}>
          {(["created", "changed", "unchanged", "failed"] as const).map((k) => (
            <div key={k}>
              <dt>{t(`book.import${(k[0]!.toUpperCase() + k.slice(1)) as "Created"}`)}</dt>
              <dd>{counts[k]}</dd>
            </div>
          ))}
        </dl>
      )}
      {errors.length > 0 && (
        <Table<(typeof errors)[number]>
          size="small"
          rowKey={(e) => `${e.row} ${e.column}`}
          dataSource={errors}
          pagination={errors.length > 20 ? { pageSize: 20 } : false}
          columns={[
            { title: t("book.importRow"), dataIndex: "row", width: 70 },
            { title: t("book.importColumn"), dataIndex: "column", width: 140, render: heading },
            { title: t("book.importWhy"), dataIndex: "text", render: words },
          ]}
        />
      )}
    </div>
  );
}
