import { Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addColleague, type Detail } from "@/api/inbox";
import { settled } from "@/live/follow";
import { useAgents } from "@/session/data";
import { useDo } from "@/ui/useDo";

/** ColleagueDialog adds a second agent, who may answer too; the owner stays the owner. */
export function ColleagueDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const c = detail.conversation;
  const agents = (useAgents().data ?? []).filter(
    (a) => a.id !== c.owner.id && !c.colleagues.includes(a.id) && !a.disabled && a.role !== "bot",
  );
  const [agent, setAgent] = useState<string>();
  const add = useDo(
    (id: string) => addColleague(c.id, id),
    () => {
      settled(detail, undefined);
      close();
    },
  );
  return (
    <Modal
      open
      title={t("action.colleague")}
      onCancel={close}
      okText={t("do.add")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !agent, loading: add.isPending }}
      onOk={() => agent && add.mutate(agent)}
      width={440}
    >
      <p className="muted" style={{ marginBottom: 12 }}>
        {t("colleague.lead")}
      </p>
      <Select
        autoFocus
        style={{ width: "100%" }}
        value={agent}
        onChange={setAgent}
        placeholder={t("colleague.choose")}
        aria-label={t("colleague.choose")}
        showSearch={{ optionFilterProp: "label" }}
        options={agents.map((a) => ({ value: a.id, label: `${a.name} · ${t(`agentState.${a.state}`)}` }))}
      />
    </Modal>
  );
}
