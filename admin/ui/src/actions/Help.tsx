import { Button, Modal, Switch } from "antd";
import { Keyboard } from "lucide-react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "@/session/usePreferences";
import { Keys } from "@/ui/Keys";
import s from "./actions.module.css";
import "@/i18n/more/actions";
import { keysIn } from "./keymap";
import { perform } from "./store";
import { type Action, type ActionId, actions, groups } from "./table";

/** Help lists every key, from the one table as one has changed it, and turns single keys off. */
export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [{ keys: own, single_keys: single }, save] = usePreferences();
  const pressed = (a: Action) => [...(a.sign ? [a.sign] : []), ...keysIn(own, a.id)];
  return (
    <Modal open onCancel={onClose} footer={null} title={t("help.title")} width={720} destroyOnHidden>
      <div className={s.groups}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <dl>
              {(actions as readonly Action[])
                .filter((a) => a.group === group && pressed(a).length > 0)
                .map((a) => (
                  <div key={a.id}>
                    <dt>{t(`action.${a.id as ActionId}`)}</dt>
                    <dd>
                      {pressed(a).map((k, i) => (
                        <span key={k} className="row">
                          {i > 0 && <span className="faint">{t("help.or")}</span>}
                          <Keys keys={k} />
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="row wrap" style={{ marginTop: 16 }}>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
        <label className="row grow">
          <Switch checked={single} onChange={(on) => save({ single_keys: on })} />
          <span className={s.single}>{t("help.singleKeys")}</span>
        </label>
        <Button
          icon={<Keyboard aria-hidden />}
          onClick={() => {
            onClose();
            perform("goKeys");
          }}
        >
          {t("action.goKeys")}
        </Button>
      </div>
    </Modal>
  );
}
