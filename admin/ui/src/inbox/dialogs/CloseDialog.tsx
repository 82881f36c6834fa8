import { useMutation } from "@tanstack/react-query";
import { Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { close as closeIt, type Detail, reopen } from "@/api/inbox";
import { settled } from "@/live/follow";
import { useSession } from "@/session/useSession";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { TagPick } from "./TagPick";
import { useUndo } from "./useUndo";
import "@/i18n/more/inbox";

interface Props {
  detail: Detail;
  close: () => void;
  then?: () => void;
}

/** CloseDialog closes at once, unless a tag is required first. */
export function CloseDialog({ detail, close, then }: Props) {
  const { t } = useTranslation();
  const { tenant } = useSession();
  const c = detail.conversation;
  const asks = tenant.settings.require_tag && c.tags.length === 0;
  const [tags, setTags] = useState(c.tags);
  const offer = useUndo();
  const undo = useDo(reopen, (conversation) => settled(detail, conversation));
  const end = useMutation({
    mutationFn: () => closeIt(c.id, tags.length ? tags : undefined),
    onSuccess: (conversation) => {
      settled(detail, conversation);
      close();
      then?.();
      offer(t("done.closed"), () => undo.mutate(c.id));
    },
  });

  const started = useRef(false);
  useEffect(() => {
    if (asks || started.current) return;
    started.current = true;
    end.mutate();
  }, [asks, end]);

  if (!asks && !end.error) return null;
  return (
    <Modal
      open
      title={t("close.title")}
      onCancel={close}
      okText={t("short.close")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: tags.length === 0, loading: end.isPending }}
      onOk={() => end.mutate()}
      width={440}
    >
      <p className="muted" style={{ marginBottom: 12 }}>
        {t("close.tagFirst")}
      </p>
      <TagPick scope="conversation" value={tags} onChange={setTags} autoFocus />
      {end.error && <Failure error={end.error} />}
    </Modal>
  );
}
