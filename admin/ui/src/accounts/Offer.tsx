import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { ListChecks } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Authorised, listChoice } from "@/api/accounts";
import type { ID } from "@/api/types";
import { Failure } from "@/ui/States";
import { Several } from "./Authorise";
import s from "./accounts.module.css";
import { Choice } from "./Choice";
import "@/i18n/more/accounts";

/** Offer asks the platform which accounts the credentials of an account serve, and links those chosen. */
export function Offer({ account, done }: { account: ID; done?: () => void }) {
  const { t } = useTranslation("more", { keyPrefix: "offer" });
  const [linked, setLinked] = useState<Authorised>();
  const ask = useMutation({ mutationFn: () => listChoice(account), onSuccess: () => setLinked(undefined) });
  const all = ask.data?.accounts;
  return (
    <div className={s.authorise}>
      <p>{t("lead")}</p>
      {linked ? (
        <>
          <p role="status">{t("done")}</p>
          <Several accounts={[linked.account, ...linked.more]} />
        </>
      ) : all?.some((a) => !a.linked) ? (
        <Choice
          key={ask.data!.state}
          choice={ask.data!}
          done={(now) => {
            setLinked(now);
            done?.();
          }}
        />
      ) : (
        all && <p role="status">{t(all.length ? "all" : "none")}</p>
      )}
      {ask.error && <Failure error={ask.error} />}
      {(!all || linked) && (
        <Button icon={<ListChecks aria-hidden />} loading={ask.isPending} onClick={() => ask.mutate()}>
          {t("ask")}
        </Button>
      )}
    </div>
  );
}
