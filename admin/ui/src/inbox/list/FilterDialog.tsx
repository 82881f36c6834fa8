import { useNavigate } from "@tanstack/react-router";
import { Button, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filter } from "@/api/types";
import { useWide } from "@/lib/media";
import type { InboxSearch } from "@/router";
import { addressOf, filterOf, filters, type View } from "../views/query";
import { useChoices } from "./Filters";
import s from "./list.module.css";
import "@/i18n/more/inbox";

const waits = [1, 3, 5, 10, 30, 60, 240];

interface Props {
  view: View;
  search: InboxSearch;
  close: () => void;
}

/** FilterDialog chooses what a list shows; the address says it, so it can be shared. */
export function FilterDialog({ view, search, close }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const choices = useChoices();
  const [filter, setFilter] = useState<Filter>(() => filterOf(search));
  const show = (next: Filter) => {
    close();
    void navigate({ to: "/inbox/$view", params: { view }, search: addressOf(next) });
  };
  return (
    <Modal
      open
      title={t("filter.title")}
      onCancel={close}
      width={520}
      className={s.filterDialog}
      footer={[
        <Button key="clear" onClick={() => show({ sort: filter.sort })}>
          {t("filter.clear")}
        </Button>,
        <Button key="show" type="primary" onClick={() => show(filter)}>
          {t("filter.apply")}
        </Button>,
      ]}
    >
      <p className="muted">{t("filter.lead")}</p>
      <FilterFields value={filter} onChange={setFilter} choices={choices} autoFocus />
    </Modal>
  );
}

interface FieldsProps {
  value: Filter;
  onChange: (next: Filter) => void;
  choices: ReturnType<typeof useChoices>;
  autoFocus?: boolean;
}

function FilterFields({ value, onChange, choices, autoFocus }: FieldsProps) {
  const { t } = useTranslation();
  // Where there is little room a list opens upwards: below stand the other fields and the buttons.
  const placement = useWide(768) ? "bottomLeft" : "topLeft";
  return (
    <div className={s.fields}>
      {filters.map((name, i) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the select is the control
        <label key={name}>
          <span>{t(`filter.${name}`)}</span>
          <Select
            mode="multiple"
            placement={placement}
            autoFocus={autoFocus && i === 0}
            value={(value[name] as string[] | undefined) ?? []}
            placeholder={t("filter.any")}
            aria-label={t(`filter.${name}`)}
            maxTagCount="responsive"
            showSearch={{ optionFilterProp: "label" }}
            options={choices[name]}
            onChange={(next: string[]) => onChange({ ...value, [name]: next.length ? next : undefined })}
          />
        </label>
      ))}
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is the control */}
      <label>
        <span>{t("filter.wait")}</span>
        <Select
          value={value.wait ?? 0}
          placement={placement}
          aria-label={t("filter.wait")}
          options={[
            { value: 0, label: t("filter.anyWait") },
            ...[...new Set([...waits, value.wait ?? 1])]
              .sort((a, b) => a - b)
              .map((n) => ({ value: n, label: t("filter.minutes", { count: n }) })),
          ]}
          onChange={(wait) => onChange({ ...value, wait: wait || undefined, overdue: undefined })}
        />
      </label>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is the control */}
      <label>
        <span>{t("filter.due")}</span>
        <Select
          value={value.overdue ? "overdue" : "any"}
          placement={placement}
          aria-label={t("filter.due")}
          options={[
            { value: "any", label: t("filter.any") },
            { value: "overdue", label: t("filter.isOverdue") },
          ]}
          onChange={(due) => onChange({ ...value, overdue: due === "overdue" || undefined, wait: undefined })}
        />
      </label>
    </div>
  );
}
