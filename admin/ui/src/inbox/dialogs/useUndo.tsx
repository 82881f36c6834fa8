import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { keysOf } from "@/actions/keymap";
import { useActions } from "@/actions/store";
import { Keys } from "@/ui/Keys";

const SHOWN = 8; // seconds

/** useUndo says what was done and offers, where it can be taken back and while that stands there, to do so: by its button, or by the key for it. */
export function useUndo() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (said: string, back: (() => void) | undefined) => {
    const over = () => {
      if (useActions.getState().runs.undo === run) useActions.getState().set("undo", undefined);
    };
    const run = () => {
      over();
      message.destroy("undo");
      back?.();
    };
    useActions.getState().set("undo", back && run);
    void message.success({
      key: "undo",
      duration: SHOWN,
      onClose: over,
      content: (
        <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
          {said}
          {back && (
            <>
              <Button type="link" size="small" onClick={run}>
                {t("action.undo")}
              </Button>
              <Keys keys={keysOf("undo")[0]} />
            </>
          )}
        </span>
      ),
    });
  };
}
