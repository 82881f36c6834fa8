import { Checkbox, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { block, type Detail } from "@/api/inbox";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { settled } from "@/live/follow";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";

const lengths = [1, 7, 30, 0] as const;

/** BlockDialog says what blocking does before it is done: a reason, an end, and on the web the address too. */
export function BlockDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const c = detail.conversation;
  const [reason, setReason] = useState("");
  const [days, setDays] = useState<number>(7);
  const [address, setAddress] = useState(false);
  const shut = useDo(
    () =>
      block(c.id, {
        reason: reason.trim(),
        expires: days ? new Date(Date.now() + days * 86_400_000).toISOString() : undefined,
        address: address || undefined,
      }),
    () => {
      settled(detail, undefined);
      void queryClient.invalidateQueries({ queryKey: keys.contact(c.contact) });
      close();
    },
  );
  return (
    <Modal
      open
      title={t("block.title", { name: contactName(detail.contact) })}
      onCancel={close}
      okText={t("block.do")}
      cancelText={t("do.cancel")}
      okButtonProps={{ danger: true, disabled: !reason.trim(), loading: shut.isPending }}
      onOk={() => shut.mutate(undefined)}
      width={460}
    >
      <div className="col" style={{ gap: 12 }}>
        <p className="muted">{t(detail.account.kind === "web" ? "block.leadWeb" : "block.lead")}</p>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is inside */}
        <label className="col">
          {t("block.reason")}
          <Input autoFocus value={reason} maxLength={300} onChange={(e) => setReason(e.target.value)} />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is inside */}
        <label className="col">
          {t("block.until")}
          <Select
            value={days}
            onChange={setDays}
            aria-label={t("block.until")}
            options={lengths.map((n) => ({
              value: n,
              label: n ? t("block.days", { count: n }) : t("block.forever"),
            }))}
          />
        </label>
        {detail.account.kind === "web" && (
          <Checkbox checked={address} onChange={(e) => setAddress(e.target.checked)}>
            {t("block.address")}
          </Checkbox>
        )}
      </div>
    </Modal>
  );
}
