import s from "./ui.module.css";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const names: Record<string, string> = mac
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵", escape: "Esc" }
  : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", escape: "Esc" };

/** Keys draws a chord such as "mod+shift+enter" or a sequence such as "g i". */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="row" style={{ gap: 3 }}>
      {keys.split(/[ +]/).map((key) => (
        <kbd key={key} className={s.kbd}>
          {names[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  );
}
