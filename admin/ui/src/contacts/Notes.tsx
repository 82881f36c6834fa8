import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Pencil, Trash2 } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useTranslation } from "react-i18next";
import { addNote, deleteNote, listNotes, type Note, saveNote } from "@/api/book";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { useNames } from "@/session/data";
import { useCan, useSession } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useDo } from "@/ui/useDo";
import s from "./contacts.module.css";
import "@/i18n/more/contacts";

/** Notes are what colleagues wrote down about a person: who, when, and theirs to change. */
export function Notes({ contact }: { contact: ID }) {
  const { t } = useTranslation();
  const may = useCan()("contact.write");
  const [text, setText] = useState("");
  const queryKey = ["contacts", "notes", contact];
  const query = useQuery({ queryKey, queryFn: () => listNotes(contact) });
  const refresh = () => queryClient.invalidateQueries({ queryKey });
  const add = useDo(
    () => addNote(contact, text.trim()),
    () => {
      setText("");
      return refresh();
    },
  );
  return (
    <div className="col" style={{ gap: 12 }}>
      {may && (
        <form
          className={s.write}
          onSubmit={(e) => {
            e.preventDefault();
            if (text.trim()) add.mutate(undefined);
          }}
        >
          <Lines
            value={text}
            onChange={(e) => setText(e.target.value)}
            placeholder={t("book.noteText")}
            aria-label={t("book.noteText")}
            onKeyDown={(e) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing)
                e.currentTarget.form?.requestSubmit();
            }}
          />
          {text.trim() && (
            <Button htmlType="submit" size="small" type="primary" loading={add.isPending}>
              {t("book.addNote")}
            </Button>
          )}
        </form>
      )}
      <Loaded query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{t("book.noNotes")}</p>
          ) : (
            <ul className={s.notes}>
              {items.map((n) => (
                <OneNote key={n.id} note={n} refresh={refresh} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

/** Lines is a field as tall as its text, up to eight lines; the library's weighs more than all else beside a conversation. */
function Lines({ least = 1, ...props }: ComponentProps<"textarea"> & { value: string; least?: number }) {
  const rows = Math.min(8, Math.max(least, props.value.split("\n").length));
  const minHeight = least * 22 + 10;
  return <textarea {...props} className={s.field} style={{ minHeight }} rows={rows} maxLength={5000} />;
}

function OneNote({ note, refresh }: { note: Note; refresh: () => unknown }) {
  const { t } = useTranslation();
  const names = useNames();
  const can = useCan();
  const me = useSession().agent.id;
  const [text, setText] = useState<string>();
  const save = useDo(
    (v: string) => saveNote(note.contact, note.id, v),
    () => {
      setText(undefined);
      return refresh();
    },
  );
  const remove = useDo(() => deleteNote(note.contact, note.id), refresh);
  const mine = note.author === me ? can("contact.write") : can("note.write");
  return (
    <li>
      <div className={s.noteHead}>
        <span className="grow cut">
          <strong>{names(note.author) || t("book.program")}</strong>{" "}
          <span className="faint">
            <Ago at={note.created} />
            {note.edited && ` · ${t("book.edited")}`}
          </span>
        </span>
        {mine && text === undefined && (
          <>
            <Button
              type="text"
              size="small"
              icon={<Pencil aria-hidden />}
              aria-label={t("book.editNote")}
              onClick={() => setText(note.body)}
            />
            <ConfirmButton
              type="text"
              size="small"
              danger
              icon={<Trash2 aria-hidden />}
              aria-label={t("book.deleteNote")}
              question={t("book.deleteNoteQuestion")}
              onConfirm={() => remove.mutate(undefined)}
            />
          </>
        )}
      </div>
      {text === undefined ? (
        <p>{note.body}</p>
      ) : (
        <div className={s.write}>
          <Lines
            autoFocus
            value={text}
            least={2}
            aria-label={t("book.editNote")}
            onChange={(e) => setText(e.target.value)}
          />
          <span className="row">
            <Button
              size="small"
              type="primary"
              disabled={!text.trim()}
              loading={save.isPending}
              onClick={() => save.mutate(text.trim())}
            >
              {t("do.save")}
            </Button>
            <Button size="small" onClick={() => setText(undefined)}>
              {t("do.cancel")}
            </Button>
          </span>
        </div>
      )}
    </li>
  );
}
