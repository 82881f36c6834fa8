import { useTranslation } from "react-i18next";
import { type Detail, unsnooze } from "@/api/inbox";
import type { Conversation } from "@/api/types";
import { snooze } from "@/api/views";
import { useLanguage } from "@/i18n/words";
import { soon } from "@/lib/time";
import { settled } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import { SnoozePick } from "./SnoozePick";
import { useUndo } from "./useUndo";
import "@/i18n/more/inbox";

/** SnoozeDialog puts the open conversation out of sight, and offers to undo that for a moment. */
export function SnoozeDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const offer = useUndo();
  const { id } = detail.conversation;
  const undo = useDo(unsnooze, (c) => settled(detail, c));
  const sleep = useDo(
    ({ until, why }: { until: string | undefined; why: string }) => snooze(id, until, why),
    (c: Conversation) => {
      settled(detail, c);
      close();
      offer(
        c.snooze?.until ? t("snooze.done", { time: soon(c.snooze.until, language) }) : t("snooze.doneReply"),
        () => undo.mutate(id),
      );
    },
  );
  return (
    <SnoozePick
      title={t("action.snooze")}
      pending={sleep.isPending}
      close={close}
      pick={(until, why) => sleep.mutate({ until, why })}
    />
  );
}
