import { App, Button } from "antd";
import type { ReactNode } from "react";
import { useCallback } from "react";

export interface Announcement {
  /** One at a time of each key, in all windows together. */
  key: string;
  title: string;
  text: string;
  icon: ReactNode;
  /** The one thing to do about it, and its word. */
  open: () => void;
  label: string;
}

/** useAnnounce tells something here and, where allowed, outside the window when it is not in front. */
export function useAnnounce(): (a: Announcement) => void {
  const { notification } = App.useApp();
  return useCallback(
    ({ key, title, text, icon, open, label }) => {
      const go = () => {
        notification.destroy(key);
        open();
      };
      notification.open({
        key,
        title,
        description: text,
        icon,
        duration: 12,
        placement: "bottomRight",
        actions: (
          <Button size="small" type="primary" onClick={go}>
            {label}
          </Button>
        ),
      });
      if (document.hidden && "Notification" in window && Notification.permission === "granted") {
        const note = new Notification(title, { body: text, tag: key });
        note.onclick = () => {
          window.focus();
          go();
        };
      }
    },
    [notification],
  );
}
