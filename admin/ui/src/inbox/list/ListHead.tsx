import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { ArrowDownWideNarrow, ListFilter, Search } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { perform } from "@/actions/store";
import type { Sort } from "@/api/types";
import type { InboxSearch } from "@/router";
import { ActionTip } from "@/ui/ActionTip";
import { sorts, type View } from "../views/query";
import s from "./list.module.css";
import { ViewSelect } from "./ViewSelect";

interface Props {
  view: View;
  search: InboxSearch;
  title: string;
  withViews: boolean;
  sort: Sort;
  setFiltering: (on: boolean) => void;
}

/** ListHead names a list and says how it is sorted; it is not drawn again with every message. */
export const ListHead = memo(function ListHead(props: Props) {
  const { view, search, title, withViews, sort, setFiltering } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <header className={s.head}>
      {withViews ? <ViewSelect view={view} search={search} /> : <h2 className="grow cut">{title}</h2>}
      <ActionTip id="find">
        <Button
          size="small"
          type="text"
          icon={<Search aria-hidden />}
          aria-label={t("action.find")}
          onClick={() => perform("find")}
        />
      </ActionTip>
      <ActionTip id="filter">
        <Button
          size="small"
          type="text"
          icon={<ListFilter aria-hidden />}
          aria-label={t("inbox.filter")}
          onClick={() => setFiltering(true)}
        />
      </ActionTip>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [sort],
          items: sorts.map((key) => ({ key, label: t(`inbox.sorted_${key}`) })),
          onClick: ({ key }) =>
            void navigate({ to: "/inbox/$view", params: { view }, search: { ...search, sort: key as Sort } }),
        }}
      >
        <Button
          size="small"
          type="text"
          icon={<ArrowDownWideNarrow aria-hidden />}
          aria-label={t("inbox.sortBy", { name: t(`inbox.sorted_${sort}`) })}
        >
          {t(`inbox.sorted_${sort}`)}
        </Button>
      </Dropdown>
    </header>
  );
});
