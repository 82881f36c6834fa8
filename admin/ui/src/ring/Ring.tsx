import { useNavigate, useParams } from "@tanstack/react-router";
import { MessageSquareLock, UserRoundCheck } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { getConversation } from "@/api/inbox";
import type { FeedEntry } from "@/api/types";
import { useAnnounce } from "@/inbox/useAnnounce";
import { hearing } from "@/live/hearing";
import { useNames } from "@/session/data";
import { useSession } from "@/session/useSession";
import { useContactName } from "@/ui/useContactName";
import { bell, type Said } from "./bell";
import { happening } from "./happening";
import { front, stand } from "./leader";
import { unlock } from "./sound";
import "@/i18n/more/inbox";
import "@/i18n/more/ring";

/** Ring tells of what is given to one and of who waits for one, while one looks elsewhere. */
export function Ring() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const contactName = useContactName();
  const names = useNames();
  const { id: me, teams } = useSession().agent;
  const { conversation: current } = useParams({ strict: false });

  const hear = async (e: FeedEntry) => {
    const h = happening(e, me, teams);
    if (!h || (front() && h.conversation === current)) return;
    const { key, kind, conversation, message } = h;
    const by = message?.name ?? (h.actor && names(h.actor)) ?? "";
    const say = async (): Promise<Said> => {
      const { conversation: c, contact } = await getConversation(conversation);
      const name = contactName(contact);
      const title = {
        assigned: by ? t("ring.given", { name, by }) : t("ring.assigned", { name }),
        queued: t("ring.queued", { name }),
        noted: t("ring.noted", { name, by }),
        wrote: name,
      }[kind];
      return { title, text: message ? words(message.content).slice(0, 300) : c.last_text };
    };
    const view = kind === "queued" ? "queue" : kind === "noted" ? "all" : "mine";
    const open = () =>
      void navigate({
        to: "/inbox/$view/$conversation",
        params: { view, conversation },
        search: {},
        hash: message && kind === "noted" ? `m${message.pos}` : undefined,
      });
    // What a colleague did is also said here; what customers do the list shows.
    if (kind === "noted" || (kind === "assigned" && by)) {
      const { title, text = "" } = await say();
      const [tune, Icon] =
        kind === "noted"
          ? (["mentioned", MessageSquareLock] as const)
          : (["assigned", UserRoundCheck] as const);
      const label = t("mention.open");
      announce({ key, conversation, tune, title, text, icon: <Icon aria-hidden />, label, open });
    } else bell({ key, conversation, tune: kind === "assigned" ? "assigned" : "waiting", say, open });
  };
  const latest = useRef(hear);
  latest.current = hear;

  useEffect(() => {
    const ends = [stand(), unlock(), hearing((e) => void latest.current(e).catch(() => undefined))];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return null;
}
