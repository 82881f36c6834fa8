import { Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Detail, tag } from "@/api/inbox";
import type { ID } from "@/api/types";
import { apply } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import { TagPick } from "./TagPick";
import { useUndo } from "./useUndo";
import "@/i18n/more/inbox";

/** setTags tells the hub what was added and what was taken away. */
export async function setTags(detail: Detail, next: ID[]): Promise<void> {
  const { conversation, contact, account } = detail;
  const { id, tags } = conversation;
  await Promise.all([
    ...next.filter((x) => !tags.includes(x)).map((x) => tag(id, x, true)),
    ...tags.filter((x) => !next.includes(x)).map((x) => tag(id, x, false)),
  ]);
  apply.put({ conversation: { ...conversation, tags: next }, contact, account });
}

export function TagsDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const [had] = useState(detail.conversation.tags); // the feed may tell of the change before its answer is here
  const [tags, change] = useState(had);
  const offer = useUndo();
  const undo = useDo(() => {
    const now = { ...detail, conversation: { ...detail.conversation, tags } };
    return setTags(now, had);
  });
  const save = useDo(
    () => setTags(detail, tags),
    () => {
      close();
      offer(t("done.tagged"), () => undo.mutate(undefined));
    },
  );
  return (
    <Modal
      open
      title={t("action.tags")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => save.mutate(undefined)}
      width={440}
    >
      <TagPick scope="conversation" value={tags} onChange={change} autoFocus />
    </Modal>
  );
}
