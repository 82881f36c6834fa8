import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { useLanguage, useWords } from "@/i18n/words";
import { useAccounts } from "@/session/data";
import s from "./accounts.module.css";
import "@/i18n/more/inbox";

const AHEAD = 7 * 86_400_000;
const hidden = "parley.alerts.hidden";

/** Strip says above everything which account does not work, or soon will not, with cause and remedy. */
export function Strip() {
  const { t } = useTranslation("more");
  const words = useWords();
  const language = useLanguage();
  const accounts = useAccounts().data ?? [];
  const [away, setAway] = useState<string[]>(() => JSON.parse(sessionStorage.getItem(hidden) ?? "[]"));
  const red = (a: Account) => a.state.health === "bad";
  const told = (a: Account) => `${a.id} ${red(a) ? `${a.state.code} ${a.state.at}` : a.state.expires}`;
  const all = accounts.filter(
    (a) =>
      !a.paused &&
      (red(a) || (a.state.expires && Date.parse(a.state.expires) - Date.now() < AHEAD)) &&
      !away.includes(told(a)),
  );
  const first = all.find(red) ?? all[0];
  if (!first) return null;
  const dismiss = () => {
    const next = [...away, ...all.map(told)];
    sessionStorage.setItem(hidden, JSON.stringify(next));
    setAway(next);
  };
  const date = first.state.expires && new Date(first.state.expires).toLocaleDateString(language);
  return (
    <div className={s.strip} role="alert" data-red={red(first)}>
      <TriangleAlert aria-hidden />
      <p>
        <strong>
          {red(first)
            ? t("strip.bad", { name: first.name })
            : t("strip.token", { name: first.name, date: date ?? "" })}
        </strong>
        {red(first) && <span>{[words(first.state.text), words(first.state.remedy)].join(" ")}</span>}
        {all.length > 1 && <Link to="/channels">{t("strip.more", { count: all.length - 1 })}</Link>}
      </p>
      <Link to="/channels/a/$id" params={{ id: first.id }}>
        {t("strip.look")}
      </Link>
      <Button
        type="text"
        size="small"
        aria-label={t("strip.dismiss")}
        icon={<X aria-hidden />}
        onClick={dismiss}
      />
    </div>
  );
}
