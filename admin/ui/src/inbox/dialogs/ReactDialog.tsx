import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { react } from "@/api/inbox";
import type { Message } from "@/api/types";
import { apply } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import s from "./dialogs.module.css";
import "@/i18n/more/inbox";

/** What every channel with reactions has. */
const emoji = ["👍", "❤️", "🎉", "🙏", "😁", "😢"];

interface Props {
  message: Message;
  /** The channel has no reactions: the emoji goes as a message. */
  says: boolean;
  close: () => void;
}

/** ReactDialog puts one emoji on a customer's message, or takes it off. */
export function ReactDialog({ message: m, says, close }: Props) {
  const { t } = useTranslation();
  const mine = m.reactions?.find((r) => r.from === "agent")?.emoji;
  const put = useDo(
    (e: string) => react(m.id, e),
    (now) => {
      if (!says) apply.entry({ seq: 0, kind: "message.changed", at: now.at, data: now });
      close();
    },
  );
  return (
    <Modal open title={t("react.title")} footer={null} onCancel={close} width={360}>
      {says && <p>{t("react.says")}</p>}
      <div className={s.react}>
        {emoji.map((e) => (
          <button
            key={e}
            type="button"
            className="bare"
            aria-pressed={e === mine}
            disabled={put.isPending}
            onClick={() => put.mutate(e === mine ? "" : e)}
          >
            {e}
          </button>
        ))}
      </div>
    </Modal>
  );
}
