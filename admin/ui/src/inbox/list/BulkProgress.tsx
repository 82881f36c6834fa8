import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Modal, Progress } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { bulkFailures, cancelBulk, getBulk } from "@/api/views";
import { keys } from "@/live/cache";
import { useDo } from "@/ui/useDo";
import s from "./list.module.css";
import "@/i18n/more/inbox";

interface Props {
  id: ID;
  /** The view had more than one bulk takes. */
  more: boolean;
  close: () => void;
}

/** BulkProgress is how far a bulk is, as the feed tells, and in the end what failed and why. */
export function BulkProgress({ id, more, close }: Props) {
  const { t } = useTranslation();
  const bulk = useQuery({
    queryKey: keys.bulk(id),
    queryFn: () => getBulk(id),
    // The feed tells of it; this is for a feed that is away.
    refetchInterval: (q) => (q.state.data?.state === "running" ? 3000 : false),
  }).data;
  const [shown, setShown] = useState(false);
  const cancel = useDo(cancelBulk);
  const failures = useQuery({
    queryKey: ["bulkFailures", id],
    queryFn: () => bulkFailures(id),
    enabled: shown && bulk?.state !== "running",
  }).data;
  if (!bulk) return null;
  const ended = bulk.done + bulk.failed;
  const percent = bulk.total ? Math.round((ended * 100) / bulk.total) : 100;
  return (
    <div className={s.progress}>
      {bulk.state === "running" ? (
        <>
          <span>{t(`bulking.${bulk.act.kind}`)}</span>
          <Progress
            className="grow"
            percent={percent}
            showInfo={false}
            size="small"
            aria-label={t(`bulking.${bulk.act.kind}`)}
          />
          <span className="faint">{t("bulk.progress", { done: ended, total: bulk.total })}</span>
          <Button size="small" onClick={() => cancel.mutate(id)} loading={cancel.isPending}>
            {t("do.cancel")}
          </Button>
        </>
      ) : (
        <>
          <span role="status" className="grow">
            {bulk.state === "cancelled"
              ? t("bulk.cancelled", { done: bulk.done, total: bulk.total })
              : t("bulk.done", { count: bulk.done })}{" "}
            {more && t("bulk.more")}
          </span>
          {bulk.failed > 0 && (
            <Button size="small" danger onClick={() => setShown(true)}>
              {t("bulk.failed", { count: bulk.failed })}
            </Button>
          )}
          <Button
            size="small"
            type="text"
            icon={<X aria-hidden />}
            aria-label={t("do.close")}
            onClick={close}
          />
        </>
      )}
      {shown && (
        <Modal open title={t("bulk.failures")} footer={null} onCancel={() => setShown(false)} width={520}>
          <ul className={s.failures}>
            {failures?.map((f) => (
              <li key={f.conversation}>
                <Link
                  to="/inbox/$view/$conversation"
                  params={{ view: "all", conversation: f.conversation }}
                  search={{}}
                  onClick={() => setShown(false)}
                >
                  {f.name || t("bulk.noName")}
                </Link>
                <div>
                  {f.detail} <span className="muted">{f.remedy}</span>
                </div>
              </li>
            ))}
          </ul>
        </Modal>
      )}
    </div>
  );
}
