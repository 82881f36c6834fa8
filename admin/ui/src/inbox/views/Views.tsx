import { Link } from "@tanstack/react-router";
import {
  AlarmClock,
  AtSign,
  Bot,
  CircleCheck,
  type LucideIcon,
  MessagesSquare,
  UserRound,
  Users,
} from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/i18n/words";
import { span, useNow } from "@/lib/time";
import type { InboxSearch } from "@/router";
import { useAccounts, useTeams } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { HealthDot } from "@/ui/Health";
import type { BuiltIn, View } from "./query";
import { useTallies } from "./useTallies";
import s from "./views.module.css";

const SavedViews = lazy(() => import("@/beside").then((m) => ({ default: m.SavedViews })));

const icons: Record<BuiltIn | "mentions", LucideIcon> = {
  mentions: AtSign,
  mine: UserRound,
  queue: Users,
  bots: Bot,
  all: MessagesSquare,
  snoozed: AlarmClock,
  closed: CircleCheck,
};

interface Props {
  view: View;
  search: InboxSearch;
}

/** Views are the ways to look at conversations; accounts below them filter. */
export function Views({ view, search }: Props) {
  const { t } = useTranslation();
  const tallies = useTallies().data;
  const teams = useTeams().data ?? [];
  const accounts = useAccounts().data ?? [];
  const queue = tallies?.queue ?? {};
  const waiting = Object.values(queue).reduce((n, q) => n + q.n, 0);
  const lanes = [
    ...teams.map((x) => ({ id: x.id, name: x.name })),
    { id: "none", name: t("inbox.noTeam") },
  ].filter((lane) => lane.id !== "none" || (queue.none?.n ?? 0) > 0 || teams.length === 0);

  return (
    <nav className={s.views} aria-label={t("inbox.views")}>
      <h2 className={s.title}>{t("place.inbox")}</h2>
      <Item to="mine" active={view === "mine"} count={tallies?.mine} account={search.account} />
      <Item to="mentions" active={view === "mentions"} count={tallies?.mentions} />
      <Item to="queue" active={view === "queue" && !search.team} count={waiting} account={search.account} />
      {teams.length > 0 &&
        lanes.map((lane) => (
          <TeamItem
            key={lane.id}
            id={lane.id}
            name={lane.name}
            n={queue[lane.id]?.n ?? 0}
            since={queue[lane.id]?.longest_waiting_since}
            active={view === "queue" && search.team === lane.id}
          />
        ))}
      <Item to="bots" active={view === "bots"} count={tallies?.bot} account={search.account} />
      <Item to="all" active={view === "all"} account={search.account} />
      <Item to="snoozed" active={view === "snoozed"} count={tallies?.snoozed} account={search.account} />
      <Item to="closed" active={view === "closed"} account={search.account} />
      <Suspense>
        <SavedViews view={view} />
      </Suspense>
      {accounts.length > 0 && <h2 className={s.heading}>{t("inbox.accounts")}</h2>}
      {accounts.map((a) => (
        <Link
          key={a.id}
          to="/inbox/$view"
          params={{ view }}
          search={{ ...search, account: search.account === a.id ? undefined : a.id }}
          className={s.item}
          aria-current={search.account === a.id ? "true" : undefined}
        >
          <ChannelIcon kind={a.kind} />
          <span className="grow cut">{a.name}</span>
          <HealthDot health={a.paused ? "unknown" : a.state.health} />
        </Link>
      ))}
    </nav>
  );
}

interface ItemProps {
  to: BuiltIn | "mentions";
  active: boolean;
  count?: number;
  account?: string | undefined;
}

function Item({ to, active, count, account }: ItemProps) {
  const { t } = useTranslation();
  const Icon = icons[to];
  return (
    <Link
      to="/inbox/$view"
      params={{ view: to }}
      search={{ account: account }}
      className={s.item}
      aria-current={active ? "page" : undefined}
    >
      <Icon aria-hidden />
      <span className="grow cut">{t(`view.${to}`)}</span>
      {count ? <span className={s.count}>{count}</span> : null}
    </Link>
  );
}

interface TeamProps {
  id: string;
  name: string;
  n: number;
  since: string | undefined;
  active: boolean;
}

function TeamItem({ id, name, n, since, active }: TeamProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  return (
    <Link
      to="/inbox/$view"
      params={{ view: "queue" }}
      search={{ team: id }}
      className={`${s.item} ${s.sub}`}
      aria-current={active ? "page" : undefined}
      title={since ? t("inbox.longestWait", { time: span(now - Date.parse(since), language) }) : undefined}
    >
      <span className="grow cut">{name}</span>
      {since && <span className={s.wait}>{span(now - Date.parse(since), language)}</span>}
      {n > 0 && <span className={s.count}>{n}</span>}
    </Link>
  );
}
