import { Check as CheckIcon, CircleCheck, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useWords } from "@/i18n/words";
import { Failure } from "@/ui/States";
import s from "./accounts.module.css";
import type { Verifying } from "./useVerify";
import "@/i18n/more/accounts";

/** Checklist shows each check as it ends, with its time; one that failed says what to do. */
export function Checklist({ running, checks, ok, error }: Omit<Verifying, "run">) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const words = useWords();
  if (error && checks.length === 0) return <Failure error={error} />;
  if (!running && checks.length === 0) return null;
  return (
    <div className={s.checksBox}>
      <ol className={s.checks} aria-live="polite">
        {checks.map((c, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: checks come in order and stay
          <li key={i} data-ok={c.ok}>
            {c.ok ? <CheckIcon aria-hidden /> : <X aria-hidden />}
            <span className="grow">
              {words(c.name)}
              <span className="sr">{c.ok ? t("linking.passed") : t("linking.failed")}</span>
              {c.detail && words(c.detail) && <span className={s.detail}>{words(c.detail)}</span>}
              {!c.ok && c.remedy && <strong className={s.detail}>{words(c.remedy)}</strong>}
            </span>
            <span className="faint">
              {t("linking.millis", { count: Math.max(1, Math.round(c.took_ns / 1e6)) })}
            </span>
          </li>
        ))}
        {running && (
          <li>
            <LoaderCircle aria-hidden className={s.turning} />
            <span className="muted">{t("linking.checking")}</span>
          </li>
        )}
      </ol>
      {!running && (
        <p className={s.outcome} data-ok={ok === true} role="status">
          {ok ? <CircleCheck aria-hidden /> : <TriangleAlert aria-hidden />}
          {ok === undefined ? more("verify.cut") : more(ok ? "verify.ok" : "verify.bad")}
        </p>
      )}
    </div>
  );
}
