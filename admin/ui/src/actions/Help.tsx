import { Modal, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Keys } from "@/ui/Keys";
import s from "./actions.module.css";
import { setShortcuts, shortcutsOn } from "./keyboard";
import { type Action, type ActionId, actions } from "./table";
import "@/i18n/more/actions";

const groups = ["go", "list", "conversation", "compose", "app"] as const;

/** Help lists every key, from the one table, and turns single keys off. */
export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [on, setOn] = useState(shortcutsOn);
  return (
    <Modal open onCancel={onClose} footer={null} title={t("help.title")} width={720} destroyOnHidden>
      <div className={s.groups}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <dl>
              {(actions as readonly Action[])
                .filter((a) => a.group === group && a.keys)
                .map((a) => (
                  <div key={a.id}>
                    <dt>{t(`action.${a.id as ActionId}`)}</dt>
                    <dd>
                      {a.keys!.map((k, i) => (
                        <span key={k} className="row">
                          {i > 0 && <span className="faint">{t("help.or")}</span>}
                          <Keys keys={k} />
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              {group === "compose" &&
                (["canned", "emoji"] as const).map((id) => (
                  <div key={id}>
                    <dt>{t(`action.${id}`)}</dt>
                    <dd>
                      <Keys keys={id === "canned" ? "/" : ":"} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
      <label className="row" style={{ marginTop: 16 }}>
        <Switch
          checked={on}
          onChange={(next) => {
            setShortcuts(next);
            setOn(next);
          }}
        />
        {t("help.singleKeys")}
      </label>
    </Modal>
  );
}
