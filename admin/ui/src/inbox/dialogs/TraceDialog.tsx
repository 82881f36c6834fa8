import { useQuery } from "@tanstack/react-query";
import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { type Attempt, listAttempts } from "@/api/inbox";
import type { ID } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { exact } from "@/lib/time";
import { Loaded } from "@/ui/States";
import s from "./dialogs.module.css";
import "@/i18n/more/accounts";

/** TraceDialog is every try to send a message, with what was said to the platform and what it answered, secrets left out. */
export function TraceDialog({ message, close }: { message: ID; close: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["trace", message],
    queryFn: () => listAttempts(message),
    staleTime: 0,
  });
  return (
    <Modal open title={t("trace.title")} onCancel={close} footer={null} width={720}>
      <Loaded query={query}>
        {(all) =>
          all.length === 0 ? (
            <p className="muted">{t("trace.none")}</p>
          ) : (
            <ol className={s.attempts}>
              {all.map((a) => (
                <AttemptItem key={`${a.outbox} ${a.try}`} attempt={a} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Modal>
  );
}

function AttemptItem({ attempt: a }: { attempt: Attempt }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const state = `delivery.${a.state}` as "delivery.sent";
  return (
    <li>
      <strong>{i18n.exists(state) ? t(state) : a.state}</strong>{" "}
      <span className="faint">
        {exact(a.at, language)} · {t("linking.millis", { count: a.millis })} ·{" "}
        {t("trace.try", { count: a.try })}
      </span>
      {a.failure?.text && <p>{[a.failure.text, a.failure.remedy].filter(Boolean).join(" ")}</p>}
      {a.trace ? (
        <details>
          <summary>{t("trace.exchange")}</summary>
          <pre className={s.exchange}>{JSON.stringify(a.trace, null, 2)}</pre>
        </details>
      ) : null}
    </li>
  );
}
