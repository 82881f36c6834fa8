import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, type InputRef } from "antd";
import { Search as Glass, SearchX } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { find } from "@/api/search";
import { useLanguage } from "@/i18n/words";
import { day } from "@/lib/time";
import { useSession } from "@/session/useSession";
import { Page } from "@/ui/Page";
import { Empty, Failure, Loading } from "@/ui/States";
import { Hints } from "./Hints";
import { Results } from "./Results";
import s from "./search.module.css";
import "@/i18n/more/search";

const PAUSE = 250;
/** An operator with nothing behind it yet, or half a day: it is asked when Enter says so. */
const unfinished = /(?:^|\s)(?:(?:from|in|tag)[:：]|(?:before|after)[:：](?!\d{4}-\d\d-\d\d)\S*)$/i;

/** Search finds customers, conversations and messages. The question stands in the address, so it can be shared and come back to. */
export function Search() {
  const { t } = useTranslation("more");
  const language = useLanguage();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ from: "/frame/search" });
  const zone = useSession().agent.time_zone;
  const [text, setText] = useState(q);
  const [composing, setComposing] = useState(false);
  const field = useRef<InputRef>(null);

  // What is typed is asked after a pause; an input method's letters are not words yet.
  const search = useCallback(
    () => void navigate({ to: "/search", search: { q: text.trim() || undefined }, replace: true }),
    [text, navigate],
  );
  useEffect(() => {
    if (composing || text.trim() === q || unfinished.test(text)) return;
    const timer = setTimeout(search, PAUSE);
    return () => clearTimeout(timer);
  }, [text, q, composing, search]);
  // Another address, by the browser's keys.
  const asked = useRef(q);
  useEffect(() => {
    if (asked.current !== q) setText((now) => (now.trim() === q ? now : q));
    asked.current = q;
  }, [q]);

  const query = useInfiniteQuery({
    queryKey: ["search", q, zone],
    queryFn: ({ pageParam }) => find(q, zone, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (p) => p.next ?? undefined,
    enabled: q !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  const pages = q ? (query.data?.pages ?? []) : [];
  const [first] = pages;
  const count = pages.reduce((n, p) => n + p.items.length + p.customers.length + p.conversations.length, 0);
  const add = (hint: string) => {
    setText((now) => (now.trim() ? `${now.trim()} ${hint}` : hint));
    field.current?.focus();
  };

  return (
    <Page title={t("find.title")}>
      <div data-search-field className={s.field}>
        <Input
          ref={field}
          autoFocus
          allowClear
          size="large"
          prefix={<Glass aria-hidden />}
          value={text}
          maxLength={500}
          placeholder={t("find.placeholder")}
          aria-label={t("find.field")}
          onChange={(e) => setText(e.target.value)}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={(e) => {
            if (e.nativeEvent.isComposing) return;
            if (e.key === "Enter") search();
            else if (e.key === "ArrowDown") {
              e.preventDefault();
              document.querySelector<HTMLElement>("[data-result]")?.focus();
            }
          }}
        />
      </div>
      <div className="sr" aria-live="polite">
        {first && !query.isFetching && t(query.hasNextPage ? "find.foundMore" : "find.found", { count })}
      </div>
      {first && first.unmatched.length > 0 && (
        <p className={s.notice}>{t("find.unmatched", { names: first.unmatched.join(" ") })}</p>
      )}
      {first?.reach && <p className={s.notice}>{t("find.reach", { since: day(first.reach, language) })}</p>}
      {!q ? (
        <Hints add={add} />
      ) : query.error && !query.isFetching ? (
        <Failure error={query.error} retry={() => query.refetch()} />
      ) : query.isPending ? (
        <Loading rows={6} />
      ) : count === 0 ? (
        <Empty icon={SearchX} text={t(query.hasNextPage ? "find.noneYet" : "find.none", { q })}>
          {!query.hasNextPage && <Hints add={add} />}
        </Empty>
      ) : (
        <Results pages={pages} />
      )}
      {q && query.hasNextPage && (
        <Button className={s.more} loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {t("find.more")}
        </Button>
      )}
    </Page>
  );
}
