import { Button } from "antd";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";

interface Props<T> {
  all: T[];
  at: number;
  set: (all: T[]) => void;
  /** What the three buttons are called. */
  names: { up: string; down: string; remove: string };
  /** Trades two entries; left out, they trade places whole. */
  swap?: (i: number, j: number) => void;
}

/** Moves are the buttons of an entry in an ordered list: up, down, and off it. */
export function Moves<T>({ all, at, set, names, swap }: Props<T>) {
  const move = (to: number) => {
    if (swap) return swap(at, to);
    const next = [...all];
    [next[at], next[to]] = [next[to]!, next[at]!];
    set(next);
  };
  return (
    <>
      <Button
        type="text"
        size="small"
        aria-label={names.up}
        icon={<ArrowUp aria-hidden />}
        disabled={at === 0}
        onClick={() => move(at - 1)}
      />
      <Button
        type="text"
        size="small"
        aria-label={names.down}
        icon={<ArrowDown aria-hidden />}
        disabled={at === all.length - 1}
        onClick={() => move(at + 1)}
      />
      <Button
        type="text"
        size="small"
        danger
        aria-label={names.remove}
        icon={<Trash2 aria-hidden />}
        onClick={() => set(all.filter((_, n) => n !== at))}
      />
    </>
  );
}
