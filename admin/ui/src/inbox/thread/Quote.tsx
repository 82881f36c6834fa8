import { CornerUpLeft } from "lucide-react";
import { type Content, words } from "@/api/canon";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys, type Lane } from "@/live/cache";
import s from "./thread.module.css";

/** Quote shows in one line what a message answers. */
export function Quote({ content, lane }: { content: Content; lane: ID }) {
  if (!content.reply_to && !content.quote) return null;
  const target = queryClient
    .getQueryData<Lane>(keys.messages(lane))
    ?.items.find((m) => m.id === content.reply_to?.id);
  const text = target ? words(target.content) : content.quote;
  if (!text) return null;
  return (
    <div className={s.quote}>
      <CornerUpLeft aria-hidden />
      <span className="cut">{text}</span>
    </div>
  );
}
