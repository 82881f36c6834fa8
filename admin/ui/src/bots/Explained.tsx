import { useTranslation } from "react-i18next";
import type { Tried } from "@/api/bots";
import s from "./bots.module.css";
import "@/i18n/more/bots";

interface Explanation {
  normalised?: string;
  language?: string;
  picked?: string;
  human?: string;
  matched?: number;
  micros?: number;
  candidates?: {
    rule: string;
    name?: string;
    match: string;
    pattern?: string;
    words?: string;
    won?: boolean;
    foreign?: boolean;
  }[];
}

/** Explained is what happened below an answer: what was matched, what else might have been, how long it took. */
export function Explained({ tried }: { tried: Tried }) {
  const { t, i18n } = useTranslation();
  const x = (tried.explain ?? {}) as Explanation;
  const why = tried.why;
  const match = (m: string) => {
    const key = `match.${m}` as "match.exact";
    return i18n.exists(key) ? t(key) : m;
  };
  const micros = x.micros ?? tried.micros;
  return (
    <details className={s.explained}>
      <summary>
        {why?.match ? match(why.match) : t("test.noRule")}
        {why?.name && ` · ${why.name}`}
        {why?.text && ` · “${why.text}”`}
        {tried.missed && <b> · {t("test.missed")}</b>}
        {tried.handoff && <b> · {t("test.handoff")}</b>}
        {tried.close && <b> · {t("test.closes")}</b>}
      </summary>
      <dl>
        {x.picked && (
          <>
            <dt>{t("test.picked")}</dt>
            <dd>{x.picked}</dd>
          </>
        )}
        {x.normalised && (
          <>
            <dt>{t("test.normalised")}</dt>
            <dd className="mono">{x.normalised}</dd>
          </>
        )}
        {x.language && (
          <>
            <dt>{t("test.language")}</dt>
            <dd>{x.language}</dd>
          </>
        )}
        {x.human && (
          <>
            <dt>{t("match.human")}</dt>
            <dd>{x.human}</dd>
          </>
        )}
        {micros !== undefined && (
          <>
            <dt>{t("test.took")}</dt>
            <dd>{t("test.millis", { count: micros / 1000 })}</dd>
          </>
        )}
      </dl>
      {x.candidates && x.candidates.length > 0 && (
        <ol>
          {x.candidates.map((c, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one rule may match by several patterns
            <li key={i} data-won={c.won || undefined}>
              {c.name || c.rule}{" "}
              <span className="faint">
                {[match(c.match), c.pattern, c.words && `“${c.words}”`].filter(Boolean).join(" · ")}
              </span>
              {c.foreign && <span className="faint"> · {t("test.foreign")}</span>}
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
