import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { Context } from "./Context";

/** ContextDrawer is the details where there is no room for a column of them. */
export function ContextDrawer({ id, close }: { id: ID; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open onClose={close} title={t("context.title")} size={360} styles={{ body: { padding: 0 } }}>
      <Context id={id} />
    </Drawer>
  );
}
