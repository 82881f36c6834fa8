import { Button, Modal } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { chord, SEQUENCE } from "@/actions/keyboard";
import type { Own } from "@/actions/keymap";
import { type Obstacle, obstacle } from "@/actions/remap";
import type { ActionId } from "@/actions/table";
import { spell } from "@/ui/Keys";
import s from "./keys.module.css";
import "@/i18n/more/keys";

interface Props {
  own: Own;
  id: ActionId;
  /** The key that is to be replaced; none: one more. */
  old: string | undefined;
  save: (key: string) => void;
  remove: () => void;
  close: () => void;
}

/** PressKey asks for a key by having it pressed, and says whose it is. */
export function PressKey({ own, id, old, save, remove, close }: Props) {
  const { t } = useTranslation();
  const [key, setKey] = useState("");
  const started = useRef(0);
  const inTheWay = key ? obstacle(own, id, key) : undefined;
  const able = key && (!inTheWay || inTheWay.what === "taken");
  const name = (x: ActionId) => t(`action.${x}`);
  const words = (keys: string) => spell(keys).join(" ");

  function say(o: Obstacle | undefined): string {
    if (!key) return t("keys.press");
    if (!o) return t("keys.free");
    if (o.what === "taken")
      return old
        ? t("keys.takenSwap", { name: name(o.by), keys: words(old) })
        : t("keys.taken", { name: name(o.by) });
    if (o.what === "begins") return t("keys.begins", { name: name(o.by), keys: words(o.keys) });
    return t(`keys.${o.what}`);
  }

  return (
    <Modal
      open
      width={440}
      title={old ? t("keys.changeTitle", { name: name(id) }) : t("keys.addTitle", { name: name(id) })}
      onCancel={close}
      footer={[
        old && (
          <Button key="remove" danger type="text" className={s.remove} onClick={remove}>
            {t("keys.remove", { keys: words(old) })}
          </Button>
        ),
        <Button key="cancel" onClick={close}>
          {t("do.cancel")}
        </Button>,
        <Button key="save" type="primary" disabled={!able} onClick={() => save(key)}>
          {t(inTheWay?.what === "taken" ? (old ? "keys.swap" : "keys.take") : "do.save")}
        </Button>,
      ]}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: it is opened to press a key into it
        autoFocus
        readOnly
        data-recording
        className={s.pressed}
        aria-label={t("keys.new")}
        aria-describedby="key-says"
        placeholder="…"
        value={key && words(key)}
        onKeyDown={(e) => {
          const held = e.ctrlKey || e.metaKey || e.altKey;
          if (!held && !e.shiftKey && e.key === "Enter" && able) {
            e.preventDefault();
            save(key);
          }
          // What dialogs are moved through and left by.
          if (!held && ["Tab", "Enter", "Escape"].includes(e.key)) return;
          e.preventDefault();
          e.stopPropagation();
          if (["Shift", "Control", "Alt", "Meta", "Process", "Dead", "Unidentified"].includes(e.key)) return;
          const pressed = chord(e.nativeEvent);
          const follows = !held && key && !/[ +]/.test(key) && e.timeStamp - started.current < SEQUENCE;
          started.current = e.timeStamp;
          setKey(follows ? `${key} ${pressed}` : pressed);
        }}
      />
      <p id="key-says" role="status" className={s.says} data-bad={(key && !able) || undefined}>
        {say(inTheWay)}
      </p>
    </Modal>
  );
}
