import { useNavigate } from "@tanstack/react-router";
import { Button, Modal, Select } from "antd";
import { ListFilter } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filter, SavedView } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import type { InboxSearch } from "@/router";
import { useAccounts, useAgents, useBots, useNames, useTags, useTeams } from "@/session/data";
import { addressOf, filterOf, filters, type View } from "../views/query";
import s from "./list.module.css";
import "@/i18n/more";

const states = ["open", "bot", "queue", "agent", "snoozed", "closed"] as const;
const waits = [1, 3, 5, 10, 30, 60, 240];
const languages = [
  "zh",
  "en",
  "ja",
  "ko",
  "fr",
  "de",
  "es",
  "pt",
  "it",
  "ru",
  "ar",
  "th",
  "vi",
  "id",
  "ms",
  "tr",
  "hi",
];

/** useChoices are what each field may be filtered by, and what the values are called. */
function useChoices() {
  const { t } = useTranslation();
  const language = useLanguage();
  const agents = useAgents().data ?? [];
  const bots = useBots().data ?? [];
  const named = (all: { id: string; name: string }[]) => all.map((x) => ({ value: x.id, label: x.name }));
  const tongues = new Intl.DisplayNames(language, { type: "language" });
  return {
    status: states.map((x) => ({ value: x as string, label: t(`filterState.${x}`) })),
    owner: [
      { value: "me", label: t("filter.me") },
      ...named(agents.filter((a) => a.role !== "bot")),
      ...named(bots),
    ],
    team: [...named(useTeams().data ?? []), { value: "none", label: t("inbox.noTeam") }],
    account: named(useAccounts().data ?? []),
    tag: named((useTags().data ?? []).filter((x) => x.scope === "conversation")),
    language: languages.map((x) => ({ value: x, label: tongues.of(x) ?? x })),
  };
}

interface Props {
  view: View;
  search: InboxSearch;
  saved: SavedView | null | undefined;
  save: (() => void) | undefined;
}

/** FilterChips are what the address filters by, each to be taken away. */
export function FilterChips({ view, search, saved, save }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const names = useNames();
  const choices = useChoices();
  const go = (next: InboxSearch) => void navigate({ to: "/inbox/$view", params: { view }, search: next });
  const chips = filters
    .filter((name) => search[name])
    .map((name) => ({
      name: name as keyof InboxSearch,
      text: search[name]!.split(",")
        .map((v) => choices[name].find((c) => c.value === v)?.label || names(v) || v)
        .join(", "),
    }));
  if (search.wait) chips.push({ name: "wait", text: t("filter.waits", { count: search.wait }) });
  if (chips.length === 0) return null;
  return (
    <div className={s.filters}>
      <ListFilter aria-hidden />
      {chips.map((c) => (
        <button
          key={c.name}
          type="button"
          className={`bare ${s.filter}`}
          aria-label={t("inbox.removeFilter", { name: c.text })}
          onClick={() => go({ ...search, [c.name]: undefined })}
        >
          <span className="cut">{c.text}</span> ×
        </button>
      ))}
      {save && (
        <Button type="link" size="small" onClick={save}>
          {t(saved ? "savedView.keep" : "savedView.create")}
        </Button>
      )}
    </div>
  );
}

/** FilterDialog chooses what a list shows; the address says it, so it can be shared. */
export function FilterDialog({ view, search, close }: Omit<Props, "saved" | "save"> & { close: () => void }) {
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
  return (
    <div className={s.fields}>
      {filters.map((name, i) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the select is the control
        <label key={name}>
          <span>{t(`filter.${name}`)}</span>
          <Select
            mode="multiple"
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
          aria-label={t("filter.wait")}
          options={[
            { value: 0, label: t("filter.anyWait") },
            ...[...new Set([...waits, value.wait ?? 1])]
              .sort((a, b) => a - b)
              .map((n) => ({ value: n, label: t("filter.minutes", { count: n }) })),
          ]}
          onChange={(wait) => onChange({ ...value, wait: wait || undefined })}
        />
      </label>
    </div>
  );
}
