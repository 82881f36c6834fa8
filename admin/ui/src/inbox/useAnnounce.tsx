import { App, Button } from "antd";
import type { ReactNode } from "react";
import { useCallback } from "react";
import { chosen } from "@/actions/keymap";
import type { ID } from "@/api/types";
import { bell } from "@/ring/bell";
import type { Tune } from "@/ring/sound";

export interface Announcement {
  /** One at a time of each key, in all windows together. */
  key: string;
  conversation: ID;
  tune: Tune;
  title: string;
  text: string;
  icon: ReactNode;
  /** The one thing to do about it, and its word. */
  open: () => void;
  label: string;
}

/** useAnnounce tells something here and, as its bell does, outside the window when it is not in front. */
export function useAnnounce(): (a: Announcement) => void {
  const { notification } = App.useApp();
  return useCallback(
    ({ key, conversation, tune, title, text, icon, open, label }) => {
      const go = () => {
        notification.destroy(key);
        open();
      };
      notification.open({
        key,
        title,
        description: chosen()?.ring.private ? undefined : text,
        icon,
        duration: 12,
        placement: "bottomRight",
        actions: (
          <Button size="small" type="primary" onClick={go}>
            {label}
          </Button>
        ),
      });
      bell({ key, conversation, tune, say: () => ({ title, text }), open: go });
    },
    [notification],
  );
}
