import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { contactConversations } from "@/api/contacts";
import type { ID } from "@/api/types";
import { keys } from "@/live/cache";
import { useOwnerWords } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { Score } from "@/ui/Score";
import { Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import s from "./context.module.css";
import "@/i18n/more/contacts";

/** History is every other conversation with this person, on any channel. */
export function History({ contact, current }: { contact: ID; current?: ID }) {
  const { t } = useTranslation();
  const owner = useOwnerWords(t);
  const query = useInfiniteQuery({
    queryKey: keys.history(contact),
    queryFn: ({ pageParam }) => contactConversations(contact, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const shown = query.data?.pages.some((p) => p.items.some((r) => r.conversation.id !== current));
  // What one may not see makes a page short: on to the first that shows something.
  useEffect(() => {
    if (shown === false && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [shown, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <Loaded query={query} rows={2}>
      {({ pages }) => {
        const others = pages.flatMap((p) => p.items).filter((r) => r.conversation.id !== current);
        if (others.length === 0 && !hasNextPage)
          return <p className="faint">{t(current ? "context.noHistory" : "contacts.noConversations")}</p>;
        return (
          <>
            <ul className={s.history}>
              {others.map(({ conversation: c, account }) => (
                <li key={c.id}>
                  <Link
                    to="/inbox/$view/$conversation"
                    params={{ view: c.owner.kind === "closed" ? "closed" : "all", conversation: c.id }}
                  >
                    <span className="row">
                      <ChannelIcon kind={account.kind} />
                      <span className="grow cut">{c.subject || c.last_text || account.name}</span>
                      <span className="faint">
                        <Ago at={c.last_at} />
                      </span>
                    </span>
                    <span className="row">
                      <span className="faint">{owner(c.owner)}</span>
                      {c.score ? <Score score={c.score} /> : null}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
            {hasNextPage && (
              <Button size="small" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t("do.loadMore")}
              </Button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
