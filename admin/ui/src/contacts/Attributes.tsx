import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listAttributes } from "@/api/book";
import { saveContact } from "@/api/contacts";
import type { Attribute, Contact } from "@/api/types";
import s from "@/inbox/context/context.module.css";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import "@/i18n/more/contacts";

export const useAttributes = () => useQuery({ queryKey: ["attributes"], queryFn: listAttributes });

/** Attributes are what the tenant keeps of its contacts, each edited as its kind is; what a program added is shown after them. */
export function Attributes({ contact }: { contact: Contact }) {
  const defined = useAttributes().data;
  const { t } = useTranslation();
  const may = useCan()("contact.write");
  const save = useDo(
    (change: Record<string, string>) => saveContact(contact.id, { attributes: change }),
    (saved) => amend<Contact>(queryClient, keys.contact(contact.id), () => saved),
  );
  if (!defined) return null;
  const values = contact.attributes ?? {};
  const others = Object.keys(values).filter((k) => !defined.some((a) => a.key === k));
  return (
    <>
      {contact.external_id && <Pair name={t("book.externalId")} value={contact.external_id} />}
      {defined.map((a) => (
        <Row key={a.id} name={a.name}>
          <Value
            attribute={a}
            value={values[a.key] ?? ""}
            disabled={!may}
            save={(value) => save.mutate({ [a.key]: value })}
          />
        </Row>
      ))}
      {others.map((k) => (
        <Pair key={k} name={k} value={values[k]!} />
      ))}
    </>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="cut" title={name}>
        {name}
      </dt>
      <dd>{children}</dd>
    </>
  );
}

const Pair = ({ name, value }: { name: string; value: string }) => <Row name={name}>{value}</Row>;

interface ValueProps {
  attribute: Attribute;
  value: string;
  disabled: boolean;
  save: (value: string) => void;
}

function Value({ attribute: a, value, disabled, save }: ValueProps) {
  const { t } = useTranslation();
  const [text, setText] = useState<string>();
  const [at, setAt] = useState(false);
  if (a.kind === "choice" || a.kind === "yes_no") {
    const options =
      a.kind === "choice"
        ? a.options.map((o) => [o, o] as const)
        : ([
            ["true", t("book.yes")],
            ["false", t("book.no")],
          ] as const);
    return (
      <select
        className={s.edit}
        data-empty={!value || undefined}
        aria-label={a.name}
        value={value}
        disabled={disabled}
        onChange={(e) => save(e.target.value)}
      >
        <option value="">{disabled ? "–" : t("contact.add")}</option>
        {options.map(([v, label]) => (
          <option key={v} value={v}>
            {label}
          </option>
        ))}
        {value && !options.some(([v]) => v === value) && <option value={value}>{value}</option>}
      </select>
    );
  }
  const done = () => {
    if (text !== undefined && text.trim() !== value) save(text.trim());
    setText(undefined);
    setAt(false);
  };
  return (
    <input
      className={s.edit}
      // An empty date would show a pattern in the browser's language, not in ours.
      type={a.kind === "date" && (value || at) ? "date" : "text"}
      inputMode={a.kind === "number" ? "decimal" : undefined}
      aria-label={a.name}
      value={text ?? value}
      placeholder={t("contact.add")}
      maxLength={1000}
      disabled={disabled}
      onChange={(e) => setText(e.target.value)}
      onFocus={() => setAt(true)}
      onBlur={done}
      onKeyDown={(e) => {
        if (e.nativeEvent.isComposing) return;
        if (e.key === "Enter") e.currentTarget.blur();
        if (e.key === "Escape") setText(undefined);
      }}
    />
  );
}
