import { useNavigate } from "@tanstack/react-router";
import { lazy, memo, Suspense, useEffect, useState } from "react";
import { useAction } from "@/actions/store";
import type { ListQuery } from "@/api/inbox";
import type { Bulk, ID, SavedView } from "@/api/types";
import { changeView, listBulks } from "@/api/views";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import type { InboxSearch } from "@/router";
import { useCan } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import { builtIn, filters, type View } from "../views/query";
import { FilterChips } from "./Filters";
import { useSelecting } from "./selection";
import { useWoken } from "./useWoken";

// Each comes when it is asked for: the list itself needs none of them.
const BulkBar = lazy(() => import("./BulkBar").then((m) => ({ default: m.BulkBar })));
const BulkProgress = lazy(() => import("./BulkProgress").then((m) => ({ default: m.BulkProgress })));
const FilterDialog = lazy(() => import("./FilterDialog").then((m) => ({ default: m.FilterDialog })));
const ViewDialog = lazy(() => import("../views/ViewDialog").then((m) => ({ default: m.ViewDialog })));

interface Props {
  view: View;
  search: InboxSearch;
  saved: SavedView | null | undefined;
  query: ListQuery;
  filtering: boolean;
  setFiltering: (on: boolean) => void;
}

/** ListTools are what stands above a list besides its name: filters, and work on many conversations. */
export const ListTools = memo(function ListTools(props: Props) {
  const { view, search, saved, query, filtering, setFiltering } = props;
  const navigate = useNavigate();
  const can = useCan();
  const [naming, setNaming] = useState(false);
  const [bulk, setBulk] = useState<{ id: ID; more: boolean }>();
  useWoken();

  // One that was begun before this page was loaded goes on.
  const assigns = can("conversation.assign");
  useEffect(() => {
    if (!assigns) return;
    listBulks()
      .then((all) => {
        const running = all.find((b) => b.state === "running");
        if (running) setBulk((now) => now ?? { id: running.id, more: false });
      })
      .catch(() => undefined);
  }, [assigns]);

  const mine = saved && can(saved.owner ? "view.write" : "view.share") ? saved : undefined;
  const keep = useDo(
    (v: SavedView) => changeView(v.id, { filter: query }),
    async () => {
      await queryClient.invalidateQueries({ queryKey: keys.views });
      void navigate({ to: "/inbox/$view", params: { view }, search: {} });
    },
  );
  const narrowed = filters.some((f) => search[f]) || search.wait || search.sort;
  const save =
    !can("view.write") || (!builtIn(view) && !narrowed)
      ? undefined
      : () => (mine ? keep.mutate(mine) : setNaming(true));
  useAction("saveView", save);
  const selecting = useSelecting();
  return (
    <>
      <FilterChips view={view} search={search} saved={mine} save={save} />
      <Suspense fallback={null}>
        {selecting && (
          <BulkBar
            query={query}
            started={(b: Bulk & { more: boolean }) => setBulk({ id: b.id, more: b.more })}
          />
        )}
        {bulk && <BulkProgress key={bulk.id} {...bulk} close={() => setBulk(undefined)} />}
        {filtering && <FilterDialog view={view} search={search} close={() => setFiltering(false)} />}
        {naming && <ViewDialog filter={query} close={() => setNaming(false)} />}
      </Suspense>
    </>
  );
});
