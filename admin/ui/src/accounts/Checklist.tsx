import { Check as CheckIcon, LoaderCircle, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Verdict } from "@/api/accounts";
import { useWords } from "@/i18n/words";
import { Failure } from "@/ui/States";
import s from "./accounts.module.css";

interface Props {
  running: boolean;
  verdict: Verdict | undefined;
  error: unknown;
}

const STEP = 140;

/** Checklist ticks line by line, each with its time; a line that failed says what to do. */
export function Checklist({ running, verdict, error }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const [lines, setLines] = useState(0);
  const count = verdict?.checks.length ?? 0;

  useEffect(() => {
    setLines(0);
    if (!verdict) return;
    const timer = setInterval(() => setLines((n) => n + 1), STEP);
    return () => clearInterval(timer);
  }, [verdict]);

  if (error) return <Failure error={error} />;
  if (!running && !verdict) return null;
  return (
    <ol className={s.checks} aria-live="polite">
      {verdict?.checks.slice(0, lines).map((c) => (
        <li key={c.name.en} data-ok={c.ok}>
          {c.ok ? <CheckIcon aria-hidden /> : <X aria-hidden />}
          <span className="grow">
            {words(c.name)}
            <span className="sr">{c.ok ? t("linking.passed") : t("linking.failed")}</span>
            {c.detail && words(c.detail) && <span className={s.detail}>{words(c.detail)}</span>}
            {!c.ok && c.remedy && <span className={s.detail}>{words(c.remedy)}</span>}
          </span>
          <span className="faint">
            {t("linking.millis", { count: Math.max(1, Math.round(c.took_ns / 1e6)) })}
          </span>
        </li>
      ))}
      {(running || lines < count) && (
        <li>
          <LoaderCircle aria-hidden className={s.turning} />
          <span className="muted">{t("linking.checking")}</span>
        </li>
      )}
      {verdict && count === 0 && <li className="muted">{t("linking.nothingToCheck")}</li>}
    </ol>
  );
}
