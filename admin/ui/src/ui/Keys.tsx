import { Fragment } from "react";
import s from "./ui.module.css";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const names: Record<string, string> = {
  ...(mac
    ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵" }
    : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter" }),
  escape: "Esc",
  plus: "+",
};

/** spell parts a chord such as "mod+shift+enter" or a sequence such as "g i" into the keys it is made of. */
export const spell = (keys: string): string[] =>
  keys.split(/[ +]/).map((key) => names[key] ?? key.replace(/^./, (c) => c.toUpperCase()));

/** Keys draws them; without any, nothing. */
export function Keys({ keys }: { keys: string | undefined }) {
  if (!keys) return null;
  return (
    <span className="row" style={{ gap: 3 }}>
      {spell(keys).map((key, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: "g g" has one key twice
        <Fragment key={i}>
          {i > 0 && " "}
          <kbd className={s.kbd}>{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
