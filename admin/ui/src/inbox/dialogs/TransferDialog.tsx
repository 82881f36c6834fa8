import { useTranslation } from "react-i18next";
import { type Detail, type Target, transfer } from "@/api/inbox";
import { settled } from "@/live/follow";
import { useSession } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import { restore } from "./restore";
import { TargetPick } from "./TargetPick";
import { useUndo } from "./useUndo";
import "@/i18n/more/inbox";

type Back = NonNullable<ReturnType<typeof restore>>;

/** TransferDialog gives the open conversation to somebody else. */
export function TransferDialog({ detail, close }: { detail: Detail; close: () => void }) {
  const { t } = useTranslation();
  const me = useSession().agent.id;
  const { id, owner } = detail.conversation;
  const offer = useUndo();
  const undo = useDo(
    (give: Back) => give(),
    (c) => settled(detail, c),
  );
  const give = useDo(
    ({ to, note }: { to: Target; note: string; name: string; back?: Back }) => transfer(id, to, note),
    (conversation, { name, back }) => {
      settled(detail, conversation);
      close();
      offer(t("done.transferred", { name }), back && (() => undo.mutate(back)));
    },
  );
  return (
    <TargetPick
      title={t("transfer.title")}
      pending={give.isPending}
      except={[me, owner.id]}
      close={close}
      // Who has it is looked up now: the feed may tell of the new owner before the answer is here.
      give={(to, note, name) => give.mutate({ to, note, name, back: restore(detail, me) })}
    />
  );
}
