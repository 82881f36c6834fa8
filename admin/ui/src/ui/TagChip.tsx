import type { CSSProperties } from "react";
import type { Tag } from "@/api/types";
import s from "./ui.module.css";

/** The colours a tag may have, by the name that is stored. */
export const tagColors: Record<string, string> = {
  grey: "#8a8d97",
  blue: "#3b76ef",
  green: "#2f9e5d",
  amber: "#d1900f",
  red: "#d64545",
  purple: "#8657d6",
  teal: "#1f9ba1",
  pink: "#d1508f",
};

export function TagChip({ tag }: { tag: Tag }) {
  return (
    <span
      className={s.tag}
      style={{ "--tag": tagColors[tag.color ?? "grey"] } as CSSProperties}
      title={tag.name}
    >
      <i aria-hidden />
      <span>{tag.name}</span>
    </span>
  );
}
