import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Spin } from "antd";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AccountChoice, type Authorised, endAuthorisation } from "@/api/accounts";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { CardBox, Page } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { Leave, Several } from "./Authorise";
import s from "./accounts.module.css";
import { Choice } from "./Choice";
import "@/i18n/more/accounts";

/** Return is where a platform leads an administrator back to: what it put on the address is handed over once. */
export function Return() {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const { t: first } = useTranslation();
  const [came] = useState(() => Object.fromEntries(new URLSearchParams(location.search)));
  const { state = "", ...returned } = came;
  const query = useQuery({
    queryKey: ["authorisation", state],
    queryFn: async () => {
      // The codes are spent now: they need not stay in the history.
      history.replaceState(history.state, "", location.pathname);
      const done = await endAuthorisation(state, returned);
      await queryClient.invalidateQueries({ queryKey: keys.accounts });
      return done;
    },
    // A state is good once: asked again, it would say no more than that it is over.
    retry: false,
    retryOnMount: false,
    refetchOnReconnect: false,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: state !== "",
  });
  const [chosen, setChosen] = useState<Authorised>();
  const back = { to: "/channels", label: first("place.channels") } as const;
  const done = chosen ?? query.data;
  if (done?.choice) return <Choose choice={done.choice} done={setChosen} />;
  if (done) return <Done done={done} />;
  if (!state)
    return (
      <Page title={t("failed")} back={back}>
        <p>{t("empty")}</p>
      </Page>
    );
  return query.error ? (
    <Page title={t("failed")} back={back}>
      <Failure error={query.error} />
    </Page>
  ) : (
    <Page title={t("waiting")} back={back}>
      <p role="status" className="row">
        <Spin size="small" />
        {t("waitingHelp")}
      </p>
    </Page>
  );
}

/** Choose asks which of the accounts the platform lets us act for are to be linked. */
function Choose({ choice, done }: { choice: AccountChoice; done: (done: Authorised) => void }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const { t: first } = useTranslation();
  return (
    <Page
      title={t("choose")}
      lead={t("chooseHelp")}
      back={{ to: "/channels", label: first("place.channels") }}
    >
      <CardBox>
        <Choice choice={choice} done={done} />
      </CardBox>
    </Page>
  );
}

function Done({ done }: { done: Authorised }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const { t: first } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page
      title={
        <span className="row">
          <CircleCheck aria-hidden className={s.done} />
          {done.more.length
            ? t("doneSeveral", { count: done.more.length + 1 })
            : t("done", { name: done.account.name })}
        </span>
      }
      lead={done.expected ? t(done.more.length ? "nextSeveral" : "next") : undefined}
      back={{ to: "/channels", label: first("place.channels") }}
    >
      <div className={s.authorise}>
        {!done.expected && (
          <p className={s.warning} role="alert">
            {t("unexpected")}
          </p>
        )}
        {done.more.length > 0 ? (
          <CardBox>
            <Several accounts={[done.account, ...done.more]} />
          </CardBox>
        ) : (
          <Button
            type="primary"
            onClick={() => void navigate({ to: "/channels/a/$id", params: { id: done.account.id } })}
          >
            {first("linked.open")}
          </Button>
        )}
        <Leave account={done.account.id} ways={["another"]} />
      </div>
    </Page>
  );
}
