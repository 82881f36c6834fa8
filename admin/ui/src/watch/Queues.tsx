import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contents } from "@/api/ratings";
import { useLanguage } from "@/i18n/words";
import { useTallies } from "@/inbox/views/useTallies";
import { span, useNow } from "@/lib/time";
import { useTeams } from "@/session/data";
import { Average } from "./Content";
import s from "./watch.module.css";
import "@/i18n/more/watch";

/** Queues are the teams with how many wait and who has waited longest, that one first. */
export function Queues({ content }: { content: Contents["teams"] | undefined }) {
  const { t } = useTranslation("more");
  const language = useLanguage();
  const now = useNow();
  const queue = useTallies().data?.queue ?? {};
  const teams = [...(useTeams().data ?? []), { id: "none", name: t("watch.noTeam") }]
    .map((x) => ({ ...x, n: queue[x.id]?.n ?? 0, since: queue[x.id]?.longest_waiting_since }))
    .filter((x) => x.id !== "none" || x.n > 0)
    .sort((a, b) => (a.since ?? "~").localeCompare(b.since ?? "~"));
  if (teams.length === 0) return <p className="faint">{t("watch.noQueue")}</p>;
  return (
    <ul className={s.list} aria-label={t("watch.queues")}>
      {teams.map((x) => (
        <li key={x.id}>
          <Link to="/inbox/$view" params={{ view: "queue" }} search={{ team: x.id }} className="cut grow">
            {x.name}
          </Link>
          {x.since && (
            <span className={s.wait}>{span(Math.max(0, now - Date.parse(x.since)), language)}</span>
          )}
          <span className={x.n ? s.number : "faint"}>
            {x.n ? t("watch.wait", { count: x.n }) : t("watch.nobody")}
          </span>
          {content?.some((c) => c.id === x.id && c.average) && (
            <Average of={content.find((c) => c.id === x.id)} />
          )}
        </li>
      ))}
    </ul>
  );
}
