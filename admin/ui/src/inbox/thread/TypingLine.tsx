import { useTranslation } from "react-i18next";
import type { ID } from "@/api/types";
import { useLive } from "@/live/store";
import { useNames } from "@/session/data";
import s from "./thread.module.css";

/** TypingLine shows what is being typed and has not been sent. Its height is reserved, so nothing jumps. */
export function TypingLine({ conversation }: { conversation: ID }) {
  const { t } = useTranslation();
  const names = useNames();
  const typing = useLive((l) => l.typing[conversation]);
  return (
    <div className={s.typing}>
      {typing && (
        <>
          {!typing.paused && (
            <span className={s.dots} aria-hidden>
              <i />
              <i />
              <i />
            </span>
          )}
          {typing.text ? (
            <>
              <em>{typing.text}</em>
              <span className={s.notSent}>{t("thread.notSent")}</span>
            </>
          ) : (
            <em>
              {typing.kind === "agent"
                ? t("thread.agentTyping", { name: names(typing.id) })
                : t("thread.typing")}
            </em>
          )}
        </>
      )}
    </div>
  );
}
