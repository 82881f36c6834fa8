import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { listLike } from "@/api/book";
import type { ID } from "@/api/types";
import { useContact } from "@/inbox/context/useContact";
import { useCan } from "@/session/useSession";
import { Notes } from "./Notes";
import "@/i18n/more/contacts";

/** Beside is what stands beside a conversation of its contact: notes, the way to the whole page, and who may be the same person. */
export function Beside({ contact }: { contact: ID }) {
  const { t } = useTranslation();
  const updated = useContact(contact).data?.updated;
  const like = useQuery({
    queryKey: ["contacts", "like", contact, updated],
    queryFn: () => listLike(contact),
    enabled: useCan()("contact.merge") && updated !== undefined,
  }).data;
  return (
    <>
      <Notes contact={contact} />
      <Link to="/contacts/$id" params={{ id: contact }}>
        {like?.length ? t("book.openLike", { count: like.length }) : t("book.open")}
      </Link>
    </>
  );
}
