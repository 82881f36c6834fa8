import { useNavigate } from "@tanstack/react-router";
import { AlarmClock } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { getConversation } from "@/api/inbox";
import type { ID } from "@/api/types";
import { useLive } from "@/live/store";
import { useSession } from "@/session/useSession";
import { useContactName } from "@/ui/useContactName";
import { useAnnounce } from "../useAnnounce";
import "@/i18n/more/inbox";

/** useWoken tells whose snoozed conversation came back, here and, where allowed, outside the window. */
export function useWoken(): void {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const name = useContactName();
  const me = useSession().agent.id;
  const woken = useLive((l) => l.woken);
  useEffect(() => {
    if (woken.length === 0) return;
    useLive.setState({ woken: [] });
    const tell = async (id: ID) => {
      const { conversation, contact } = await getConversation(id);
      if (conversation.owner.id !== me || conversation.snooze) return;
      announce({
        key: `woken-${id}-${conversation.last_at}`,
        conversation: id,
        tune: "waiting",
        title: t("snooze.back", { name: name(contact) }),
        text: t(conversation.unread ? "snooze.backCustomer" : "snooze.backTime"),
        icon: <AlarmClock aria-hidden />,
        label: t("snooze.open"),
        open: () =>
          void navigate({ to: "/inbox/$view/$conversation", params: { view: "mine", conversation: id } }),
      });
    };
    // After a long absence the newest are enough: the list has them all.
    for (const id of woken.slice(-3)) void tell(id).catch(() => undefined);
  }, [woken, me, t, name, navigate, announce]);
}
