import { Link } from "@tanstack/react-router";
import { Tooltip } from "antd";
import { Bot, Contact, Eye, Inbox, type LucideIcon, Plug, Search, Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Permission } from "@/actions/table";
import { useUnread } from "@/inbox/views/useTallies";
import { useCan } from "@/session/useSession";
import { ActionTip } from "@/ui/ActionTip";
import s from "./frame.module.css";
import { Me } from "./Me";

interface Place {
  id: "inbox" | "watch" | "contacts" | "bots" | "channels" | "settings";
  to: string;
  icon: LucideIcon;
  permission?: Permission;
}

const places: Place[] = [
  { id: "inbox", to: "/inbox/mine", icon: Inbox, permission: "conversation.read" },
  { id: "watch", to: "/watch", icon: Eye, permission: "agent.state" },
  { id: "contacts", to: "/contacts", icon: Contact, permission: "contact.list" },
  { id: "bots", to: "/bots", icon: Bot, permission: "bot.read" },
  { id: "channels", to: "/channels", icon: Plug, permission: "link.read" },
  { id: "settings", to: "/settings", icon: Settings },
];

/** Rail leads everywhere one may go; what the role may not do is not there. */
export function Rail({ openPalette }: { openPalette: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const unread = useUnread();
  return (
    <nav className={s.rail} aria-label={t("frame.rail")}>
      <Link to="/" className={s.logo} aria-label={t("app.name")}>
        <img src="/icon.svg" alt="" width={28} height={28} />
      </Link>
      {places
        .filter((p) => can(p.permission))
        .map(({ id, to, icon: Icon }) => (
          <Tooltip key={id} title={t(`place.${id}`)} placement="right" mouseEnterDelay={0.2}>
            <Link
              to={to as "/"}
              className={s.place}
              aria-label={
                id === "inbox" && unread
                  ? `${t("place.inbox")}, ${t("inbox.unreadCount", { count: unread })}`
                  : t(`place.${id}`)
              }
              activeOptions={{ exact: false }}
              activeProps={{ "data-active": "" } as object}
              {...(id === "inbox" ? { "data-inbox": "" } : {})}
            >
              <Icon aria-hidden />
              <span className={s.placeName}>{t(`place.${id}`)}</span>
              {id === "inbox" && unread > 0 && (
                <span className={s.badge} data-count={unread > 99 ? "99+" : unread} aria-hidden />
              )}
            </Link>
          </Tooltip>
        ))}
      <span className={s.spring} />
      <ActionTip id="palette" placement="right">
        <button
          type="button"
          className={`bare ${s.place} ${s.search}`}
          onClick={openPalette}
          aria-label={t("action.palette")}
        >
          <Search aria-hidden />
        </button>
      </ActionTip>
      <Me />
    </nav>
  );
}
