import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { ListFilter } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SavedView } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { tongue } from "@/lib/tongue";
import type { InboxSearch } from "@/router";
import { useAccounts, useAgents, useBots, useNames, useTags, useTeams } from "@/session/data";
import { filters, type View } from "../views/query";
import s from "./list.module.css";
import "@/i18n/more/inbox";

const states = ["open", "bot", "queue", "agent", "snoozed", "closed"] as const;
const priorities = ["urgent", "high", "none"] as const;
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
export function useChoices() {
  const { t } = useTranslation();
  const language = useLanguage();
  const agents = useAgents().data ?? [];
  const bots = useBots().data ?? [];
  const named = (all: { id: string; name: string }[]) => all.map((x) => ({ value: x.id, label: x.name }));
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
    language: languages.map((x) => ({ value: x, label: tongue(x, language) })),
    priority: priorities.map((x) => ({
      value: x as string,
      label: t(x === "none" ? "prioritised.none" : `priority.${x}`),
    })),
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
  if (search.overdue) chips.push({ name: "overdue", text: t("filter.isOverdue") });
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
