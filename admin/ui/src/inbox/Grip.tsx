import s from "./inbox.module.css";

interface Props {
  label: string;
  width: number;
  set: (width: number) => void;
  min: number;
  max: number;
  /** Which side of the grip the sized column is on. */
  side: "left" | "right";
}

/** Grip sizes a column, by pointer or by arrow keys. */
export function Grip({ label, width, set, min, max, side }: Props) {
  const sign = side === "left" ? 1 : -1;
  const clamp = (w: number) => Math.min(max, Math.max(min, Math.round(w)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is not a rule
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={s.grip}
      onKeyDown={(e) => {
        const step = e.key === "ArrowRight" ? 16 : e.key === "ArrowLeft" ? -16 : 0;
        if (step) set(clamp(width + sign * step));
      }}
      onPointerDown={(e) => {
        const from = e.clientX;
        const el = e.currentTarget;
        el.setPointerCapture(e.pointerId);
        const move = (m: PointerEvent) => set(clamp(width + sign * (m.clientX - from)));
        el.addEventListener("pointermove", move);
        el.addEventListener("pointerup", () => el.removeEventListener("pointermove", move), { once: true });
      }}
    />
  );
}
