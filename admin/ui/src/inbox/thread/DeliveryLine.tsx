import { Button } from "antd";
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { arrived, discard, hold, retry } from "@/api/inbox";
import type { Message } from "@/api/types";
import { copy } from "@/lib/copy";
import { apply } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import s from "./thread.module.css";

const show = (m: Message) => m?.id && apply.entry({ seq: 0, kind: "message.changed", at: m.at, data: m });

/** DeliveryLine says how far a message got, and what can be done when it did not. */
export function DeliveryLine({ message: m }: { message: Message }) {
  const { t } = useTranslation();
  switch (m.state) {
    case undefined:
      return null;
    case "cancelled":
      return (
        <span className={s.state}>{t(m.from === "bot" ? "delivery.cancelled" : "delivery.discarded")}</span>
      );
    case "held":
    case "failed":
    case "unconfirmed":
      return <Undelivered message={m} state={m.state} />;
    default: {
      const Icon =
        m.state === "queued" || m.state === "sending" ? Clock : m.state === "sent" ? Check : CheckCheck;
      return (
        <span className={s.state} data-state={m.state}>
          <Icon aria-hidden />
          {t(`delivery.${m.state}`)}
        </span>
      );
    }
  }
}

interface UndeliveredProps {
  message: Message;
  state: "held" | "failed" | "unconfirmed";
}

/** Undelivered is a message that did not arrive, or may not have, with what to do about it. */
function Undelivered({ message: m, state }: UndeliveredProps) {
  const { t } = useTranslation();
  const again = useDo(() => retry(m.id), show);
  const came = useDo(() => arrived(m.id), show);
  const keep = useDo(() => hold(m.id), show);
  const drop = useDo(() => discard(m.id), show);

  switch (state) {
    case "held":
      return (
        <div className={s.unsure}>
          <Clock aria-hidden />
          <span>{t("delivery.held")}</span>
          <Button size="small" type="text" loading={drop.isPending} onClick={() => drop.mutate(undefined)}>
            {t("do.discard")}
          </Button>
        </div>
      );
    case "failed":
      return (
        <div className={s.failed} role="alert">
          <CircleAlert aria-hidden />
          <span>
            {t("delivery.failed")}
            {m.failure?.text && <> · {m.failure.text}</>}
            {m.failure?.remedy && <span className="muted"> {m.failure.remedy}</span>}
          </span>
          <span className="row">
            {m.failure?.class === "window_closed" && (
              <Button size="small" loading={keep.isPending} onClick={() => keep.mutate(undefined)}>
                {t("composer.hold")}
              </Button>
            )}
            <Button size="small" loading={again.isPending} onClick={() => again.mutate(undefined)}>
              {t("do.retry")}
            </Button>
            <Button size="small" type="text" onClick={() => copy(words(m.content))}>
              {t("do.copy")}
            </Button>
            <Button size="small" type="text" loading={drop.isPending} onClick={() => drop.mutate(undefined)}>
              {t("do.discard")}
            </Button>
          </span>
        </div>
      );
    case "unconfirmed":
      return (
        <div className={s.unsure} role="alert">
          <CircleHelp aria-hidden />
          <span>
            {t("delivery.unconfirmed")}
            {m.failure?.text && <> · {m.failure.text}</>}
          </span>
          <span className="row">
            <Button size="small" loading={again.isPending} onClick={() => again.mutate(undefined)}>
              {t("do.sendAgain")}
            </Button>
            <Button size="small" type="text" loading={came.isPending} onClick={() => came.mutate(undefined)}>
              {t("do.itArrived")}
            </Button>
          </span>
        </div>
      );
  }
}
