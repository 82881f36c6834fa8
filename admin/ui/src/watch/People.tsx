import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contents } from "@/api/ratings";
import { useAgents, useNames } from "@/session/data";
import { Avatar } from "@/ui/Avatar";
import { Average } from "./Content";
import s from "./watch.module.css";
import "@/i18n/more/watch";

/** How the states follow one another: who works comes first. */
const rank = ["online", "busy", "away", "invisible", "offline"];

/** People are the agents with state, load and maximum; a name leads to what they are at. */
export function People({ content }: { content: Contents["agents"] | undefined }) {
  const { t } = useTranslation("more");
  const names = useNames();
  const agents = (useAgents().data ?? [])
    .filter((a) => !a.disabled)
    .sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state) || b.load - a.load);
  return (
    <table className={s.table} aria-label={t("watch.people")}>
      <thead>
        <tr>
          <th scope="col">{t("watch.agent")}</th>
          <th scope="col">{t("watch.state")}</th>
          <th scope="col">{t("watch.load")}</th>
          <th scope="col" className={s.roomy}>
            {t("watch.teams")}
          </th>
          <th scope="col">{t("watch.content")}</th>
        </tr>
      </thead>
      <tbody>
        {agents.map((a) => (
          <tr key={a.id}>
            <th scope="row">
              <Link to="/inbox/$view" params={{ view: "all" }} search={{ owner: a.id }} className={s.person}>
                <Avatar id={a.id} name={a.name} file={a.avatar} size={24} />
                <span className="cut">{a.name}</span>
              </Link>
            </th>
            <td>
              <span className={s.state} data-state={a.state}>
                {t(`agentState.${a.state}`, { ns: "translation" })}
              </span>
            </td>
            <td>
              {a.load || a.max_load ? (
                <span className={s.load} data-full={a.load >= a.max_load || undefined}>
                  <meter min={0} max={Math.max(1, a.max_load)} value={a.load} aria-hidden />
                  {a.load} / {a.max_load}
                </span>
              ) : (
                <span className="faint">{t("watch.takesNone")}</span>
              )}
            </td>
            <td className={s.roomy}>{a.teams.map(names).filter(Boolean).join(", ")}</td>
            <td>
              <Average of={content?.find((c) => c.id === a.id)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
