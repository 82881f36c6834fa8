import { Button, Input, Modal } from "antd";
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { merge } from "@/api/book";
import type { Contact } from "@/api/types";
import { useTags } from "@/session/data";
import { Avatar } from "@/ui/Avatar";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";
import { useAttributes } from "./Attributes";
import s from "./contacts.module.css";
import { useBook } from "./data";
import { afterMerge } from "./Same";
import "@/i18n/more/contacts";
import "@/i18n/more/settings";

interface Props {
  contact: Contact;
  first?: Contact;
  close: () => void;
}

/** MergeDialog finds the other contact, and shows side by side what will be kept before anything moves. */
export function MergeDialog({ contact, first, close }: Props) {
  const { t } = useTranslation();
  const [other, setOther] = useState(first);
  const [take, setTake] = useState<string[]>([]);
  const run = useDo(
    () => merge(contact.id, other!.id, take),
    () => {
      afterMerge();
      close();
    },
  );
  return (
    <Modal
      open
      title={t("book.mergeTitle")}
      onCancel={close}
      width={720}
      okText={t("book.mergeRun")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !other, loading: run.isPending }}
      onOk={() => run.mutate(undefined)}
    >
      {other ? (
        <>
          <p>{t("book.mergeLead")}</p>
          <SideBySide
            contact={contact}
            other={other}
            take={take}
            choose={(field, theirs) =>
              setTake((had) => [...had.filter((f) => f !== field), ...(theirs ? [field] : [])])
            }
          />
          <Button
            type="link"
            onClick={() => {
              setOther(undefined);
              setTake([]);
            }}
          >
            {t("book.otherChoice")}
          </Button>
        </>
      ) : (
        <Find contact={contact} choose={setOther} />
      )}
    </Modal>
  );
}

function Find({ contact, choose }: { contact: Contact; choose: (c: Contact) => void }) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const book = useBook({ q }, q !== "");
  const found = book.items.filter((c) => c.id !== contact.id).slice(0, 10);
  return (
    <div className="col" style={{ gap: 8 }}>
      <Input
        autoFocus
        prefix={<Search aria-hidden />}
        value={text}
        onChange={(e) => setText(e.target.value)}
        placeholder={t("book.mergeFind")}
        aria-label={t("book.mergeFind")}
      />
      {q !== "" && found.length === 0 && !book.isFetching && <p className="faint">{t("book.mergeNone")}</p>}
      <div>
        {q !== "" &&
          found.map((c) => (
            <button key={c.id} type="button" className={`bare ${s.pick}`} onClick={() => choose(c)}>
              <Avatar id={c.id} name={c.name} file={c.avatar} size={28} />
              <span className="grow cut">
                {contactName(c)}
                <span className="faint"> {[c.phone, c.email].filter(Boolean).join(" · ")}</span>
              </span>
            </button>
          ))}
      </div>
    </div>
  );
}

interface Side {
  field: string;
  label: string;
  mine: string;
  theirs: string;
}

function SideBySide({
  contact,
  other,
  take,
  choose,
}: {
  contact: Contact;
  other: Contact;
  take: string[];
  choose: (field: string, theirs: boolean) => void;
}) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const defined = useAttributes().data ?? [];
  const tags = useTags().data ?? [];
  const plain: Side[] = (["name", "phone", "email", "locale", "external_id"] as const).map((f) => ({
    field: f,
    label: t(`book.col_${f}`),
    mine: contact[f] ?? "",
    theirs: other[f] ?? "",
  }));
  const keys = new Set([...Object.keys(contact.attributes ?? {}), ...Object.keys(other.attributes ?? {})]);
  const rows = plain
    .concat(
      [...keys].map((k) => ({
        field: `attributes.${k}`,
        label: defined.find((a) => a.key === k)?.name ?? k,
        mine: contact.attributes?.[k] ?? "",
        theirs: other.attributes?.[k] ?? "",
      })),
    )
    .filter((r) => r.mine || r.theirs);
  const tagged = (c: Contact) =>
    c.tags
      .map((id) => tags.find((x) => x.id === id)?.name)
      .filter(Boolean)
      .join(" · ");
  return (
    <div className={s.scroll}>
      <table className={s.side}>
        <thead>
          <tr>
            <th scope="col">{t("book.field")}</th>
            <th scope="col">
              {t("book.keep")} · {contactName(contact)}
            </th>
            <th scope="col">
              {t("book.other")} · {contactName(other)}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => {
            // Where only one has something, that stays.
            const theirs = !r.mine || take.includes(r.field);
            const open = r.mine !== "" && r.theirs !== "" && r.mine !== r.theirs;
            return (
              <tr key={r.field}>
                <th scope="row">{r.label}</th>
                {[false, true].map((side) => {
                  const value = side ? r.theirs : r.mine;
                  return (
                    <td key={String(side)}>
                      {open ? (
                        <label>
                          <input
                            type="radio"
                            name={r.field}
                            checked={theirs === side}
                            onChange={() => choose(r.field, side)}
                          />
                          {value}
                        </label>
                      ) : (
                        value
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
          {contact.tags.length + other.tags.length > 0 && (
            <tr>
              <th scope="row">{t("settings.tags")}</th>
              <td>{tagged(contact)}</td>
              <td>{tagged(other)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
