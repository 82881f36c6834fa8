import { useTranslation } from "react-i18next";
import { type Detail, type Target, transfer } from "@/api/inbox";
import { useSession } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import { settled } from "../thread/useConversationActions";
import { TargetPick } from "./TargetPick";

/** TransferDialog gives the open conversation to somebody else. */
export function TransferDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const me = useSession().agent.id;
  const { id, owner } = detail.conversation;
  const give = useDo(
    ({ to, note }: { to: Target; note: string }) => transfer(id, to, note),
    (conversation) => {
      settled(detail, conversation);
      close();
    },
  );
  return (
    <TargetPick
      title={t("transfer.title")}
      pending={give.isPending}
      except={[me, owner.id]}
      close={close}
      give={(to, note) => give.mutate({ to, note })}
    />
  );
}
