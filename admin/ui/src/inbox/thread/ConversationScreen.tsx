import { useNavigate } from "@tanstack/react-router";
import { MessageSquareOff } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { perform } from "@/actions/store";
import { ApiError } from "@/api/errors";
import { markRead } from "@/api/inbox";
import type { ID } from "@/api/types";
import { apply } from "@/live/follow";
import { useCan, useSession } from "@/session/useSession";
import { Empty, Failure, Loading } from "@/ui/States";
import { Composer } from "../composer/Composer";
import type { DialogName } from "../dialogs/Dialogs";
import { Messages } from "./Messages";
import { ThreadHeader } from "./ThreadHeader";
import s from "./thread.module.css";
import { useConversation } from "./useConversation";
import { useConversationActions } from "./useConversationActions";
import { useLooking } from "./useLooking";

const Dialogs = lazy(() => import("../dialogs/Dialogs").then((m) => ({ default: m.Dialogs })));

interface Props {
  id: ID;
  back?: () => void;
  contextOpen: boolean;
  toggleContext: () => void;
}

/** ConversationScreen is one conversation: who, what was said, and what to say. */
export function ConversationScreen({ id, back, contextOpen, toggleContext }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const query = useConversation(id);
  const detail = query.data;
  const [dialog, setDialog] = useState<DialogName>();
  useConversationActions(detail, setDialog);

  useLooking(id);

  // Reading is opening it with the window in front.
  const unread = detail?.conversation.unread ?? 0;
  const me = useSession().agent.id;
  const { owner, colleagues } = detail?.conversation ?? {};
  // Who only looks in reads nothing for others.
  const mine =
    can("conversation.reply") && owner?.kind === "agent" && (owner.id === me || !!colleagues?.includes(me));
  useEffect(() => {
    if (!unread || !detail || !mine) return;
    const read = () => {
      if (document.visibilityState !== "visible") return;
      void markRead(id).catch(() => undefined);
      const { conversation, contact, account } = detail;
      apply.put({ conversation: { ...conversation, unread: 0 }, contact, account });
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [id, unread, detail, mine]);

  if (!detail) {
    if (query.error instanceof ApiError && query.error.status === 404) {
      return <Empty icon={MessageSquareOff} text={t("thread.notFound")} />;
    }
    return query.isPending ? (
      <Loading rows={7} />
    ) : (
      <Failure error={query.error} retry={() => query.refetch()} />
    );
  }
  return (
    <div className={s.screen}>
      <ThreadHeader detail={detail} back={back} contextOpen={contextOpen} toggleContext={toggleContext} />
      <Messages detail={detail} />
      {can("conversation.reply") && <Composer detail={detail} close={() => perform("close")} />}
      <Suspense fallback={<span data-opening />}>
        {dialog && (
          <Dialogs
            name={dialog}
            detail={detail}
            close={() => setDialog(undefined)}
            closedNext={() => {
              if (!perform("next")) void navigate({ to: "/inbox/$view", params: { view: "mine" } });
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
