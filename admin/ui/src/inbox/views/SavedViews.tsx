import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Dropdown } from "antd";
import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedView } from "@/api/types";
import { changeView, deleteView, viewCounts } from "@/api/views";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { tagColors } from "@/ui/TagChip";
import { useDo } from "@/ui/useDo";
import { iconOf } from "./looks";
import { useSavedViews, type View } from "./query";
import s from "./views.module.css";
import "@/i18n/more/inbox";

const ViewDialog = lazy(() => import("./ViewDialog").then((m) => ({ default: m.ViewDialog })));

/** SavedViews are the filters with a name, with how much they show, counted up to a hundred. */
export function SavedViews({ view }: { view: View }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { modal } = App.useApp();
  const can = useCan();
  const all = useSavedViews().data ?? [];
  const counts = useQuery({
    queryKey: ["views", "counts"],
    queryFn: viewCounts,
    refetchInterval: 15_000, // not with every message: that would cost the hub more than it tells
    enabled: all.length > 0,
  }).data;
  const [editing, setEditing] = useState<SavedView>();
  const fresh = () => queryClient.invalidateQueries({ queryKey: keys.views });
  const place = useDo(async (order: SavedView[]) => {
    for (const [i, v] of order.entries()) if (v.place !== i) await changeView(v.id, { place: i });
  }, fresh);
  const remove = useDo(deleteView, (_, id) => {
    void fresh();
    if (id === view) void navigate({ to: "/inbox/$view", params: { view: "mine" }, search: {} });
  });
  if (all.length === 0) return null;

  const mayChange = (v: SavedView) => can(v.owner ? "view.write" : "view.share");
  const move = (v: SavedView, by: number) => {
    const same = all.filter((x) => Boolean(x.owner) === Boolean(v.owner));
    const at = same.indexOf(v);
    same.splice(at, 1);
    same.splice(at + by, 0, v);
    place.mutate(same);
  };
  return (
    <>
      <h2 className={s.heading}>{t("inbox.saved")}</h2>
      {all.map((v) => {
        const Icon = iconOf(v.icon);
        const n = counts?.[v.id] ?? 0;
        const same = all.filter((x) => Boolean(x.owner) === Boolean(v.owner));
        const at = same.indexOf(v);
        return (
          <div key={v.id} className={s.saved}>
            <Link
              to="/inbox/$view"
              params={{ view: v.id }}
              search={{}}
              className={s.item}
              aria-current={view === v.id ? "page" : undefined}
              title={v.owner ? v.name : `${v.name} · ${t("savedView.others")}`}
            >
              <Icon aria-hidden style={{ color: tagColors[v.color] }} />
              <span className="grow cut">{v.name}</span>
              {n > 0 && <span className={s.count}>{n >= 100 ? "99+" : n}</span>}
            </Link>
            {mayChange(v) && (
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: [
                    { key: "edit", label: t("do.edit") },
                    { key: "up", label: t("savedView.up"), disabled: at === 0 },
                    { key: "down", label: t("savedView.down"), disabled: at === same.length - 1 },
                    { key: "delete", label: t("do.delete"), danger: true },
                  ],
                  onClick: ({ key }) => {
                    if (key === "edit") setEditing(v);
                    else if (key === "up") move(v, -1);
                    else if (key === "down") move(v, 1);
                    else
                      modal.confirm({
                        title: t("savedView.remove"),
                        content: t("savedView.removeLead"),
                        okText: t("do.delete"),
                        okButtonProps: { danger: true },
                        cancelText: t("do.cancel"),
                        onOk: () => remove.mutate(v.id),
                      });
                  },
                }}
              >
                <button
                  type="button"
                  className={`bare ${s.options}`}
                  aria-label={t("savedView.options", { name: v.name })}
                >
                  <Ellipsis aria-hidden />
                </button>
              </Dropdown>
            )}
          </div>
        );
      })}
      <Suspense fallback={null}>
        {editing && <ViewDialog view={editing} filter={editing.filter} close={() => setEditing(undefined)} />}
      </Suspense>
    </>
  );
}
