import { Button } from "antd";
import { CircleAlert, Clock, StickyNote } from "lucide-react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import type { Message } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { copy } from "@/lib/copy";
import { clock } from "@/lib/time";
import { dropPending, type Pending, resend } from "../composer/outbox";
import { Parts } from "./parts/Parts";
import s from "./thread.module.css";

/** PendingItem is what was written here and is not yet known to the hub. */
export function PendingItem({ pending: p, head }: { pending: Pending; head: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const at = new Date(p.at).toISOString();
  const message = { id: p.client_id, content: p.content, from: p.note ? "note" : "agent", at } as Message;
  return (
    <article className={s.item} data-from={message.from} data-ours data-head={head || undefined}>
      <div className={s.column}>
        {head && (
          <div className={s.by}>
            {p.note && <StickyNote aria-hidden />}
            <span>{p.note ? `${t("said.note")} · ${t("owner.you")}` : t("owner.you")}</span>
            <time dateTime={at}>{clock(at, language)}</time>
          </div>
        )}
        <div className={s.bubbleLine}>
          <div className={s.bubble}>
            <Parts message={message} />
          </div>
        </div>
        {p.state === "failed" ? (
          <div className={s.failed} role="alert">
            <CircleAlert aria-hidden />
            <span>
              {p.error?.code !== "answered" && `${t("delivery.failed")} · `}
              {p.error?.text}
              {p.error?.remedy && <span className="muted"> {p.error.remedy}</span>}
            </span>
            <span className="row">
              <Button size="small" onClick={() => resend(p.client_id)}>
                {t(p.error?.code === "answered" ? "do.sendAnyway" : "do.retry")}
              </Button>
              <Button size="small" type="text" onClick={() => copy(words(p.content))}>
                {t("do.copy")}
              </Button>
              <Button size="small" type="text" onClick={() => dropPending(p.client_id)}>
                {t("do.discard")}
              </Button>
            </span>
          </div>
        ) : (
          <span className={s.state}>
            <Clock aria-hidden />
            {p.state === "waiting" ? t("delivery.waiting") : t("delivery.sending")}
          </span>
        )}
      </div>
    </article>
  );
}
