import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Linked } from "@/api/accounts";
import type { Connector } from "@/api/types";
import { useWords } from "@/i18n/words";
import { CopyBox } from "@/ui/Copy";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

/** hasAddresses tells whether there is any: the hub calls some platforms, and none calls it. */
export const hasAddresses = (account: Linked) =>
  account.kind === "web" || Boolean(account.hook_url) || Boolean(account.authorises);

/** Addresses are what goes elsewhere: where the platform calls and leads back to, or for a site the line that brings the chat. */
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
  const back = account.authorises && (
    <div>
      <h2>{more("addresses.back")}</h2>
      <p className="muted">{more("addresses.backHelp")}</p>
      <CopyBox
        text={`${origin}/channels/return`}
        label={more("addresses.copy", { name: more("addresses.back") })}
      />
    </div>
  );
  if (!account.hook_url) return back || null;
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
        {back}
      </div>
    );
  return (
    <div className={s.addresses}>
      <div>
        <h2>{t("addresses.callback")}</h2>
        <p className="muted">{self ? more("linked.selfHelp") : t("addresses.callbackHelp")}</p>
        <CopyBox text={account.hook_url} />
      </div>
      {back}
    </div>
  );
}
