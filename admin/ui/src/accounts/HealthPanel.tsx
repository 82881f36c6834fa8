import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type AccountHealth, getHealth } from "@/api/accounts";
import type { Account } from "@/api/types";
import { useLanguage, useWords } from "@/i18n/words";
import { soon } from "@/lib/time";
import { useCan } from "@/session/useSession";
import { HealthLine } from "@/ui/Health";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

const DAY = 86_400_000;

/** HealthPanel is how an account is now and was over the day. It stays current while it is looked at. */
export function HealthPanel({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const words = useWords();
  const language = useLanguage();
  const can = useCan();
  const query = useQuery({
    queryKey: ["account", account.id, "health"],
    queryFn: () => getHealth(account.id),
    refetchInterval: 5000,
  });
  const h = query.data;
  const state = h ?? account.state;
  return (
    <>
      <div className={s.light}>
        <HealthLine state={state} paused={account.paused} />
      </div>
      {account.paused && <p className={s.remedy}>{t("account.pausedHelp")}</p>}
      {state.health !== "good" && words(state.remedy) && <p className={s.remedy}>{words(state.remedy)}</p>}
      {query.error && !h ? <Failure error={query.error} retry={() => query.refetch()} /> : null}
      {h && <Bars hours={h.hours ?? []} />}
      <dl className={s.grid}>
        <Fact name={t("channels.lastIn")}>
          {state.last_in ? <Ago at={state.last_in} /> : t("channels.never")}
        </Fact>
        <Fact name={t("channels.lastOut")}>
          {state.last_out ? <Ago at={state.last_out} /> : t("channels.never")}
        </Fact>
        {h && (
          <>
            <Fact name={more("health.hour")}>
              {more("health.in")} {h.hour.in} · {more("health.out")} {h.hour.out}
            </Fact>
            <Fact name={more("health.rate")} bad={rate(h) > 0.05}>
              {h.hour.failed + h.hour.out > 0 ? `${Math.round(rate(h) * 1000) / 10} %` : more("health.none")}
            </Fact>
            <Fact name={more("health.lag")}>
              {h.waiting.since ? <Ago at={h.waiting.since} /> : more("health.none")}
            </Fact>
            <Fact name={more("health.waiting")}>{count(h.waiting.out)}</Fact>
            <Fact name={more("health.retries")} bad={h.waiting.retries > 0}>
              {count(h.waiting.retries)}
            </Fact>
            <Fact name={more("health.unsent")} bad={h.waiting.unsent > 0}>
              {trouble(h.waiting.unsent)}
            </Fact>
            <Fact name={more("health.dead")} bad={h.waiting.dead > 0}>
              {trouble(h.waiting.dead)}
            </Fact>
            <Fact name={more("health.window")}>
              {h.window.for_ns
                ? more("health.windowHours", { count: Math.round(h.window.for_ns / 3.6e12) })
                : more("health.windowOpen")}
            </Fact>
            <Fact name={more("health.quota")} bad={h.quota.limit > 0 && h.quota.used >= h.quota.limit * 0.9}>
              {h.quota.limit > 0
                ? more(h.quota.ends ? "health.quotaUntil" : "health.quotaLeft", {
                    left: Math.max(0, h.quota.limit - h.quota.used),
                    limit: h.quota.limit,
                    time: h.quota.ends && soon(h.quota.ends, language),
                  })
                : more("health.noQuota")}
            </Fact>
            <Expiry at={h.expires} />
          </>
        )}
        <Fact name={t("account.linked")}>
          <Ago at={account.created} />
        </Fact>
      </dl>
    </>
  );

  function count(n: number): string {
    return h?.waiting.more && n > 0 ? `${n} ${more("health.more")}` : String(n);
  }
  function trouble(n: number): ReactNode {
    return n > 0 && can("trouble.read") ? <Link to="/channels/trouble">{count(n)}</Link> : count(n);
  }
}

const rate = (h: AccountHealth) => h.hour.failed / Math.max(1, h.hour.failed + h.hour.out);

function Fact({ name, bad, children }: { name: string; bad?: boolean; children: ReactNode }) {
  return (
    <div data-bad={bad || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Expiry({ at }: { at?: string }) {
  const { t } = useTranslation("more");
  const left = at ? Date.parse(at) - Date.now() : Number.POSITIVE_INFINITY;
  return (
    <Fact name={t("health.token")} bad={left < 7 * DAY}>
      {!at
        ? t("health.never")
        : left <= 0
          ? t("health.over")
          : t("health.days", { count: Math.floor(left / DAY) })}
    </Fact>
  );
}

/** Bars draw the day hour by hour: in below, out above it, what failed on top. */
function Bars({ hours }: { hours: AccountHealth["hours"] & object }) {
  const { t } = useTranslation("more");
  const language = useLanguage();
  const clock = useMemo(
    () => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }),
    [language],
  );
  const most = Math.max(1, ...hours.map((x) => x.in + x.out + x.failed));
  const part = (n: number, what: string) =>
    n > 0 && <i data-what={what} style={{ height: `${Math.max(4, (n / most) * 100)}%` }} />;
  return (
    <figure className={s.day}>
      <figcaption>
        {t("health.day")}
        <span data-what="in">{t("health.in")}</span>
        <span data-what="out">{t("health.out")}</span>
        <span data-what="failed">{t("health.failed")}</span>
      </figcaption>
      <div className={s.bars}>
        {hours.map((x) => {
          const label = t("health.bar", {
            time: clock.format(new Date(x.at)),
            in: x.in,
            out: x.out,
            failed: x.failed,
          });
          return (
            <span key={x.at} role="img" aria-label={label} title={label}>
              {part(x.failed, "failed")}
              {part(x.out, "out")}
              {part(x.in, "in")}
            </span>
          );
        })}
      </div>
    </figure>
  );
}
