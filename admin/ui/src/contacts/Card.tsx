import type { ID } from "@/api/types";
import { ContactFields } from "@/inbox/context/ContactFields";
import { ContactTags } from "@/inbox/context/ContactTags";
import { Identities } from "@/inbox/context/Identities";
import { Beside } from "./Beside";

/** Card is the contact of a conversation, beside it. */
export function Card({ id }: { id: ID }) {
  return (
    <>
      <ContactFields id={id} />
      <ContactTags id={id} />
      <Identities contact={id} />
      <Beside contact={id} />
    </>
  );
}
