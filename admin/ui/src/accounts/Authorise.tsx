import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { ExternalLink, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { beginAuthorisation, type Linked } from "@/api/accounts";
import type { Account, ID } from "@/api/types";
import { useAccounts } from "@/session/data";
import { HealthLine } from "@/ui/Health";
import { CardBox, Section } from "@/ui/Page";
import { Failure } from "@/ui/States";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

/** Authorise sends the administrator to the platform's own page; they come back to Return. */
export function Authorise({ account, several }: { account: Linked; several: boolean }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const beside = useAccounts().data?.filter((a) => a.link === account.link_id && a.id !== account.id) ?? [];
  // The only account of its settings has its name from them: its light tells whether it was authorised.
  const fresh = several ? unnamed(account) : account.state?.code === "not_authorised";
  const again: Way[] = several ? ["again", "another"] : ["again"];
  return (
    <Section title={t("title")}>
      <CardBox>
        <div className={s.authorise}>
          <p>{t(fresh ? "lead" : several ? "leadAgain" : "leadOnly")}</p>
          <Leave account={account.id} ways={fresh ? ["begin"] : again} first="begin" />
          {beside.length > 0 && (
            <>
              <p className="muted">{t("beside")}</p>
              <Several accounts={beside} />
            </>
          )}
        </div>
      </CardBox>
    </Section>
  );
}

/** SetUp shows what is set up of a kind already: one more account of it needs no form. */
export function SetUp({ kind }: { kind: string }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const all = useAccounts().data ?? [];
  const links = new Map<ID, [Account, ...Account[]]>();
  for (const a of all)
    if (a.kind === kind && a.authorises) {
      const beside = links.get(a.link);
      beside ? beside.push(a) : links.set(a.link, [a]);
    }
  return [...links].map(([link, [first, ...more]]) => (
    <div key={link} className={s.setUp}>
      <CardBox>
        <div className={s.authorise}>
          <p>{t("setUp")}</p>
          <Several accounts={[first, ...more]} />
          <Leave account={first.id} ways={[way(first, more)]} first={way(first, more)} />
        </div>
      </CardBox>
    </div>
  ));
}

const way = (first: Account, more: Account[]): Way =>
  more.length === 0 && unnamed(first) ? "begin" : "another";

/** unnamed tells an account that was set up, and not authorised yet. */
const unnamed = (a: Account) => a.remote_id === a.id;

/** Several are accounts with their lights. */
export function Several({ accounts }: { accounts: Account[] }) {
  return (
    <ul className={s.several}>
      {accounts.map((a) => (
        <li key={a.id} className="row wrap">
          <Link to="/channels/a/$id" params={{ id: a.id }}>
            {a.name}
          </Link>
          <HealthLine state={a.state} paused={a.paused} />
        </li>
      ))}
    </ul>
  );
}

type Way = "begin" | "again" | "another";

/** Leave is how to go to the platform: for this account, again or for the first time, and for another. */
export function Leave({ account, ways, first }: { account: ID; ways: Way[]; first?: Way }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const begin = useMutation({
    mutationFn: (way: Way) => beginAuthorisation(account, way === "another"),
    onSuccess: ({ url }) => follow(url),
  });
  const away = begin.isPending || begin.isSuccess;
  return (
    <>
      <div className="row wrap">
        {ways.map((way) => (
          <Button
            key={way}
            type={way === first ? "primary" : "default"}
            icon={way === "another" ? <Plus aria-hidden /> : <ExternalLink aria-hidden />}
            loading={away && begin.variables === way}
            disabled={away}
            onClick={() => begin.mutate(way)}
          >
            {t(way)}
          </Button>
        ))}
      </div>
      {begin.isSuccess && (
        <p role="status" className="muted">
          {t("leaving")}{" "}
          <a href={begin.data.url} referrerPolicy="origin">
            {t("follow")}
          </a>
        </p>
      )}
      {begin.error && <Failure error={begin.error} retry={() => begin.mutate(begin.variables)} />}
    </>
  );
}

/** follow opens the platform's page here. Platforms look which site sends people, so our origin goes with them. */
function follow(url: string): void {
  if (!/^https?:\/\//.test(url)) return;
  const a = document.createElement("a");
  a.href = url;
  a.referrerPolicy = "origin";
  a.click();
}
