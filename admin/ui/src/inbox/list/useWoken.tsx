import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { AlarmClock } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { getConversation } from "@/api/inbox";
import type { ID } from "@/api/types";
import { useLive } from "@/live/store";
import { useSession } from "@/session/useSession";
import { useContactName } from "@/ui/useContactName";

/** useWoken tells whose snoozed conversation came back, here and, where allowed, outside the window. */
export function useWoken(): void {
  const { t } = useTranslation();
  const { notification } = App.useApp();
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
      const title = t("snooze.back", { name: name(contact) });
      const text = t(conversation.unread ? "snooze.backCustomer" : "snooze.backTime");
      const open = () => {
        notification.destroy(id);
        void navigate({ to: "/inbox/$view/$conversation", params: { view: "mine", conversation: id } });
      };
      notification.open({
        key: id,
        title,
        description: text,
        icon: <AlarmClock aria-hidden />,
        duration: 12,
        placement: "bottomRight",
        actions: (
          <Button size="small" type="primary" onClick={open}>
            {t("snooze.open")}
          </Button>
        ),
      });
      if (document.hidden && "Notification" in window && Notification.permission === "granted") {
        const note = new Notification(title, { body: text, tag: id });
        note.onclick = () => {
          window.focus();
          open();
        };
      }
    };
    // After a long absence the newest are enough: the list has them all.
    for (const id of woken.slice(-3)) void tell(id).catch(() => undefined);
  }, [woken, me, t, name, navigate, notification]);
}
