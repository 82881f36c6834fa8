import { Button, Modal } from "antd";
import { AlarmClock, AlarmClockOff, CircleCheck, CornerUpLeft, type LucideIcon, Tags, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListQuery } from "@/api/inbox";
import type { Bulk, BulkAct, ID } from "@/api/types";
import { startBulk } from "@/api/views";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useDo } from "@/ui/useDo";
import { SnoozePick } from "../dialogs/SnoozePick";
import { TagPick } from "../dialogs/TagPick";
import { TargetPick } from "../dialogs/TargetPick";
import s from "./list.module.css";
import { type Ask, ask, selectAll, unselect, useSelection } from "./selection";
import "@/i18n/more/inbox";

const acts: { ask: Ask; icon: LucideIcon }[] = [
  { ask: "assign", icon: CornerUpLeft },
  { ask: "tag", icon: Tags },
  { ask: "snooze", icon: AlarmClock },
  { ask: "wake", icon: AlarmClockOff },
  { ask: "close", icon: CircleCheck },
];

interface Props {
  query: ListQuery;
  started: (bulk: Bulk & { more: boolean }) => void;
}

/** BulkBar says how many are selected and does one thing to all of them. */
export function BulkBar({ query, started }: Props) {
  const { t } = useTranslation();
  const { ids, all, ask: asked } = useSelection();
  const start = useDo(
    (act: BulkAct) => startBulk(all ? { filter: all } : { conversations: ids }, act),
    (bulk) => {
      queryClient.setQueryData<Bulk>(keys.bulk(bulk.id), (known) => known ?? bulk);
      unselect();
      started(bulk);
    },
  );
  if (ids.length === 0 && !all) return null;
  const props = { pending: start.isPending, close: () => ask(undefined) };
  const asleep = query.status?.length === 1 && query.status[0] === "snoozed";
  return (
    <section className={s.bulk} aria-label={t("bulk.bar")}>
      <strong role="status">{all ? t("bulk.allSelected") : t("bulk.selected", { count: ids.length })}</strong>
      {!all && (
        <Button type="link" size="small" onClick={() => selectAll(query)}>
          {t("bulk.all")}
        </Button>
      )}
      <span className="grow" />
      <Button
        size="small"
        type="text"
        icon={<X aria-hidden />}
        aria-label={t("action.unselect")}
        onClick={unselect}
      />
      <div className={s.acts}>
        {acts
          .filter((a) => a.ask !== (asleep ? "snooze" : "wake"))
          .map((a) => (
            <Button
              key={a.ask}
              size="small"
              type="text"
              icon={<a.icon aria-hidden />}
              onClick={() => (a.ask === "wake" ? start.mutate({ kind: "wake" }) : ask(a.ask))}
            >
              {t(`bulk.${a.ask}`)}
            </Button>
          ))}
      </div>
      {asked === "assign" && (
        <TargetPick
          {...props}
          title={t("bulk.assign")}
          except={[]}
          give={(to, note) => start.mutate({ kind: "assign", ...to, note: note || undefined })}
        />
      )}
      {asked === "snooze" && (
        <SnoozePick
          {...props}
          title={t("action.snooze")}
          pick={(until, why) => start.mutate({ kind: "snooze", until, note: why || undefined })}
        />
      )}
      {(asked === "tag" || asked === "untag") && (
        <TagAsk {...props} give={(kind, tags) => start.mutate({ kind, tags })} />
      )}
      {asked === "close" && (
        <Modal
          open
          title={all ? t("bulk.closeAll") : t("bulk.closeTitle", { count: ids.length })}
          okText={t("bulk.close")}
          cancelText={t("do.cancel")}
          okButtonProps={{ loading: start.isPending, autoFocus: true }}
          onOk={() => start.mutate({ kind: "close" })}
          onCancel={props.close}
          width={440}
        >
          <p className="muted">{t("bulk.closeLead")}</p>
        </Modal>
      )}
    </section>
  );
}

interface TagProps {
  pending: boolean;
  close: () => void;
  give: (kind: "tag" | "untag", tags: ID[]) => void;
}

function TagAsk({ pending, close, give }: TagProps) {
  const { t } = useTranslation();
  const [tags, setTags] = useState<ID[]>([]);
  const button = { disabled: tags.length === 0, loading: pending };
  return (
    <Modal
      open
      title={t("bulk.tag")}
      onCancel={close}
      width={440}
      footer={[
        <Button key="off" {...button} onClick={() => give("untag", tags)}>
          {t("bulk.untag")}
        </Button>,
        <Button key="on" type="primary" {...button} onClick={() => give("tag", tags)}>
          {t("bulk.tag")}
        </Button>,
      ]}
    >
      <TagPick scope="conversation" value={tags} onChange={setTags} autoFocus />
    </Modal>
  );
}
