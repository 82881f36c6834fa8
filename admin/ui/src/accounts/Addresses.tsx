import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Linked } from "@/api/accounts";
import type { Connector } from "@/api/types";
import { useWords } from "@/i18n/words";
import { CopyBox } from "@/ui/Copy";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

/** Addresses are what goes elsewhere: the callback address, each of several where the platform asks for more than one, or for a site the line that brings the chat. Nothing where the hub fetches. */
export function Addresses({ account, kind }: { account: Linked; kind?: Connector }) {
  const self = kind?.capabilities.ops?.install === "full";
  const { t } = useTranslation();
  const words = useWords();
  const { t: more } = useTranslation("more");
  const origin = account.hook_url ? new URL(account.hook_url).origin : location.origin;
  if (account.kind === "web") {
    const snippet = `<script src="${origin}/widget.js" data-account="${account.id}" async></script>`;
    const page = `${origin}/chat/${account.id}`;
    return (
      <div className={s.addresses}>
        <div>
          <h2>{t("addresses.snippet")}</h2>
          <p className="muted">{t("addresses.snippetHelp")}</p>
          <CopyBox text={snippet} label={t("addresses.copySnippet")} />
        </div>
        <div>
          <h2>{t("addresses.page")}</h2>
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
  if (kind?.callbacks?.length)
    return (
      <div className={s.addresses}>
        <p className="muted">{more("addresses.several", { n: kind.callbacks.length })}</p>
        {kind.callbacks.map((one) => (
          <div key={one.path}>
            <h2>{words(one.name)}</h2>
            <p className="muted">{words(one.help)}</p>
            <CopyBox
              text={account.hook_url + one.path}
              label={more("addresses.copy", { name: words(one.name) })}
            />
          </div>
        ))}
        <p className="muted">{more("addresses.verify")}</p>
      </div>
    );
  return (
    <div>
      <h2>{t("addresses.callback")}</h2>
      <p className="muted">{self ? more("linked.selfHelp") : t("addresses.callbackHelp")}</p>
      <CopyBox text={account.hook_url} />
    </div>
  );
}
