import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type ListQuery, listConversations } from "@/api/inbox";
import { useLanguage } from "@/i18n/words";
import { ago, span, useNow } from "@/lib/time";
import { keys } from "@/live/cache";
import { useOwnerWords } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { LoadMore } from "@/ui/LoadMore";
import { Failure, Loading } from "@/ui/States";
import { useContactName } from "@/ui/useContactName";
import s from "./watch.module.css";
import "@/i18n/more/watch";

/** From when a wait is long. */
const LONG = 10 * 60_000;

/** Going is every open conversation, live; waiting: only where a customer waits, the longest first. */
export function Going({ waiting }: { waiting?: boolean }) {
  const { t } = useTranslation("more");
  const { t: words } = useTranslation();
  const contactName = useContactName();
  const language = useLanguage();
  const owner = useOwnerWords(words);
  const now = useNow();
  // The same list as the inbox's, so that the feed keeps it current.
  const query: ListQuery = { status: ["open"], sort: waiting ? "waiting" : "newest" };
  const list = useInfiniteQuery({
    queryKey: keys.list(query),
    queryFn: ({ pageParam }) => listConversations(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = list.data?.pages.flatMap((p) => p.items) ?? [];
  if (list.isPending) return <Loading rows={3} />;
  if (list.error) return <Failure error={list.error} retry={() => list.refetch()} />;
  if (rows.length === 0) return <p className="faint">{t(waiting ? "watch.nobodyWaits" : "watch.nothing")}</p>;
  return (
    <>
      <ul className={s.list} aria-label={t(waiting ? "watch.waiting" : "watch.going")}>
        {rows.map(({ conversation: c, contact, account }) => {
          const waits = c.waiting_since ? Math.max(0, now - Date.parse(c.waiting_since)) : undefined;
          return (
            <li key={c.id}>
              <Link
                to="/inbox/$view/$conversation"
                params={{ view: "all", conversation: c.id }}
                className={s.talk}
              >
                <ChannelIcon kind={account.kind} />
                <span className={s.words}>
                  <span className={`cut ${s.name}`}>{contactName(contact)}</span>
                  <span className="cut faint">{c.last_text}</span>
                </span>
                <span className={`cut ${s.owner}`}>{owner(c.owner)}</span>
                {waits === undefined ? (
                  <span className={s.ago}>{ago(c.last_at, now, language)}</span>
                ) : (
                  <span className={s.wait} data-long={waits > LONG || undefined}>
                    <Clock aria-hidden />
                    {t("watch.waits", { time: span(waits, language) })}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      <LoadMore of={list} />
    </>
  );
}
