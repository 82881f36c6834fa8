import { useQuery } from "@tanstack/react-query";
import { BadgeCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { contactIdentities } from "@/api/contacts";
import type { ID } from "@/api/types";
import { keys } from "@/live/cache";
import { useAccounts } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import s from "./context.module.css";
import "@/i18n/more/contacts";

/** Identities are this person on each account; replies go to the one of the conversation, never to a guess. */
export function Identities({ contact }: { contact: ID }) {
  const { t } = useTranslation();
  const identities = useQuery({
    queryKey: keys.identities(contact),
    queryFn: () => contactIdentities(contact),
  }).data;
  const accounts = useAccounts().data;
  if (!identities) return null;
  if (identities.length === 0) return <p className="faint">{t("contacts.noIdentities")}</p>;
  return (
    <ul className={s.identities} aria-label={t("context.identities")}>
      {identities.map((i) => {
        const account = accounts?.find((a) => a.id === i.account);
        return (
          <li key={i.id}>
            <ChannelIcon kind={account?.kind ?? ""} />
            <span className="cut grow" title={i.remote_id}>
              {account?.name ?? t("context.unknownAccount")}
              <span className="faint"> {i.name || i.remote_id}</span>
            </span>
            {i.verified && (
              <span title={t("context.verified")}>
                <BadgeCheck aria-hidden />
                <span className="sr">{t("context.verified")}</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
