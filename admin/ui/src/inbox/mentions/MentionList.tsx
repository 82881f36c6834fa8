import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { AtSign, CheckCheck, EyeOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "@/actions/store";
import { listMentions, readMentions } from "@/api/mentions";
import type { Mention } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { ago, exact, useNow } from "@/lib/time";
import { keys } from "@/live/cache";
import { Avatar } from "@/ui/Avatar";
import { Empty, Failure, Loading } from "@/ui/States";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";
import list from "../list/list.module.css";
import s from "./mentions.module.css";
import "@/i18n/more/inbox";

interface Props {
  current: string | undefined;
  /** Chooses a view, where the views have no column of their own. */
  select: ReactNode;
}

/** MentionList is where colleagues named us, newest first; what was not read yet is told by dot and weight. */
export function MentionList({ current, select }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useInfiniteQuery({
    queryKey: keys.mentions,
    queryFn: ({ pageParam }) => listMentions(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap((p) => p.items) ?? [];
  const all = useDo(() => readMentions());

  const seen = rows.filter((m) => m.row);
  const at = seen.findIndex((m) => m.row?.conversation.id === current);
  const step = (by: number) => () => {
    const m = seen[at < 0 ? 0 : Math.min(seen.length - 1, Math.max(0, at + by))];
    if (m?.row)
      void navigate({
        to: "/inbox/$view/$conversation",
        params: { view: "mentions", conversation: m.row.conversation.id },
        search: {},
        hash: `m${m.pos}`,
      });
  };
  useAction("next", seen.length ? step(1) : undefined);
  useAction("previous", seen.length ? step(-1) : undefined);

  return (
    <section className={list.list} aria-label={t("view.mentions")}>
      <header className={list.head}>
        {select || <h2 className="grow cut">{t("view.mentions")}</h2>}
        {rows.some((m) => m.unread) && (
          <Button
            size="small"
            type="text"
            icon={<CheckCheck aria-hidden />}
            loading={all.isPending}
            onClick={() => all.mutate(undefined)}
          >
            {t("mention.readAll")}
          </Button>
        )}
      </header>
      <div className={`${list.rows} ${s.rows}`}>
        {query.isPending ? (
          <Loading rows={6} />
        ) : query.error && rows.length === 0 ? (
          <Failure error={query.error} retry={() => query.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={AtSign} text={t("mention.empty")} />
        ) : (
          <>
            {rows.map((m) => (
              <MentionItem key={m.message} mention={m} active={m.row?.conversation.id === current} />
            ))}
            {query.hasNextPage && (
              <Button
                type="text"
                block
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("mention.older")}
              </Button>
            )}
          </>
        )}
      </div>
    </section>
  );
}

function MentionItem({ mention: m, active }: { mention: Mention; active: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const contactName = useContactName();
  const time = (
    <time className={list.time} dateTime={m.at} title={exact(m.at, language)}>
      {ago(m.at, now, language)}
    </time>
  );
  if (!m.row) {
    return (
      <div className={`${list.row} ${s.gone}`}>
        <EyeOff aria-hidden />
        <span className="grow">{t("mention.gone")}</span>
        {time}
      </div>
    );
  }
  const { conversation, contact, account } = m.row;
  const name = contactName(contact);
  return (
    <Link
      to="/inbox/$view/$conversation"
      params={{ view: "mentions", conversation: conversation.id }}
      search={{}}
      hash={`m${m.pos}`}
      className={list.row}
      aria-current={active ? "true" : undefined}
      data-unread={m.unread || undefined}
    >
      <Avatar id={contact.id} name={name} file={contact.avatar} size={36} channel={account.kind} />
      <div className={list.body}>
        <div className={list.line}>
          <span className={`cut grow ${list.name}`}>
            {t("mention.by", { name: m.name ?? "", contact: name })}
          </span>
          {time}
        </div>
        <div className={`${list.line} ${s.text}`}>
          <span className={`grow ${list.last}`}>{m.text}</span>
          {m.unread && <span className={s.dot} role="img" aria-label={t("mention.unread")} />}
        </div>
      </div>
    </Link>
  );
}
