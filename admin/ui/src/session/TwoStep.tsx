import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { signOut } from "@/api/signin";
import { queryClient } from "@/lib/query";
import { useDo } from "@/ui/useDo";
import { Door } from "./Door";
import s from "./session.module.css";
import { TwoStepSetup } from "./TwoStepSetup";
import { useGo } from "./useEnter";
import "@/i18n/more/session";
import { nameTitle } from "@/lib/title";

/** TwoStep is the page of those whose business asks for a second factor before anything else. */
export function TwoStep() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/two-step" });
  const go = useGo();
  const leave = useDo(signOut, () => {
    queryClient.clear();
    void navigate({ to: "/signin", search: {} });
  });
  useEffect(() => {
    nameTitle(t("twoStep.setup"));
  }, [t]);
  return (
    <Door title={t("twoStep.setup")} lead={t("twoStep.requiredLead")}>
      <TwoStepSetup
        done={() => {
          queryClient.clear(); // who is signed in is asked anew
          go(next);
        }}
      />
      <div className={s.others}>
        <Button type="link" onClick={() => leave.mutate()} loading={leave.isPending}>
          {t("me.signOut")}
        </Button>
      </div>
    </Door>
  );
}
