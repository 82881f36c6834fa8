import type { UseMutationResult } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { Check, Copy, MailCheck, MailX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, PasswordLink } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { copy } from "@/lib/copy";
import { exact } from "@/lib/time";
import { Failure, Loading } from "@/ui/States";
import s from "./team.module.css";
import "@/i18n/more/team";

interface Props {
  agent: Agent;
  link: UseMutationResult<PasswordLink, unknown, Agent>;
  close: () => void;
}

/** LinkDialog shows, this once, a link by which a colleague chooses a password. */
export function LinkDialog({ agent, link, close }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Modal
      open
      title={t("team.linkFor", { name: agent.name })}
      onCancel={close}
      mask={{ closable: false }}
      footer={
        <div className={s.foot}>
          <Button onClick={close}>{t("do.close")}</Button>
          {link.data && <CopyLink url={link.data.url} />}
        </div>
      }
      width={520}
    >
      {link.data ? (
        <>
          <p className="muted" style={{ marginBottom: 12 }}>
            {t(link.data.invitation ? "team.inviteLead" : "team.linkLead", { name: agent.name })}
          </p>
          <div className={s.link}>{link.data.url}</div>
          <p className="muted" style={{ marginTop: 12 }}>
            {t("team.linkUntil", { at: exact(link.data.expires, language) })}
          </p>
          <Mailed agent={agent} link={link.data} />
        </>
      ) : link.error ? (
        <Failure error={link.error} retry={() => link.mutate(agent)} />
      ) : (
        <Loading rows={2} />
      )}
    </Modal>
  );
}

/** Mailed says whether the link also went by mail, and why not. */
function Mailed({ agent, link }: { agent: Agent; link: PasswordLink }) {
  const { t } = useTranslation();
  const { mailed_from: from, mail_trouble: why } = link;
  const Icon = from ? MailCheck : MailX;
  return (
    <p className={s.mailed} data-bad={why ? "" : undefined}>
      <Icon aria-hidden />
      {from
        ? t("team.linkMailed", { email: agent.email, from })
        : why
          ? t("team.linkNotMailed", { why })
          : t("team.linkNoMail")}
    </p>
  );
}

function CopyLink({ url }: { url: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  return (
    <Button
      type="primary"
      autoFocus
      icon={done ? <Check aria-hidden /> : <Copy aria-hidden />}
      onClick={() => copy(url).then(() => setDone(true))}
    >
      {t(done ? "do.copied" : "team.copyLink")}
    </Button>
  );
}
