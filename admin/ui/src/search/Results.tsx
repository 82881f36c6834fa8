import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Found } from "@/api/search";
import type { Contact, Row } from "@/api/types";
import { useSession } from "@/session/useSession";
import { Avatar } from "@/ui/Avatar";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import s from "./search.module.css";
import { viewOf } from "./where";
import "@/i18n/more/search";

/** Results are customers, conversations and messages, each a link. Arrow keys go from one to the next. */
export function Results({ pages }: { pages: Answer[] }) {
  const { t } = useTranslation("more");
  const [first] = pages;
  const messages = pages.flatMap((p) => p.items);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links in it take the focus, this only moves it
    <div onKeyDown={step}>
      <Group title={t("find.customers")} items={first?.customers ?? []} keyOf={(c) => c.id}>
        {(c) => <Person contact={c} />}
      </Group>
      <Group
        title={t("find.conversations")}
        items={first?.conversations ?? []}
        keyOf={(r) => r.conversation.id}
      >
        {(r) => <Round row={r} />}
      </Group>
      <Group title={t("find.messages")} items={messages} keyOf={(m) => m.id}>
        {(m) => <Message found={m} />}
      </Group>
    </div>
  );
}

/** step moves the focus between results; from the first one up lies the field. */
function step(e: React.KeyboardEvent<HTMLElement>) {
  const by = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
  if (!by) return;
  const all = [...document.querySelectorAll<HTMLElement>("[data-result], [data-search-field] input")];
  const to = all[all.indexOf(document.activeElement as HTMLElement) + by];
  if (!to) return;
  e.preventDefault();
  to.focus();
}

function Group<T>({
  title,
  items,
  keyOf,
  children,
}: {
  title: string;
  items: T[];
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}) {
  if (items.length === 0) return null;
  return (
    <section className={s.group} aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {items.map((item) => (
          <li key={keyOf(item)}>{children(item)}</li>
        ))}
      </ul>
    </section>
  );
}

function Person({ contact: c }: { contact: Contact }) {
  const name = useContactName()(c);
  return (
    <Link to="/contacts/$id" params={{ id: c.id }} className={s.result} data-result>
      <Avatar id={c.id} name={name} file={c.avatar} size={32} />
      <span className={s.lines}>
        <strong className="cut">{name}</strong>
        <span className="muted cut">{[c.email, c.phone].filter(Boolean).join(" · ")}</span>
      </span>
    </Link>
  );
}

function Round({ row: { conversation: c, contact, account } }: { row: Row }) {
  const me = useSession().agent.id;
  const name = useContactName()(contact);
  return (
    <Link
      to="/inbox/$view/$conversation"
      params={{ view: viewOf(c.owner, me), conversation: c.id }}
      search={{}}
      className={s.result}
      data-result
    >
      <Avatar id={contact.id} name={name} file={contact.avatar} size={32} />
      <span className={s.lines}>
        <Head name={name} kind={account.kind} place={account.name} at={c.last_at} />
        <span className="muted cut">{c.last_text}</span>
      </span>
    </Link>
  );
}

function Message({ found: m }: { found: Found }) {
  const { t } = useTranslation();
  const me = useSession().agent.id;
  const name = useContactName()(m.contact);
  const by =
    m.from === "customer"
      ? ""
      : m.from === "note"
        ? `${t("said.note")} · ${m.name ?? ""}`
        : m.name || t(`said.${m.from as "agent" | "bot"}`);
  return (
    <Link
      to="/inbox/$view/$conversation"
      params={{ view: viewOf(m.owner, me), conversation: m.conversation }}
      search={{}}
      hash={`m${m.pos}`}
      className={s.result}
      data-result
    >
      <Avatar id={m.contact.id} name={name} file={m.contact.avatar} size={32} />
      <span className={s.lines}>
        <Head name={name} kind={m.account.kind} place={m.account.name} at={m.at} />
        <span className={s.snippet}>
          {by && <span className="muted">{by}: </span>}
          {m.snippet?.map((run, i) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of one text
            run.hit ? <mark key={i}>{run.text}</mark> : <span key={i}>{run.text}</span>,
          )}
        </span>
      </span>
    </Link>
  );
}

function Head({ name, kind, place, at }: { name: string; kind: string; place: string; at: string }) {
  return (
    <span className={s.head}>
      <strong className="cut">{name}</strong>
      <span className={`muted cut ${s.place}`}>
        <ChannelIcon kind={kind} size={13} /> {place}
      </span>
      <span className="muted">
        <Ago at={at} />
      </span>
    </span>
  );
}
