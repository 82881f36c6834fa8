import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { host, safeURL } from "@/lib/format";
import { Ago } from "@/ui/Time";
import { useReason } from "../thread/EventLine";
import s from "./context.module.css";

/** HowItCame is the door, the visit before it, and why it is where it is. */
export function HowItCame({ conversation: c }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation();
  const why = useReason();
  const v = c.visit;
  const entry = c.entry && `entry.${c.entry.kind}`;
  const campaign =
    v?.campaign && [v.campaign.source, v.campaign.medium, v.campaign.name].filter(Boolean).join(" / ");
  const rows: [string, string | undefined, string?][] = [
    ...(v?.answers ?? []).map((a): [string, string] => [a.label || a.name, a.value]),
    [
      t("visit.entry"),
      c.entry &&
        [i18n.exists(entry!) ? t(entry as "entry.button") : c.entry.kind, c.entry.title || c.entry.value]
          .filter(Boolean)
          .join(" · "),
      c.entry?.url,
    ],
    [t("visit.page"), v?.title || (v?.page && host(v.page)), v?.page],
    [t("visit.referrer"), v?.referrer && host(v.referrer), v?.referrer],
    [t("visit.search"), v?.engine && [v.engine, v.keyword && `“${v.keyword}”`].filter(Boolean).join(" ")],
    [t("visit.campaign"), campaign],
    [t("visit.browser"), [v?.browser, v?.system].filter(Boolean).join(" · ")],
    [t("visit.app"), v?.app],
    [t("visit.device"), [v?.model || v?.device, v?.screen].filter(Boolean).join(" · ")],
    [t("visit.carrier"), v?.carrier],
    [t("visit.address"), v?.address],
    [t("visit.zone"), v?.time_zone],
    [t("visit.reason"), why(c.reason)],
  ];
  return (
    <>
      <dl className={s.fields}>
        <dt>{t("visit.began")}</dt>
        <dd>
          <Ago at={c.created} />
        </dd>
        {rows.map(([label, value, url]) => {
          if (!value) return null;
          const link = safeURL(url);
          return [
            <dt key={`${label}t`}>{label}</dt>,
            <dd key={`${label}d`}>
              {link ? (
                <a href={link} target="_blank" rel="noopener noreferrer nofollow" title={url}>
                  {value}
                </a>
              ) : (
                value
              )}
            </dd>,
          ];
        })}
      </dl>
      {v?.trail && v.trail.length > 0 && (
        <details className={s.trail}>
          <summary>{t("visit.trail", { count: v.trail.length })}</summary>
          <ol>
            {v.trail.map((p) => (
              <li key={p.at + p.url} title={p.url}>
                <span className="cut">{p.title || host(p.url)}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
