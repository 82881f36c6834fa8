import { Link } from "@tanstack/react-router";
import { AlarmClock, CircleAlert, Clock } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { focusThread } from "@/actions/focus";
import type { ID, Row } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { ago, exact, span, useNow } from "@/lib/time";
import { useLive } from "@/live/store";
import type { InboxSearch } from "@/router";
import { useOwnerWords, useTags } from "@/session/data";
import { useCan } from "@/session/useSession";
import { Avatar } from "@/ui/Avatar";
import { DueMark } from "@/ui/DueMark";
import { PriorityMark } from "@/ui/PriorityMark";
import { Score } from "@/ui/Score";
import { TagChip } from "@/ui/TagChip";
import { useContactName } from "@/ui/useContactName";
import { useSleeps } from "../thread/EventLine";
import type { View } from "../views/query";
import s from "./list.module.css";
import { toggle, useSelecting, useSelection } from "./selection";

interface Props {
  row: Row;
  view: View;
  search: InboxSearch;
  active: boolean;
  /** A key went to the row that is active now. */
  stepped: RefObject<boolean>;
  /** Select from the row selected last to this one. */
  onRange: (id: ID) => void;
}

/** After how long a wait is amber, then red; the words say it as well. */
const LONG = 3 * 60_000;
const TOO_LONG = 10 * 60_000;

/** ConversationRow answers at a glance: who, what was said last and by whom, who waits how long. */
export function ConversationRow({
  row: { conversation: c, contact, account },
  view,
  search,
  active,
  stepped,
  onRange,
}: Props) {
  const sleeps = useSleeps();
  const { t } = useTranslation();
  const contactName = useContactName();
  const language = useLanguage();
  const now = useNow();
  const owner = useOwnerWords(t);
  const tags = useTags().data;
  const typing = useLive((l) => l.typing[c.id]);
  const waits = c.waiting_since ? now - Date.parse(c.waiting_since) : 0;
  const said =
    c.last_from === "customer" || !c.last_from
      ? ""
      : t(`said.${c.last_from as "agent" | "bot" | "system" | "note" | "event"}`);
  const foreign = c.locale && !c.locale.startsWith(language) ? c.locale : "";
  const name = contactName(contact);

  const selecting = useSelecting();
  const selected = useSelection((x) => x.all !== undefined || x.ids.includes(c.id));
  const may = useCan()("conversation.assign");

  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (!active || !stepped.current) return;
    stepped.current = false;
    link.current?.focus({ preventScroll: true });
    // In a narrow window the row is behind the thread it opened.
    if (link.current?.closest("[inert]")) focusThread();
  }, [active, stepped]);

  const row = (
    <Link
      ref={link}
      data-row
      to="/inbox/$view/$conversation"
      params={{ view, conversation: c.id }}
      search={search}
      className={s.row}
      aria-current={active ? "true" : undefined}
      data-unread={c.unread > 0 || undefined}
    >
      <Avatar id={contact.id} name={name} file={contact.avatar} size={36} channel={account.kind} />
      <div className={s.body}>
        <div className={s.line}>
          <span className={`cut grow ${s.name}`}>{name}</span>
          <time className={s.time} dateTime={c.last_at} title={exact(c.last_at, language)}>
            {ago(c.last_at, now, language)}
          </time>
        </div>
        <div className={s.line}>
          <span className={`cut grow ${s.last}`}>
            {typing && typing.kind !== "agent" && !typing.paused ? (
              <em>{t("thread.typing")}</em>
            ) : (
              <>
                {said && <span className={s.said}>{said}: </span>}
                {c.last_text || t("inbox.noText")}
              </>
            )}
          </span>
          {c.unread > 0 && (
            <span className={s.unread} role="img" aria-label={t("inbox.unreadCount", { count: c.unread })}>
              {c.unread > 99 ? "99+" : c.unread}
            </span>
          )}
        </div>
        <div className={`${s.line} ${s.marks}`}>
          {c.priority && <PriorityMark priority={c.priority} />}
          {c.trouble && (
            <span className={s.trouble}>
              <CircleAlert aria-hidden />
              {t("inbox.notDelivered")}
            </span>
          )}
          {c.due && <DueMark conversation={c} />}
          {waits > 0 && !c.due && (
            <span className={s.wait} data-level={waits > TOO_LONG ? "red" : waits > LONG ? "amber" : "calm"}>
              <Clock aria-hidden />
              {t(waits > TOO_LONG ? "inbox.waitsTooLong" : "inbox.waits", { time: span(waits, language) })}
            </span>
          )}
          {c.snooze && (
            <span className={s.sleeps}>
              <AlarmClock aria-hidden />
              {sleeps(c.snooze)}
            </span>
          )}
          {view !== "mine" &&
            view !== "closed" &&
            !(waits > 0 && c.owner.kind === "queue" && search.team) && (
              <span className="cut">{owner(c.owner)}</span>
            )}
          {c.score ? <Score score={c.score} /> : null}
          {foreign && <span className={s.locale}>{foreign}</span>}
          {c.tags.slice(0, 2).map((id) => {
            const tag = tags?.find((x) => x.id === id);
            return tag && <TagChip key={id} tag={tag} />;
          })}
          {c.tags.length > 2 && <span>+{c.tags.length - 2}</span>}
          {!c.trouble && waits <= 0 && view === "mine" && c.tags.length === 0 && (
            <span className="cut">{account.name}</span>
          )}
        </div>
      </div>
    </Link>
  );
  return (
    <div className={s.item} data-selected={selected || undefined} data-selecting={selecting || undefined}>
      {row}
      {may && (
        <label className={s.check}>
          <input
            type="checkbox"
            tabIndex={-1} // x is the key for it
            aria-label={t("inbox.select", { name })}
            checked={selected}
            onChange={() => toggle(c.id)}
            onClick={(e) => {
              if (!e.shiftKey) return;
              e.preventDefault();
              onRange(c.id);
            }}
          />
        </label>
      )}
    </div>
  );
}
