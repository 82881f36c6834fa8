import { Modal } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Keys } from "@/ui/Keys";
import s from "./actions.module.css";
import { useKeysOf } from "./keymap";
import { matches } from "./search";
import { useActions } from "./store";
import { type Action, type ActionId, actions } from "./table";
import "@/i18n/more/actions";

/** Palette finds and does any action that can be done now. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const runs = useActions((a) => a.runs);
  const keysOf = useKeysOf();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);

  const found = useMemo(
    () =>
      (actions as readonly Action[]).filter((a) => {
        const id = a.id as ActionId;
        return id !== "palette" && runs[id] && matches(query, `${t(`action.${id}`)} ${t(`search.${id}`)}`);
      }),
    [query, runs, t],
  );

  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function run(chosen: Action | undefined) {
    if (!chosen) return;
    onClose();
    // After the modal gave the focus back.
    setTimeout(() => runs[chosen.id as ActionId]?.(), 30);
  }

  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={560}
      className={s.palette}
      title={t("action.palette")}
      classNames={{ header: "sr" }}
      destroyOnHidden
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to type into it
        autoFocus
        className={s.search}
        value={query}
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={found[at] ? `palette-${found[at].id}` : undefined}
        onChange={(e) => {
          setQuery(e.target.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.nativeEvent.isComposing) return;
          if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            const step = e.key === "ArrowDown" ? 1 : -1;
            setAt((n) => (found.length ? (n + step + found.length) % found.length : 0));
          } else if (e.key === "Enter") {
            e.preventDefault();
            run(found[at]);
          }
        }}
      />
      <div
        id="palette-list"
        role="listbox"
        className={s.list}
        ref={list}
        aria-label={t("palette.placeholder")}
      >
        {found.map((a, i) => {
          const Icon = a.icon;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field, as a combobox wants
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are read by the field
            <div
              key={a.id}
              id={`palette-${a.id}`}
              data-at={i}
              role="option"
              aria-selected={i === at}
              className={s.item}
              onMouseMove={() => setAt(i)}
              onClick={() => run(a)}
            >
              <Icon aria-hidden />
              <span className="grow cut">{t(`action.${a.id as ActionId}`)}</span>
              <span className="faint">{t(`group.${a.group}`)}</span>
              <Keys keys={keysOf(a.id)[0]} />
            </div>
          );
        })}
        {found.length === 0 && <p className={s.none}>{t("palette.none")}</p>}
      </div>
    </Modal>
  );
}
