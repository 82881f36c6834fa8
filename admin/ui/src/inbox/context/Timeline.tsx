import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Detail, removeColleague } from "@/api/inbox";
import { useLanguage } from "@/i18n/words";
import { clock, span } from "@/lib/time";
import { settled } from "@/live/follow";
import { useNames, useOwnerWords, useTags } from "@/session/data";
import { TagChip } from "@/ui/TagChip";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import { useReason } from "../thread/EventLine";
import s from "./context.module.css";

/** Timeline is who had this conversation and why, how long each step took, its tags and colleagues. */
export function Timeline({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const owner = useOwnerWords(t);
  const names = useNames();
  const why = useReason();
  const tags = useTags().data;
  const { conversation: c, owner_changes } = detail;
  const remove = useDo(
    (agent: string) => removeColleague(c.id, agent),
    () => settled(detail, undefined),
  );
  const took = (from?: string, to?: string) =>
    from && to ? span(Date.parse(to) - Date.parse(from), language) : undefined;
  const times: [string, string | undefined][] = [
    [t("timeline.queuedFor"), took(c.queued, c.picked)],
    [t("timeline.firstReply"), took(c.picked ?? c.queued ?? c.created, c.replied)],
    [t("timeline.lasted"), took(c.created, c.closed)],
  ];
  return (
    <>
      {c.tags.length > 0 && (
        <div className={s.tags}>
          {c.tags.map((id) => {
            const tag = tags?.find((x) => x.id === id);
            return tag && <TagChip key={id} tag={tag} />;
          })}
        </div>
      )}
      {c.colleagues.length > 0 && (
        <div className={s.tags}>
          <span className="faint">{t("timeline.colleagues")}</span>
          {c.colleagues.map((id) => (
            <span key={id} className={s.colleague}>
              {names(id)}
              <button
                type="button"
                className="bare"
                aria-label={t("timeline.removeColleague", { name: names(id) })}
                onClick={() => remove.mutate(id)}
              >
                <X aria-hidden />
              </button>
            </span>
          ))}
        </div>
      )}
      <ol className={s.timeline}>
        <li>
          <span>{t("event.opened")}</span>
          <time>{clock(c.created, language)}</time>
        </li>
        {owner_changes.map((o) => (
          <li key={o.lease}>
            <span>
              {owner(o.to)}
              <span className="faint">
                {[why(o.reason), names(o.by)].filter(Boolean).map((x) => ` · ${x}`)}
              </span>
            </span>
            <time>{clock(o.at, language)}</time>
          </li>
        ))}
      </ol>
      <dl className={s.fields}>
        {times.map(
          ([label, value]) =>
            value && [<dt key={`${label}t`}>{label}</dt>, <dd key={`${label}d`}>{value}</dd>],
        )}
        {c.closed && (
          <>
            <dt>{t("timeline.closed")}</dt>
            <dd>
              <Ago at={c.closed} />
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
