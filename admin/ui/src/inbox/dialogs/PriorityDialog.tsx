import { Modal } from "antd";
import { Flag } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Detail, prioritise } from "@/api/inbox";
import type { Priority } from "@/api/types";
import { apply } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import "@/i18n/more/inbox";
import s from "./dialogs.module.css";
import { useUndo } from "./useUndo";

const levels = ["urgent", "high", undefined] as const;

/** PriorityDialog says how urgent the open conversation is: by a press, or by the digit beside it. */
export function PriorityDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const { conversation, contact, account } = detail;
  const offer = useUndo();
  const show = (priority: Priority | undefined) =>
    apply.put({ conversation: { ...conversation, priority }, contact, account });
  const [had] = useState(conversation.priority); // the feed may tell of the change before its answer is here
  const say = (p: Priority | undefined) => prioritise(conversation.id, p);
  const undo = useDo(say); // the feed tells of it
  const put = useDo(say, (_, p) => {
    show(p);
    close();
    offer(t("prioritised.done"), () => undo.mutate(had));
  });
  const pick = (p: Priority | undefined) => !put.isPending && put.mutate(p);
  return (
    <Modal open title={t("action.priority")} footer={null} onCancel={close} width={340}>
      <fieldset
        className={s.levels}
        aria-label={t("action.priority")}
        onKeyDown={(e) => {
          const at = Number(e.key) - 1;
          if (at in levels && !e.ctrlKey && !e.metaKey && !e.altKey) pick(levels[at]);
          const to = e.key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling";
          if (e.key.startsWith("Arrow")) (document.activeElement?.[to] as HTMLElement | null)?.focus();
        }}
      >
        {levels.map((p, i) => (
          <button
            key={p ?? "none"}
            type="button"
            // biome-ignore lint/a11y/noAutofocus: it is opened to choose
            autoFocus={p === conversation.priority}
            className={`bare ${s.choice}`}
            aria-pressed={p === conversation.priority}
            onClick={() => pick(p)}
          >
            <Flag aria-hidden />
            <span className="grow">{p ? t(`priority.${p}`) : t("prioritised.none")}</span>
            <kbd className={s.digit} aria-hidden>
              {i + 1}
            </kbd>
          </button>
        ))}
      </fieldset>
    </Modal>
  );
}
