import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Elsewhere as Other } from "@/api/types";
import s from "./thread.module.css";
import "@/i18n/more/inbox";

/** Elsewhere says that a conversation goes on in another, or came from one: who chose that, why, and where it is. */
export function Elsewhere({ kind, other, by }: { kind: "to" | "from"; other: Other; by: string }) {
  const { t } = useTranslation();
  const { view = "all" } = useParams({ strict: false });
  return (
    <>
      {t(`onward.${kind}`, { by, account: other.name, address: other.address ?? "" })}
      <span className="faint"> · {t(`onward.${other.why}`)}</span>
      <Link
        to="/inbox/$view/$conversation"
        params={{ view, conversation: other.conversation }}
        className={s.why}
      >
        {t("onward.open")}
      </Link>
    </>
  );
}
