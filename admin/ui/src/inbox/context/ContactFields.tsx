import { useState } from "react";
import { useTranslation } from "react-i18next";
import { saveContact } from "@/api/contacts";
import type { Contact, ID } from "@/api/types";
import { Attributes } from "@/contacts/Attributes";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { tongue } from "@/lib/tongue";
import { amend, keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import s from "./context.module.css";
import { useContact } from "./useContact";

const fields = ["name", "phone", "email"] as const;
type Field = (typeof fields)[number];

/** ContactFields are edited where they stand: press, type, Enter. */
export function ContactFields({ id }: { id: ID }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useContact(id);
  return (
    <Loaded query={query} rows={3}>
      {(contact) => (
        <dl className={s.fields}>
          {fields.map((f) => (
            <Editable key={f} contact={contact} field={f} />
          ))}
          {contact.locale && (
            <>
              <dt>{t("contact.locale")}</dt>
              <dd>{tongue(contact.locale, language)}</dd>
            </>
          )}
          <Attributes contact={contact} />
          {contact.blocked && (
            <>
              <dt>{t("contact.state")}</dt>
              <dd className={s.blocked}>{t("contact.blocked")}</dd>
            </>
          )}
        </dl>
      )}
    </Loaded>
  );
}

function Editable({ contact, field }: { contact: Contact; field: Field }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string>();
  const save = useDo(
    (value: string) => saveContact(contact.id, { [field]: value }),
    (saved) => {
      amend<Contact>(queryClient, keys.contact(contact.id), (had) => ({ ...had, ...saved }));
    },
  );
  const may = useCan()("contact.write");
  const label = t(`contact.${field}`);
  const done = () => {
    if (text !== undefined && text.trim() !== (contact[field] ?? "")) save.mutate(text.trim());
    setText(undefined);
  };
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <input
          className={s.edit}
          aria-label={label}
          value={text ?? contact[field] ?? ""}
          placeholder={may ? t("contact.add") : "–"}
          readOnly={!may}
          maxLength={200}
          onChange={(e) => setText(e.target.value)}
          onBlur={done}
          onKeyDown={(e) => {
            if (e.nativeEvent.isComposing) return;
            if (e.key === "Enter") e.currentTarget.blur();
            if (e.key === "Escape") setText(undefined);
          }}
        />
      </dd>
    </>
  );
}
