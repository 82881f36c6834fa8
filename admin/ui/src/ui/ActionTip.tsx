import { Tooltip } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useKeysOf } from "@/actions/keymap";
import type { ActionId } from "@/actions/table";
import { Keys } from "./Keys";
import s from "./ui.module.css";

interface Props {
  id: ActionId;
  /** What it says instead of the action's name. */
  title?: ReactNode;
  placement?: "right";
  /** Says nothing now: what it would cover is looked at. */
  off?: boolean;
  children: ReactElement;
}

/** ActionTip says on hover what a button does, and which key does it. */
export function ActionTip({ id, title, placement, off, children }: Props) {
  const { t } = useTranslation();
  const key = useKeysOf()(id)[0];
  return (
    <Tooltip
      title={
        <span className={s.tip}>
          {title ?? t(`action.${id}`)}
          <Keys keys={key} />
        </span>
      }
      mouseEnterDelay={0.5}
      open={off ? false : undefined}
      placement={placement}
    >
      {children}
    </Tooltip>
  );
}
