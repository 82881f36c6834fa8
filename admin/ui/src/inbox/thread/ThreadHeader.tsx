import { Button, Dropdown, Popover, Tooltip } from "antd";
import {
  Bot,
  ChevronLeft,
  CircleCheck,
  Ellipsis,
  type LucideIcon,
  PanelRight,
  UserRound,
  Users,
} from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useActionMenu } from "@/actions/ActionMenu";
import { perform, useAble } from "@/actions/store";
import { type ActionId, action } from "@/actions/table";
import { atTheirDesk, type Detail } from "@/api/inbox";
import type { Status } from "@/api/types";
import { useWide } from "@/lib/media";
import { useLive } from "@/live/store";
import { useNames, useOwnerWords } from "@/session/data";
import { ActionTip } from "@/ui/ActionTip";
import { Avatar } from "@/ui/Avatar";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { DueMark } from "@/ui/DueMark";
import { Opener } from "@/ui/Opener";
import { PriorityMark } from "@/ui/PriorityMark";
import { useContactName } from "@/ui/useContactName";
import { useSelecting } from "../list/selection";
import { useReason, useSleeps } from "./EventLine";
import s from "./thread.module.css";

const Steps = lazy(() => import("./Steps").then((m) => ({ default: m.Steps })));
const Company = lazy(() => import("./Company").then((m) => ({ default: m.Company })));

interface Props {
  detail: Detail;
  back?: () => void;
  contextOpen: boolean;
  toggleContext: () => void;
}

const ownerIcons: Record<Status, LucideIcon> = {
  bot: Bot,
  queue: Users,
  agent: UserRound,
  closed: CircleCheck,
};

/** ThreadHeader says with whom, through what, and who may answer; and offers what is done most. */
export function ThreadHeader({ detail, back, contextOpen, toggleContext }: Props) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const { conversation: c, contact, account } = detail;
  const owner = useOwnerWords(t);
  const names = useNames();
  const why = useReason();
  const sleeps = useSleeps();
  // While several are selected, the actions are about these, not about this one.
  const selecting = useSelecting();
  const here = useAble();
  const able = (id: ActionId) => !selecting && here(id);
  const roomy = useWide(1100);
  // Where there is room for one word only, or for one button, it is the likeliest next step.
  const lead = able("take") ? "take" : able("close") ? "close" : "reopen";
  const first: ActionId[] = roomy ? ["take", "transfer", "snooze", "close", "reopen"] : [lead];
  const more = useActionMenu(
    selecting
      ? []
      : [
          ...(roomy ? [] : (["transfer", "snooze", "close"] as const).filter((id) => id !== lead)),
          "wake",
          "colleague",
          "giveBack",
          "toPlatform",
          "tags",
          "priority",
          "block",
          "unblock",
          "erase",
        ],
  );
  const accompanied = useLive((l) => !!l.company[c.id]);
  const outside = atTheirDesk(c);
  const OwnerIcon = outside ? action("toPlatform").icon : ownerIcons[c.owner.kind];
  const place =
    c.owner.kind === "queue" && c.place && !outside
      ? ` · ${t("owner.place", { count: c.place, ordinal: true })}`
      : "";

  return (
    <header className={s.header}>
      {back && (
        <Button type="text" icon={<ChevronLeft aria-hidden />} aria-label={t("do.back")} onClick={back} />
      )}
      <Avatar id={contact.id} name={contactName(contact)} file={contact.avatar} size={32} />
      <div className={s.who}>
        <h2 className="cut">{contactName(contact)}</h2>
        <div className={s.through}>
          <ChannelIcon kind={account.kind} />
          {(roomy || !c.due) && <span className="cut">{account.name}</span>}
          <DueMark conversation={c} />
          {accompanied && (
            <Suspense>
              <Company conversation={c.id} />
            </Suspense>
          )}
        </div>
      </div>
      <Opener
        button={(pressed) => (
          <button type="button" className={`bare ${s.owner}`} data-kind={c.owner.kind} {...pressed}>
            <OwnerIcon aria-hidden />
            <span className="cut">
              {outside ? t("reason.platform_desk") : owner(c.owner)}
              {c.snooze && ` · ${sleeps(c.snooze)}`}
              {place}
              {c.colleagues.length > 0 && ` +${c.colleagues.length}`}
            </span>
          </button>
        )}
        popup={(opened) => (
          <Popover
            {...opened}
            trigger="click"
            title={t("owner.title")}
            content={
              <div className={s.ownerWhy}>
                <p>{why(c.reason) || t("owner.noReason")}</p>
                {c.reason?.steps && (
                  <Suspense>
                    <Steps steps={c.reason.steps} />
                  </Suspense>
                )}
                {c.colleagues.length > 0 && (
                  <p className="muted">
                    {t("owner.with", { names: c.colleagues.map((id) => names(id)).join(", ") })}
                  </p>
                )}
              </div>
            }
          />
        )}
      />
      {c.priority && <PriorityMark priority={c.priority} />}
      <span className="grow" />
      {first
        .filter((id) => able(id) && !(id === "snooze" && c.snooze))
        .map((id) => {
          const Icon = action(id).icon;
          return (
            <ActionTip key={id} id={id}>
              <Button
                className={s.act}
                data-lead={id === lead || undefined}
                type={id === "take" ? "primary" : "default"}
                icon={<Icon aria-hidden />}
                aria-label={t(`action.${id}`)}
                onClick={() => perform(id)}
              >
                {id !== "snooze" && (
                  <span className={s.label}>
                    {t(`short.${id as "take" | "transfer" | "close" | "reopen"}`)}
                  </span>
                )}
              </Button>
            </ActionTip>
          );
        })}
      <Dropdown menu={more} trigger={["click"]} placement="bottomRight">
        <Button type="text" icon={<Ellipsis aria-hidden />} aria-label={t("do.more")} />
      </Dropdown>
      <Tooltip title={t("context.title")}>
        <Button
          type="text"
          icon={<PanelRight aria-hidden />}
          aria-label={t("context.title")}
          aria-pressed={contextOpen}
          onClick={toggleContext}
        />
      </Tooltip>
    </header>
  );
}
