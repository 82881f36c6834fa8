import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { GitMerge, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listLike, listMerges, undoMerge } from "@/api/book";
import type { Contact } from "@/api/types";
import { queryClient } from "@/lib/query";
import { useNames } from "@/session/data";
import { Avatar } from "@/ui/Avatar";
import { ConfirmButton } from "@/ui/Confirm";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";
import s from "./contacts.module.css";
import { MergeDialog } from "./MergeDialog";
import "@/i18n/more/contacts";

/** Everything a merge or its undo may have changed. */
export function afterMerge(): void {
  for (const key of ["contact", "contacts", "identities", "conversations"])
    void queryClient.invalidateQueries({ queryKey: [key] });
}

/** Same is who may be the same person, and who was found to be. */
export function Same({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const names = useNames();
  const [other, setOther] = useState<Contact | "choose">();
  const like = useQuery({
    queryKey: ["contacts", "like", contact.id, contact.updated],
    queryFn: () => listLike(contact.id),
  }).data;
  const merges = useQuery({
    queryKey: ["contacts", "merges", contact.id],
    queryFn: () => listMerges(contact.id),
  }).data;
  const undo = useDo((m: string) => undoMerge(contact.id, m), afterMerge);
  const newest = merges?.find((m) => !m.undone)?.id;
  return (
    <div className="col" style={{ gap: 12 }}>
      {like?.length === 0 && <p className="faint">{t("book.noLike")}</p>}
      {like && like.length > 0 && (
        <ul className={s.like}>
          {like.map(({ contact: c, why }) => (
            <li key={c.id}>
              <Avatar id={c.id} name={c.name} file={c.avatar} size={28} />
              <span className="grow">
                {contactName(c)}
                <span className="faint">
                  {" "}
                  · {why.map((w) => t(`book.why_${w}` as "book.why_phone")).join(" · ")}
                </span>
              </span>
              <Button size="small" onClick={() => setOther(c)}>
                {t("book.mergeThis")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {merges && merges.length > 0 && (
        <ul className={s.like}>
          {merges.map((m) => (
            <li key={m.id}>
              <GitMerge aria-hidden size={16} />
              <span className="grow">
                {t("book.mergedLine", { name: contactName({ id: m.gone, name: m.name }) })}
                <span className="faint">
                  {" "}
                  · {names(m.by)} <Ago at={m.at} />
                  {m.undone && ` · ${t("book.undone")}`}
                </span>
              </span>
              {m.id === newest && (
                <ConfirmButton
                  size="small"
                  icon={<Undo2 aria-hidden />}
                  question={t("book.undoQuestion", { name: contactName({ id: m.gone, name: m.name }) })}
                  onConfirm={() => undo.mutate(m.id)}
                >
                  {t("book.undo")}
                </ConfirmButton>
              )}
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button icon={<GitMerge aria-hidden />} onClick={() => setOther("choose")}>
          {t("book.merge")}
        </Button>
      </div>
      {other && (
        <MergeDialog
          contact={contact}
          first={other === "choose" ? undefined : other}
          close={() => setOther(undefined)}
        />
      )}
    </div>
  );
}
