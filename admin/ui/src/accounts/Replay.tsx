import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Replayed, replayCallbacks } from "@/api/accounts";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { CardBox } from "@/ui/Page";
import { useDo } from "@/ui/useDo";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

const spans = [1, 3, 7, 14, 30];

/** Replay handles again, after a fix, what of the last days was not understood or not handled: first a count, then a report. */
export function Replay({ account }: { account: ID }) {
  const { t } = useTranslation("more");
  const [days, setDays] = useState(7);
  const [found, setFound] = useState<Replayed>();
  const [done, setDone] = useState<Replayed>();
  const look = useDo(
    () => replayCallbacks(account, days, true),
    (r) => {
      setFound(r);
      setDone(undefined);
    },
  );
  const run = useDo(
    () => replayCallbacks(account, days, false),
    (r) => {
      setFound(undefined);
      setDone(r);
      void queryClient.invalidateQueries({ queryKey: ["callbacks", account] });
      void queryClient.invalidateQueries({ queryKey: ["dead"] });
    },
  );
  const shown = done ?? found;
  return (
    <CardBox>
      <h3>{t("replay.title")}</h3>
      <p className="muted">{t("replay.lead")}</p>
      <div className={`row wrap ${s.replay}`}>
        <Select
          aria-label={t("replay.days")}
          value={days}
          options={spans.map((n) => ({ value: n, label: t("replay.day", { count: n }) }))}
          onChange={(n) => {
            setDays(n);
            setFound(undefined);
          }}
        />
        <Button loading={look.isPending} onClick={() => look.mutate(undefined)}>
          {t("replay.look")}
        </Button>
        {found && found.again > 0 && (
          <Button type="primary" loading={run.isPending} onClick={() => run.mutate(undefined)}>
            {t("replay.run", { count: found.again })}
          </Button>
        )}
      </div>
      {shown && (
        <div role="status">
          {shown.dead + shown.unknown + shown.unrouted + shown.refused === 0 ? (
            <p className="muted">{t("replay.nothing")}</p>
          ) : (
            <dl className={s.grid}>
              {(["dead", "refused", "unknown", "unrouted", "still"] as const).map((k) => (
                <div key={k}>
                  <dt>{t(`replay.${k}`)}</dt>
                  <dd>{shown[k]}</dd>
                </div>
              ))}
              {done && (
                <div>
                  <dt>{t("replay.again")}</dt>
                  <dd>{done.again}</dd>
                </div>
              )}
            </dl>
          )}
          {shown.more && <p className="muted">{t("replay.more")}</p>}
        </div>
      )}
    </CardBox>
  );
}
