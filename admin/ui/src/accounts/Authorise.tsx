import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { ExternalLink, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { beginAuthorisation, type Linked } from "@/api/accounts";
import "@/i18n/more";
import { CardBox, Section } from "@/ui/Page";
import { Failure } from "@/ui/States";
import s from "./accounts.module.css";

/** Authorise sends the administrator to the platform's own page; they come back to Return. */
export function Authorise({ account }: { account: Linked }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const begin = useMutation({
    mutationFn: (another: boolean) => beginAuthorisation(account.id, another),
    onSuccess: ({ url }) => follow(url),
  });
  const fresh = account.remote_id === account.id;
  const away = begin.isPending || begin.isSuccess;
  return (
    <Section title={t("title")}>
      <CardBox>
        <div className={s.column}>
          <p>{t(fresh ? "lead" : "leadAgain")}</p>
          <div className="row wrap">
            <Button
              type={fresh ? "primary" : "default"}
              icon={<ExternalLink aria-hidden />}
              loading={away && begin.variables === false}
              disabled={away}
              onClick={() => begin.mutate(false)}
            >
              {t(fresh ? "begin" : "again")}
            </Button>
            {!fresh && (
              <Button
                icon={<Plus aria-hidden />}
                loading={away && begin.variables === true}
                disabled={away}
                onClick={() => begin.mutate(true)}
              >
                {t("another")}
              </Button>
            )}
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
        </div>
      </CardBox>
    </Section>
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
