import type { Detail } from "@/api/inbox";
import { EraseDialog } from "@/contacts/EraseDialog";
import { useContactName } from "@/ui/useContactName";
import { BlockDialog } from "./BlockDialog";
import { CloseDialog } from "./CloseDialog";
import { ColleagueDialog } from "./ColleagueDialog";
import { PriorityDialog } from "./PriorityDialog";
import { SnoozeDialog } from "./SnoozeDialog";
import { TagsDialog } from "./TagsDialog";
import { TransferDialog } from "./TransferDialog";

export type DialogName =
  | "transfer"
  | "close"
  | "closeNext"
  | "colleague"
  | "tags"
  | "priority"
  | "block"
  | "snooze"
  | "erase";

interface Props {
  name: DialogName;
  detail: Detail;
  close: () => void;
  closedNext: () => void;
}

/** Dialogs are the questions an action may ask before it acts. */
export function Dialogs({ name, detail, close, closedNext }: Props) {
  const props = { detail, close };
  const contactName = useContactName();
  switch (name) {
    case "transfer":
      return <TransferDialog {...props} />;
    case "close":
      return <CloseDialog {...props} />;
    case "closeNext":
      return <CloseDialog {...props} then={closedNext} />;
    case "colleague":
      return <ColleagueDialog {...props} />;
    case "tags":
      return <TagsDialog {...props} />;
    case "priority":
      return <PriorityDialog {...props} />;
    case "snooze":
      return <SnoozeDialog {...props} />;
    case "block":
      return <BlockDialog {...props} />;
    case "erase":
      return (
        <EraseDialog
          what="conversation"
          id={detail.conversation.id}
          name={contactName(detail.contact)}
          close={close}
          then={closedNext}
        />
      );
    default:
      return null;
  }
}
