import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { useNames } from "@/session/data";
import { useCan } from "@/session/useSession";
import { Because } from "./Because";
import s from "./thread.module.css";

/** WhyButton tells which rule made the bot say this. */
export function WhyButton({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { why } = message;
  if (!why) return null;
  return (
    <Because title={t("why.title")}>
      <Why why={why} name={message.name} />
    </Because>
  );
}

function Why({ why, name }: { why: NonNullable<Message["why"]>; name: Message["name"] }) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  const can = useCan();
  const match = `match.${why.match}` as "match.exact";
  return (
    <dl className={s.whyList}>
      <dt>{t("why.bot")}</dt>
      <dd>{names(why.bot) || name}</dd>
      {why.match && (
        <>
          <dt>{t("why.match")}</dt>
          <dd>{i18n.exists(match) ? t(match) : why.match}</dd>
        </>
      )}
      {(why.name || why.rule) && (
        <>
          <dt>{t("why.rule")}</dt>
          <dd>{why.name || why.rule}</dd>
        </>
      )}
      {why.text && (
        <>
          <dt>{t("why.text")}</dt>
          <dd className="mono">{why.text}</dd>
        </>
      )}
      {why.rule && can("bot.read") && (
        <dd className={s.whyLink}>
          <Link to="/bots/$id/$tab" params={{ id: why.bot, tab: "rules" }}>
            {t("why.open")}
          </Link>
        </dd>
      )}
    </dl>
  );
}
