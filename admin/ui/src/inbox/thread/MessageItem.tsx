import { Bot, StickyNote } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { clock, exact } from "@/lib/time";
import { useSession } from "@/session/useSession";
import { Avatar } from "@/ui/Avatar";
import { useContactName } from "@/ui/useContactName";
import type { About } from "./about";
import { DeliveryLine } from "./DeliveryLine";
import { EventLine } from "./EventLine";
import { MessageTools } from "./MessageTools";
import { Parts } from "./parts/Parts";
import { Quote } from "./Quote";
import s from "./thread.module.css";
import { WhyButton } from "./WhyButton";

interface Props {
  message: Message;
  /** The first, and the last, of what one person said in a row. */
  head: boolean;
  tail: boolean;
  about: About;
  /** It is the one the address names. */
  marked: boolean;
}

const ownLine = new Set(["failed", "unconfirmed", "cancelled", "held"]);
const trouble = (m: Message) => ownLine.has(m.state ?? "");

/** MessageItem is one message: who speaks is told by side, mark and word, never by colour alone. */
export const MessageItem = memo(function MessageItem({ message: m, head, tail, about, marked }: Props) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const language = useLanguage();
  const me = useSession().agent.id;
  if (m.from === "event" || (m.from === "system" && !m.content?.parts?.length))
    return <EventLine message={m} />;

  const ours = m.from !== "customer";
  const mine = m.from === "agent" && m.sender === me;
  const name =
    m.from === "customer"
      ? m.name || contactName(about.contact)
      : m.from === "system"
        ? t("said.system")
        : mine
          ? t("owner.you")
          : m.name || t(`said.${m.from as "agent" | "bot" | "note"}`);
  const earlier = m.conversation !== about.conversation;

  return (
    <article
      className={s.item}
      data-from={m.from}
      data-ours={ours || undefined}
      data-head={head || undefined}
      data-earlier={earlier || undefined}
      aria-current={marked || undefined}
      data-me={m.mentions?.includes(me) || undefined}
    >
      {!ours && (
        <div className={s.face}>
          {head && <Avatar id={about.contact.id} name={name} file={about.contact.avatar} size={28} />}
        </div>
      )}
      <div className={s.column}>
        {head && (
          <div className={s.by}>
            {m.from === "bot" && <Bot aria-hidden />}
            {m.from === "note" && <StickyNote aria-hidden />}
            <span className="cut">
              {m.from === "note"
                ? `${t("said.note")} · ${mine || m.sender === me ? t("owner.you") : m.name}`
                : name}
              {m.from === "bot" && m.name && <span className="faint"> {t("said.bot")}</span>}
            </span>
            <time dateTime={m.at} title={exact(m.at, language)}>
              {clock(m.at, language)}
            </time>
            {m.from === "bot" && <WhyButton message={m} />}
          </div>
        )}
        {!head && <span className="sr">{`${name}, ${clock(m.at, language)}`}</span>}
        <div className={s.bubbleLine}>
          <div className={s.bubble} data-recalled={m.recalled ? "" : undefined}>
            {m.recalled ? (
              <span className={s.recalled}>
                {t("thread.recalled", { time: clock(m.recalled, language) })}
              </span>
            ) : (
              <>
                <Quote content={m.content} lane={about.conversation} />
                {m.content.subject && <div className={s.subject}>{m.content.subject}</div>}
                <Parts message={m} />
              </>
            )}
            {m.edited && !m.recalled && (
              <span className={s.edited} title={exact(m.edited, language)}>
                {t("thread.edited", { time: clock(m.edited, language) })}
              </span>
            )}
          </div>
          <MessageTools message={m} about={about} />
        </div>
        {m.reactions && m.reactions.length > 0 && (
          <div className={s.reactions}>
            {m.reactions.map((r) => (
              <span key={`${r.emoji}${r.from}${r.by}`}>{r.emoji}</span>
            ))}
          </div>
        )}
        {ours && m.from !== "note" && !m.recalled && (tail || trouble(m)) && <DeliveryLine message={m} />}
      </div>
    </article>
  );
});
