import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Linked } from "@/api/accounts";
import "@/i18n/more";
import { CopyBox } from "@/ui/Copy";
import s from "./accounts.module.css";
import "@/i18n/more";

/** Addresses are what goes elsewhere: the callback address, or for a site the line that brings the chat. self: the hub puts it there. Nothing where the hub fetches. */
export function Addresses({ account, self }: { account: Linked; self?: boolean }) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const origin = account.hook_url ? new URL(account.hook_url).origin : location.origin;
  if (account.kind === "web") {
    const snippet = `<script src="${origin}/widget.js" data-account="${account.id}" async></script>`;
    const page = `${origin}/chat/${account.id}`;
    return (
      <div className={s.addresses}>
        <div>
          <h3>{t("addresses.snippet")}</h3>
          <p className="muted">{t("addresses.snippetHelp")}</p>
          <CopyBox text={snippet} label={t("addresses.copySnippet")} />
        </div>
        <div>
          <h3>{t("addresses.page")}</h3>
          <p className="muted">{t("addresses.pageHelp")}</p>
          <CopyBox text={page} />
          <a href={page} target="_blank" rel="noopener noreferrer" className={`row ${s.openPage}`}>
            <ExternalLink aria-hidden />
            {t("addresses.openPage")}
          </a>
        </div>
      </div>
    );
  }
  if (!account.hook_url) return null;
  return (
    <div>
      <h3>{t("addresses.callback")}</h3>
      <p className="muted">{self ? more("linked.selfHelp") : t("addresses.callbackHelp")}</p>
      <CopyBox text={account.hook_url} />
    </div>
  );
}
