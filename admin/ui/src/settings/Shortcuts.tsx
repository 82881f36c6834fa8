import { Button, Switch } from "antd";
import { Plus, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keysIn } from "@/actions/keymap";
import { drop, give, MOST_KEYS, restore } from "@/actions/remap";
import { type Action, type ActionId, actions, groups } from "@/actions/table";
import { usePreferences } from "@/session/usePreferences";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Keys, spell } from "@/ui/Keys";
import s from "./keys.module.css";
import { PressKey } from "./PressKey";
import { SettingsPage } from "./SettingsPage";
import "@/i18n/more/actions";
import "@/i18n/more/keys";
import "@/i18n/more/settings";

/** Shortcuts are the keys of every action one may do, each changed by pressing another. */
export function Shortcuts() {
  const { t } = useTranslation();
  const can = useCan();
  const [{ keys: own, single_keys: single }, save] = usePreferences();
  const [asked, setAsked] = useState<{ id: ActionId; old?: string }>();
  const words = (key: string) => spell(key).join(" ");
  // The key one pressed may be another now: the focus comes back to its row.
  const close = () => {
    const row = `[data-action="${asked?.id}"] button`;
    setAsked(undefined);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(row)?.focus());
  };
  const name = (id: string) => t(`action.${id as ActionId}`);
  return (
    <SettingsPage
      name="keys"
      actions={
        <ConfirmButton
          question={t("keys.resetAllAsk")}
          disabled={Object.keys(own).length === 0}
          onConfirm={() => save({ keys: {} })}
        >
          {t("keys.resetAll")}
        </ConfirmButton>
      }
    >
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
      <label className={s.single}>
        <Switch checked={single} onChange={(on) => save({ single_keys: on })} />
        <span>
          {t("help.singleKeys")}
          <br />
          <span className="faint">{t("keys.singleHelp")}</span>
        </span>
      </label>
      <div className={s.groups}>
        {groups.map((group) => (
          <section key={group} aria-label={t(`group.${group}`)}>
            <h2>{t(`group.${group}`)}</h2>
            {(actions as readonly Action[])
              .filter((a) => a.group === group && can(a.permission))
              .map((a) => {
                const id = a.id as ActionId;
                const keys = keysIn(own, id);
                return (
                  <div key={id} className={s.row} data-action={id}>
                    <span className={own[id] ? s.own : undefined}>{name(id)}</span>
                    <span className={s.keys}>
                      {keys.map((key) => (
                        <Button
                          key={key}
                          size="small"
                          type="text"
                          aria-label={t("keys.change", { keys: words(key), name: name(id) })}
                          onClick={() => setAsked({ id, old: key })}
                        >
                          <Keys keys={key} />
                        </Button>
                      ))}
                      {keys.length < MOST_KEYS && (
                        <Button
                          size="small"
                          type="text"
                          icon={<Plus aria-hidden />}
                          aria-label={t("keys.add", { name: name(id) })}
                          onClick={() => setAsked({ id })}
                        />
                      )}
                      <Button
                        size="small"
                        type="text"
                        icon={<RotateCcw aria-hidden />}
                        aria-label={t("keys.reset", { name: name(id) })}
                        style={{ visibility: own[id] ? undefined : "hidden" }}
                        onClick={() => save({ keys: restore(own, id) })}
                      />
                    </span>
                  </div>
                );
              })}
          </section>
        ))}
      </div>
      {asked && (
        <PressKey
          own={own}
          id={asked.id}
          old={asked.old}
          close={close}
          save={(key) => {
            save({ keys: give(own, asked.id, asked.old, key) });
            close();
          }}
          remove={() => {
            save({ keys: drop(own, asked.id, asked.old!) });
            close();
          }}
        />
      )}
    </SettingsPage>
  );
}
