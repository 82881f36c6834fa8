import { useQuery } from "@tanstack/react-query";
import { useAction } from "@/actions/store";
import { getContact } from "@/api/contacts";
import { type Detail, giveBack, reopen, take, unsnooze } from "@/api/inbox";
import { unblock } from "@/api/team";
import type { Conversation } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { settled } from "@/live/follow";
import { useAccounts } from "@/session/data";
import { useCan, useSession } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import type { DialogName } from "../dialogs/Dialogs";
import { useSelecting } from "../list/selection";

/** useConversationActions offers what can be done with the open conversation now. */
export function useConversationActions(detail: Detail | undefined, dialog: (name: DialogName) => void): void {
  const me = useSession().agent.id;
  const can = useCan();
  const account = useAccounts().data?.find((a) => a.id === detail?.conversation.account);
  const done = (c: Conversation) => settled(detail!, c);
  const takeIt = useDo(take, done);
  const reopenIt = useDo(reopen, done);
  const contact = useQuery({
    queryKey: keys.contact(detail?.conversation.contact ?? ""),
    queryFn: () => getContact(detail!.conversation.contact),
    enabled: Boolean(detail),
  }).data;
  const letIn = useDo(unblock, (_, id) => queryClient.invalidateQueries({ queryKey: keys.contact(id) }));
  const giveItBack = useDo(giveBack, done);
  const wakeIt = useDo(unsnooze, done);
  const selecting = useSelecting(); // then these keys are for what is selected

  const c = can("conversation.assign") ? detail?.conversation : undefined;
  const open = c && c.owner.kind !== "closed";
  const mine = c?.owner.kind === "agent" && c.owner.id === me;
  const when = (ok: unknown, run: () => void) => (ok && !selecting ? run : undefined);

  useAction(
    "take",
    when(open && (!mine || c.snooze), () => takeIt.mutate(c!.id)),
  );
  useAction(
    "transfer",
    when(open, () => dialog("transfer")),
  );
  useAction(
    "snooze",
    when(c?.owner.kind === "agent", () => dialog("snooze")),
  );
  useAction(
    "wake",
    when(c?.snooze, () => wakeIt.mutate(c!.id)),
  );
  useAction(
    "close",
    when(open, () => dialog("close")),
  );
  useAction(
    "closeNext",
    when(open, () => dialog("closeNext")),
  );
  useAction(
    "reopen",
    when(c && !open, () => reopenIt.mutate(c!.id)),
  );
  useAction(
    "giveBack",
    when(open && c.owner.kind !== "bot" && account?.bot, () => giveItBack.mutate(c!.id)),
  );
  useAction(
    "toPlatform",
    when(
      open && c.reason?.code !== "platform_desk" && /full|partial/.test(detail?.capabilities?.ops.desk ?? ""),
      () => dialog("toPlatform"),
    ),
  );
  useAction(
    "colleague",
    when(open, () => dialog("colleague")),
  );
  useAction(
    "tags",
    when(c, () => dialog("tags")),
  );
  useAction(
    "priority",
    when(c && can("conversation.reply"), () => dialog("priority")),
  );
  useAction(
    "erase",
    when(c && !open && can("erase"), () => dialog("erase")),
  );
  const mayBlock = c && can("block.write");
  useAction(
    "unblock",
    when(mayBlock && can("block.read") && contact?.blocked, () => letIn.mutate(c!.contact)),
  );
  useAction(
    "block",
    when(mayBlock && !contact?.blocked, () => dialog("block")),
  );
}
