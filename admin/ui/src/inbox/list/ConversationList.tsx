import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { ArrowUp } from "lucide-react";
import { lazy, memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { VList, type VListHandle } from "virtua";
import { useAction } from "@/actions/store";
import { useWide } from "@/lib/media";
import type { InboxSearch } from "@/router";
import { useTeams } from "@/session/data";
import { useCan } from "@/session/useSession";
import { Empty, Failure, Loading } from "@/ui/States";
import { builtIn, filters, listQuery, useSaved, type View } from "../views/query";
import { ConversationRow } from "./ConversationRow";
import { ListHead } from "./ListHead";
import s from "./list.module.css";
import { ask, selectAll, selectTo, toggle, unselect, useSelecting } from "./selection";
import { useHeld } from "./useHeld";
import { useList } from "./useList";

// A message changes one row: the others are not drawn again.
const ListedRow = memo(ConversationRow);

const ListTools = lazy(() => import("@/beside").then((m) => ({ default: m.ListTools })));

/** How long after a step by key the rows stay where they are. */
const STEPPING = 60_000;

interface Props {
  view: View;
  search: InboxSearch;
  current: string | undefined;
  /** The views have no column of their own: choose one here. */
  withViews: boolean;
}

/** ConversationList is one view as rows that never move under the pointer. */
export function ConversationList({ view, search, current, withViews }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const saved = useSaved(view);
  const query = useMemo(() => listQuery(view, search, saved ?? undefined), [view, search, saved]);
  const list = useList(query, builtIn(view) || Boolean(saved));
  const [pointing, setPointing] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  // Who goes through the list by keys finds it as it was: an answer moves its row, and not what comes next.
  const [stepping, setStepping] = useState(false);
  const over = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(over.current), []);
  const stay = () => {
    clearTimeout(over.current);
    over.current = setTimeout(() => setStepping(false), STEPPING);
    setStepping(true); // a step after another draws nothing by itself
  };
  const hold = pointing || scrolled || stepping;
  const { rows, waiting, release } = useHeld(list.rows, hold, JSON.stringify(query));
  // What one has open is never among those that wait out of sight: it was taken back, say.
  const hidden =
    hold &&
    !rows.some((r) => r.conversation.id === current) &&
    list.rows.some((r) => r.conversation.id === current);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as soon as it is so
  useEffect(() => {
    if (hidden) release();
  }, [hidden]);
  const toNew = () => {
    setStepping(false);
    release();
    ref.current?.scrollTo(0);
  };
  const ref = useRef<VListHandle>(null);
  const wide = useWide(768);
  const teams = useTeams().data;
  const [filtering, setFiltering] = useState(false);

  const open = (id: string | undefined) => {
    if (id) void navigate({ to: "/inbox/$view/$conversation", params: { view, conversation: id }, search });
  };
  const at = rows.findIndex((r) => r.conversation.id === current);
  // Of one that left the list its place stays: the next is the one that stands there now.
  const place = useRef(0);
  if (at >= 0) place.current = at;
  const stepped = useRef(false);
  const step = (by: number) => () => {
    if (by < 0 && at === 0 && waiting > 0) {
      toNew();
      stepped.current = true;
      return open(list.rows[0]?.conversation.id);
    }
    stay();
    const from = at >= 0 ? at : by > 0 ? place.current - 1 : place.current;
    const to = Math.min(rows.length - 1, Math.max(0, from + by));
    // Who writes goes on writing there; any other focus goes along with the row.
    stepped.current = !document.activeElement?.closest("[data-mode]");
    open(rows[to]?.conversation.id);
    ref.current?.scrollToIndex(to, { align: "nearest" });
  };
  useAction("next", rows.length ? step(1) : undefined);
  useAction("previous", rows.length ? step(-1) : undefined);
  useAction("filter", () => setFiltering(true));

  const assigns = useCan()("conversation.assign");
  const selecting = useSelecting();
  const listed = useRef(rows);
  listed.current = rows;
  const range = useCallback((id: string) => {
    const ids = listed.current.map((r) => r.conversation.id);
    selectTo(id, ids);
  }, []);
  const when = (ok: unknown, run: () => void) => (ok ? run : undefined);
  const here = JSON.stringify([view, query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has another selection
  useEffect(() => unselect, [here]);
  useAction(
    "select",
    when(assigns && at >= 0, () => toggle(current!)),
  );
  useAction(
    "selectRange",
    when(assigns && at >= 0, () => range(current!)),
  );
  useAction(
    "selectAll",
    when(assigns && rows.length, () => selectAll(query)),
  );
  useAction("unselect", when(selecting, unselect));
  useAction(
    "transfer",
    when(selecting, () => ask("assign")),
  );
  useAction(
    "tags",
    when(selecting, () => ask("tag")),
  );
  useAction(
    "snooze",
    when(selecting, () => ask("snooze")),
  );
  useAction(
    "close",
    when(selecting, () => ask("close")),
  );

  // On a wide screen an open view without a conversation would be an empty half.
  const first = rows[0]?.conversation.id;
  useEffect(() => {
    if (wide && !current && first) {
      void navigate({
        to: "/inbox/$view/$conversation",
        params: { view, conversation: first },
        search,
        replace: true,
      });
    }
  }, [wide, current, first, view, search, navigate]);

  const title = builtIn(view)
    ? view === "queue" && search.team
      ? (teams?.find((x) => x.id === search.team)?.name ?? t("inbox.noTeam"))
      : t(`view.${view}`)
    : (saved?.name ?? "");
  const narrowed = filters.some((f) => search[f]) || Boolean(search.wait || search.overdue);
  return (
    <section
      className={s.list}
      aria-label={title}
      onPointerEnter={() => setPointing(true)}
      onPointerLeave={() => setPointing(false)}
    >
      <ListHead
        view={view}
        search={search}
        title={title}
        withViews={withViews}
        sort={query.sort ?? "newest"}
        setFiltering={setFiltering}
      />
      <Suspense fallback={null}>
        {saved !== null && (
          <ListTools
            view={view}
            search={search}
            saved={saved}
            query={query}
            filtering={filtering}
            setFiltering={setFiltering}
          />
        )}
      </Suspense>
      {waiting > 0 && (
        <button type="button" className={`bare ${s.pill}`} onClick={toNew}>
          <ArrowUp aria-hidden />
          {t("inbox.newRows", { count: waiting })}
        </button>
      )}
      <div className={s.rows}>
        {list.isPending && saved !== null ? (
          <Loading rows={8} />
        ) : list.error && rows.length === 0 ? (
          <Failure error={list.error} retry={() => list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty text={t(`emptyView.${narrowed || saved ? "saved" : builtIn(view) ? view : "gone"}`)}>
            {view === "mine" && (
              <Button
                onClick={() => void navigate({ to: "/inbox/$view", params: { view: "queue" }, search: {} })}
              >
                {t("inbox.openQueue")}
              </Button>
            )}
          </Empty>
        ) : (
          <VList
            ref={ref}
            data={rows}
            itemSize={84}
            keepMounted={at >= 0 ? [at] : undefined}
            style={{ height: "100%" }}
            onScroll={(offset) => {
              setScrolled(offset > 40);
              const h = ref.current;
              if (
                h &&
                h.scrollSize - h.viewportSize - offset < 800 &&
                list.hasNextPage &&
                !list.isFetchingNextPage
              ) {
                void list.fetchNextPage();
              }
            }}
          >
            {(row) => (
              <ListedRow
                key={row.conversation.id}
                row={row}
                view={view}
                search={search}
                active={row.conversation.id === current}
                stepped={stepped}
                onRange={range}
              />
            )}
          </VList>
        )}
      </div>
    </section>
  );
}
