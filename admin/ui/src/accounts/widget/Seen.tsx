import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import { useTranslation } from "react-i18next";
import { listSightings } from "@/api/accounts";
import type { ID } from "@/api/types";
import { safeURL } from "@/lib/format";
import { Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { allows } from "./draft";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

/** Seen is on which sites the snippet was met, by the word of their visitors' browsers. */
export function Seen({
  account,
  origins,
  allow,
}: {
  account: ID;
  /** The sites allowed in the draft. */
  origins: string;
  allow: (site: string) => void;
}) {
  const { t } = useTranslation("more");
  const query = useQuery({
    queryKey: ["sightings", account],
    queryFn: () => listSightings(account),
    refetchInterval: 15_000,
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={s.seen}>
            <CircleDashed aria-hidden />
            <span>{t("widget.seenNever")}</span>
          </p>
        ) : (
          <ul className={s.sightings}>
            {items.map((x) => {
              const now = allows(origins, x.site);
              const page = safeURL(x.page);
              return (
                <li key={x.site} className={s.seen} data-bad={!now || undefined}>
                  {now ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
                  <div className="grow">
                    <div>
                      {now && !x.allowed ? t("widget.seenSoon", { site: x.site }) : null}
                      {now && x.allowed ? t("widget.seenAt", { site: x.site }) : null}
                      {now ? null : <strong>{t("widget.seenForeign", { site: x.site })}</strong>}
                    </div>
                    <div className="muted">
                      {page ? (
                        <a href={page} target="_blank" rel="noopener noreferrer nofollow">
                          {x.page}
                        </a>
                      ) : (
                        x.page
                      )}{" "}
                      · <Ago at={x.last} />
                    </div>
                    {!now && <div className="muted">{t("widget.seenForeignHelp")}</div>}
                  </div>
                  {!now && (
                    <Button size="small" onClick={() => allow(x.site)}>
                      {t("widget.allow")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )
      }
    </Loaded>
  );
}
