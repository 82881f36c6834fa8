import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { InboxSearch } from "@/router";
import { builtIn, useSavedViews, type View, views } from "../views/query";
import s from "./list.module.css";

/** ViewSelect chooses a view where the views have no column of their own. */
export function ViewSelect({ view, search }: { view: View; search: InboxSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const own = useSavedViews().data;
  return (
    <select
      value={view}
      className={s.viewSelect}
      aria-label={t("inbox.views")}
      onChange={(e) =>
        void navigate({
          to: "/inbox/$view",
          params: { view: e.target.value },
          search: builtIn(e.target.value) ? { account: search.account } : {},
        })
      }
    >
      {([...views, "mentions"] as const).map((v) => (
        <option key={v} value={v}>
          {t(`view.${v}`)}
        </option>
      ))}
      {own && own.length > 0 && (
        <optgroup label={t("inbox.saved")}>
          {own.map((v) => (
            <option key={v.id} value={v.id}>
              {v.name}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
