import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Detail, toPlatform } from "@/api/inbox";
import { settled } from "@/live/follow";
import { useDo } from "@/ui/useDo";
import "@/i18n/more/inbox";

/** DeskDialog gives the open conversation to the platform's own desk: it says what that means and asks why. */
export function DeskDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const give = useDo(
    () => toPlatform(detail.conversation.id, why.trim()),
    (c) => {
      settled(detail, c);
      close();
    },
  );
  return (
    <Modal
      open
      title={t("action.toPlatform")}
      onCancel={close}
      okText={t("desk.do")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !why.trim(), loading: give.isPending }}
      onOk={() => give.mutate(undefined)}
      width={460}
    >
      <div className="col" style={{ gap: 12 }}>
        <p className="muted">{t("desk.lead")}</p>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is inside */}
        <label className="col">
          {t("desk.why")}
          <Input.TextArea
            autoFocus
            autoSize={{ minRows: 2, maxRows: 6 }}
            value={why}
            maxLength={500}
            onChange={(e) => setWhy(e.target.value)}
          />
        </label>
      </div>
    </Modal>
  );
}
