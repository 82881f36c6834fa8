import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { tagContact } from "@/api/contacts";
import type { Contact, ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { useTags } from "@/session/data";
import { useCan } from "@/session/useSession";
import { TagChip } from "@/ui/TagChip";
import { useDo } from "@/ui/useDo";
import s from "./context.module.css";
import { useContact } from "./useContact";

const TagPick = lazy(() => import("../dialogs/TagPick").then((m) => ({ default: m.TagPick })));

/** ContactTags are the tags of the person, not of the conversation. */
export function ContactTags({ id }: { id: ID }) {
  const { t } = useTranslation();
  const contact = useContact(id).data;
  const tags = useTags().data;
  const may = useCan()("contact.write");
  const [editing, setEditing] = useState(false);
  const change = useDo(async (next: ID[]) => {
    const had = contact!.tags;
    amend<Contact>(queryClient, keys.contact(id), (c) => ({ ...c, tags: next }));
    await Promise.all([
      ...next.filter((x) => !had.includes(x)).map((x) => tagContact(id, x, true)),
      ...had.filter((x) => !next.includes(x)).map((x) => tagContact(id, x, false)),
    ]);
  });
  if (!contact) return null;
  if (editing) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: leaving the field ends the editing
      <div onBlur={() => setEditing(false)}>
        <Suspense>
          <TagPick scope="contact" value={contact.tags} onChange={(next) => change.mutate(next)} autoFocus />
        </Suspense>
      </div>
    );
  }
  return (
    <div className={s.tags}>
      {contact.tags.map((x) => {
        const tag = tags?.find((y) => y.id === x);
        return tag && <TagChip key={x} tag={tag} />;
      })}
      {may && (
        <button type="button" className={`bare ${s.addTag}`} onClick={() => setEditing(true)}>
          <Plus aria-hidden />
          {t("contact.addTag")}
        </button>
      )}
    </div>
  );
}
