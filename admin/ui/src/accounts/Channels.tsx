import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Plug, Plus, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { listDeadLetters, listUnrouted } from "@/api/accounts";
import type { Account } from "@/api/types";
import { useWords } from "@/i18n/words";
import { useNames, useWatchedAccounts } from "@/session/data";
import { useCan } from "@/session/useSession";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { HealthLine } from "@/ui/Health";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import s from "./accounts.module.css";
import { useKinds } from "./useKinds";
import "@/i18n/more/accounts";

/** Channels are the linked accounts, each with its light and the reason for it. */
export function Channels() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const accounts = useWatchedAccounts();
  const trouble = useTrouble(can("trouble.read"));
  const link = can("account.write") && (
    <Button
      type="primary"
      icon={<Plus aria-hidden />}
      onClick={() => void navigate({ to: "/channels/link" })}
    >
      {t("channels.link")}
    </Button>
  );
  return (
    <Page
      title={t("place.channels")}
      lead={t("channels.lead")}
      actions={
        <>
          {can("trouble.read") && (
            <Button
              icon={<TriangleAlert aria-hidden />}
              onClick={() => void navigate({ to: "/channels/trouble" })}
            >
              {t("trouble.title")}
              {trouble > 0 && ` · ${trouble}`}
            </Button>
          )}
          {link}
        </>
      }
    >
      <Loaded query={accounts}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={Plug} text={t("channels.empty")}>
              {link}
            </Empty>
          ) : (
            <ul className={s.cards}>
              {all.map((a) => (
                <AccountCard key={a.id} account={a} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

/** useTrouble counts what waits for somebody to look at it, as far as the first pages tell. */
function useTrouble(may: boolean): number {
  const inbox = useQuery({
    queryKey: ["dead", "inbox"],
    queryFn: () => listDeadLetters("inbox"),
    enabled: may,
  });
  const outbox = useQuery({
    queryKey: ["dead", "outbox"],
    queryFn: () => listDeadLetters("outbox"),
    enabled: may,
  });
  const unrouted = useQuery({ queryKey: ["unrouted"], queryFn: () => listUnrouted(), enabled: may });
  return [inbox, outbox, unrouted].reduce((n, q) => n + (q.data?.items.length ?? 0), 0);
}

function AccountCard({ account: a }: { account: Account }) {
  const { t } = useTranslation();
  const words = useWords();
  const names = useNames();
  const kind = useKinds().data?.find((k) => k.kind === a.kind);
  const bad = !a.paused && (a.state.health === "bad" || a.state.health === "poor");
  return (
    <li className={s.account} data-health={bad ? a.state.health : undefined}>
      <div className={s.accountHead}>
        <span className={s.kind}>
          <ChannelIcon kind={a.kind} size={20} />
        </span>
        <div className="grow">
          <Link to="/channels/a/$id" params={{ id: a.id }} className={s.accountName}>
            {a.name}
          </Link>
          <div className="faint">{words(kind?.name) || a.kind}</div>
        </div>
      </div>
      <HealthLine state={a.state} paused={a.paused} />
      {bad && a.state.remedy && <p className={s.remedy}>{words(a.state.remedy)}</p>}
      <dl className={s.facts}>
        <div>
          <dt>{t("channels.lastIn")}</dt>
          <dd>{a.state.last_in ? <Ago at={a.state.last_in} /> : t("channels.never")}</dd>
        </div>
        <div>
          <dt>{t("channels.lastOut")}</dt>
          <dd>{a.state.last_out ? <Ago at={a.state.last_out} /> : t("channels.never")}</dd>
        </div>
        <div>
          <dt>{t("channels.answers")}</dt>
          <dd className="cut">
            {[names(a.bot), names(a.team)].filter(Boolean).join(" → ") || t("channels.anybody")}
          </dd>
        </div>
      </dl>
    </li>
  );
}
