import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { perform, useAble } from "@/actions/store";
import { atTheirDesk, type Detail } from "@/api/inbox";
import { useOwnerWords } from "@/session/data";
import s from "./composer.module.css";

const words = { bot: "composer.notBot", queue: "composer.notQueue", agent: "composer.notAgent" } as const;

/** WhoMay says why one can not reply, and what to do to be able to. */
export function WhoMay({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const owner = useOwnerWords(t);
  const able = useAble();
  const { owner: now } = detail.conversation;
  if (now.kind === "closed") {
    return (
      <div className={s.may}>
        <span>{t("composer.closed")}</span>
        {able("reopen") && <Button onClick={() => perform("reopen")}>{t("action.reopen")}</Button>}
      </div>
    );
  }
  const said = atTheirDesk(detail.conversation) ? "composer.notDesk" : words[now.kind];
  return (
    <div className={s.may}>
      <span>{t(said, { owner: owner(now) })}</span>
      {able("take") && (
        <Button type="primary" onClick={() => perform("take")}>
          {t("composer.takeToReply")}
        </Button>
      )}
    </div>
  );
}
