import { App, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { eraseContact, eraseConversation } from "@/api/book";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { useDo } from "@/ui/useDo";
import "@/i18n/more/contacts";

interface Props {
  /** What vanishes: a person with all conversations, or one conversation. */
  what: "person" | "conversation";
  id: ID;
  name: string;
  close: () => void;
  then: () => void;
}

/** EraseDialog says what vanishes for good, and asks once. */
export function EraseDialog({ what, id, name, close, then }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const run = useDo(what === "person" ? eraseContact : eraseConversation, ({ messages, files }) => {
    close();
    then();
    for (const key of ["contacts", "conversations", "tallies"])
      void queryClient.invalidateQueries({ queryKey: [key] });
    message.success(`${t("erase.messages", { count: messages })} ${t("erase.files", { count: files })}`);
  });
  return (
    <Modal
      open
      title={t(`erase.title_${what}`, { name })}
      onCancel={close}
      okText={t("erase.do")}
      cancelText={t("do.cancel")}
      okButtonProps={{ danger: true, loading: run.isPending }}
      onOk={() => run.mutate(id)}
      width={460}
    >
      <p>{t(`erase.lead_${what}`)}</p>
      <p className="muted">{t("erase.stays")}</p>
    </Modal>
  );
}
