import type { MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { Keys } from "@/ui/Keys";
import { useKeysOf } from "./keymap";
import { perform, useAble } from "./store";
import { type ActionId, action } from "./table";

/** useActionMenu makes menu items of those actions that can be done now. */
export function useActionMenu(ids: ActionId[]): MenuProps {
  const { t } = useTranslation();
  const able = useAble();
  const keysOf = useKeysOf();
  return {
    items: ids.filter(able).map((id) => {
      const { icon: Icon } = action(id);
      return {
        key: id,
        icon: <Icon aria-hidden />,
        label: t(`action.${id}`),
        extra: <Keys keys={keysOf(id)[0]} />,
        danger: id === "block",
      };
    }),
    onClick: ({ key }) => perform(key as ActionId),
  };
}
