import { Button } from "antd";
import { CircleAlert, Inbox, type LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, OfflineError } from "@/api/errors";
import { CopyButton } from "./Copy";
import s from "./ui.module.css";

/** Empty is one sentence and one action. */
export function Empty({
  icon: Icon = Inbox,
  text,
  children,
}: {
  icon?: LucideIcon;
  text: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={s.empty}>
      <Icon aria-hidden />
      <p>{text}</p>
      {children}
    </div>
  );
}

/** useSaying words an error: what happened, what to do. */
export function useSaying(): (error: unknown) => { text: string; remedy?: string; requestId?: string } {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof OfflineError) return { text: t("error.offline"), remedy: t("error.offlineRemedy") };
    if (error instanceof ApiError) {
      const { detail, remedy, errors } = error.problem;
      const first = errors?.[0];
      const text = detail || first?.detail || t("error.status", { status: error.status });
      return { text, remedy: remedy ?? first?.remedy, requestId: error.requestId };
    }
    return { text: t("error.unknown"), remedy: t("error.unknownRemedy") };
  };
}

/** Failure is cause, remedy, request id and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const { text, remedy, requestId } = useSaying()(error);
  return (
    <div className={s.failure} role="alert">
      <CircleAlert aria-hidden />
      <div className="col grow">
        <div>
          <strong>{text}</strong>
          {remedy && <div className="muted">{remedy}</div>}
        </div>
        <div className="row wrap">
          {retry && (
            <Button size="small" onClick={retry}>
              {t("do.tryAgain")}
            </Button>
          )}
          {requestId && (
            <>
              <code>{requestId}</code>
              <CopyButton text={requestId} label={t("do.copyRequestId")} />
            </>
          )}
        </div>
      </div>
    </div>
  );
}

/** Loading draws quiet bars, and nothing at all in the first 200 ms. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={s.bars} role="status" aria-label={t("state.loading")}>
      {late &&
        Array.from({ length: rows }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
          <span key={i} style={{ width: `${88 - ((i * 29) % 47)}%` }} />
        ))}
    </div>
  );
}

interface Loadable<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Loaded shows the right one of: loading, failed, the thing. What is known stays shown while it is refetched. */
export function Loaded<T>({
  query,
  rows,
  title,
  children,
}: {
  query: Loadable<T>;
  rows?: number;
  /** The heading of the page until the thing brings its own. */
  title?: string;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      {title && <h1 className="sr">{title}</h1>}
      {query.isPending ? (
        <Loading rows={rows} />
      ) : (
        <Failure error={query.error} retry={() => query.refetch()} />
      )}
    </>
  );
}
