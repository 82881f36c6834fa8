import { useMutation } from "@tanstack/react-query";
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AccountChoice, type Authorised, chooseAccounts } from "@/api/accounts";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { Failure } from "@/ui/States";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

/** Choice has an administrator tick the accounts to link; those that are linked already are only shown. */
export function Choice({ choice, done }: { choice: AccountChoice; done: (done: Authorised) => void }) {
  const { t } = useTranslation("more", { keyPrefix: "authorise" });
  const [ticked, setTicked] = useState(() =>
    choice.accounts.filter((a) => !a.linked).map((a) => a.remote_id),
  );
  const link = useMutation({
    mutationFn: () => chooseAccounts(choice.state, ticked),
    onSuccess: async (linked) => {
      await queryClient.invalidateQueries({ queryKey: keys.accounts });
      done(linked);
    },
  });
  return (
    <div className={s.authorise}>
      <fieldset className={s.choose} aria-label={t("choose")}>
        {choice.accounts.map((a) => (
          <Checkbox
            key={a.remote_id}
            checked={a.linked || ticked.includes(a.remote_id)}
            disabled={a.linked}
            onChange={(e) =>
              setTicked(
                e.target.checked ? [...ticked, a.remote_id] : ticked.filter((id) => id !== a.remote_id),
              )
            }
          >
            {a.name} <span className="faint">{a.linked ? t("linkedAlready") : a.remote_id}</span>
          </Checkbox>
        ))}
      </fieldset>
      {link.error && <Failure error={link.error} />}
      <Button
        type="primary"
        disabled={ticked.length === 0}
        loading={link.isPending}
        onClick={() => link.mutate()}
      >
        {t("linkThese", { count: ticked.length })}
      </Button>
    </div>
  );
}
