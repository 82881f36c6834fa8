import { useNavigate, useParams } from "@tanstack/react-router";
import { AtSign } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { readMentions } from "@/api/mentions";
import { useLive } from "@/live/store";
import { useAnnounce } from "../useAnnounce";
import { useTallies } from "../views/useTallies";
import "@/i18n/more/inbox";

/** Told announces that a note names us, and counts as read what one has in front. */
export function Told() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const { conversation: current } = useParams({ strict: false });
  const unread = useTallies().data?.mentions ?? 0;
  const mentioned = useLive((l) => l.mentioned);
  const [front, setFront] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setFront(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);

  useEffect(() => {
    if (current && front && unread) void readMentions(current).catch(() => undefined);
  }, [current, front, unread]);

  useEffect(() => {
    if (mentioned.length === 0) return;
    useLive.setState({ mentioned: [] });
    // After a long absence the newest are enough: the list has them all.
    for (const m of mentioned.slice(-3)) {
      if (front && m.conversation === current) continue;
      announce({
        key: m.id,
        conversation: m.conversation,
        tune: "mentioned",
        title: t("mention.told", { name: m.name ?? "" }),
        text: words(m.content).slice(0, 300),
        icon: <AtSign aria-hidden />,
        label: t("mention.open"),
        open: () =>
          void navigate({
            to: "/inbox/$view/$conversation",
            params: { view: "mentions", conversation: m.conversation },
            search: {},
            hash: `m${m.pos}`,
          }),
      });
    }
  }, [mentioned, current, front, announce, navigate, t]);
  return null;
}
