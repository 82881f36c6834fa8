import { Input, Modal } from "antd";
import { Bot, UserRound, Users } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { matches } from "@/actions/search";
import type { Target } from "@/api/inbox";
import type { ID } from "@/api/types";
import { useAgents, useBots, useTeams } from "@/session/data";
import s from "./dialogs.module.css";
import "@/i18n/more/inbox";

interface Choice {
  key: string;
  name: string;
  hint: string;
  full: boolean;
  target: Target;
  icon: typeof Bot;
}

interface Props {
  title: string;
  pending: boolean;
  /** Who has it already, and is not offered. */
  except: (ID | undefined)[];
  close: () => void;
  give: (to: Target, note: string, name: string) => void;
}

/** TargetPick chooses an agent, a team or a bot, with a word for whoever gets it. */
export function TargetPick({ title, pending, except, close, give }: Props) {
  const { t } = useTranslation();
  const agents = useAgents().data ?? [];
  const teams = useTeams().data ?? [];
  const bots = useBots().data ?? [];
  const [query, setQuery] = useState("");
  const [picked, setPicked] = useState<string>();
  const [note, setNote] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const take = (c: Choice) => !pending && give(c.target, note.trim(), c.name);

  const rank = { online: 0, busy: 1, away: 2, invisible: 3, offline: 4 };
  const choices: Choice[] = [
    ...teams.map((x) => ({
      key: x.id,
      name: x.name,
      hint: t("transfer.team", { members: x.members.length, queued: x.queued }),
      full: false,
      target: { team: x.id },
      icon: Users,
    })),
    ...agents
      .filter((a) => !except.includes(a.id) && !a.disabled && a.role !== "bot" && a.role !== "designer")
      .sort((a, b) => rank[a.state] - rank[b.state] || a.load - b.load)
      .map((a) => ({
        key: a.id,
        name: a.name,
        hint: `${t(`agentState.${a.state}`)} · ${a.load} / ${a.max_load}`,
        full: a.load >= a.max_load,
        target: { agent: a.id },
        icon: UserRound,
      })),
    ...bots
      .filter((b) => b.published > 0 && !except.includes(b.id))
      .map((b) => ({
        key: b.id,
        name: b.name,
        hint: t("owner.bot"),
        full: false,
        target: { bot: b.id },
        icon: Bot,
      })),
  ].filter((c) => matches(query, c.name));

  // Whoever is looked for stands first: what is typed chooses, Enter gives. Nobody is chosen out of sight.
  const at = choices.findIndex((c) => c.key === picked);
  const chosen = choices[at] ?? (query.trim() ? choices[0] : undefined);
  useEffect(() => {
    if (chosen?.key)
      list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen?.key]);

  return (
    <Modal
      open
      title={title}
      onCancel={close}
      okText={t("short.transfer")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !chosen, loading: pending }}
      onOk={() => chosen && take(chosen)}
      width={480}
    >
      <Input
        autoFocus
        allowClear
        value={query}
        placeholder={t("transfer.search")}
        aria-label={t("transfer.search")}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={chosen && id + chosen.key}
        onChange={(e) => setQuery(e.target.value)}
        onKeyDown={(e) => {
          if (e.nativeEvent.isComposing) return;
          const on = chosen ? choices.indexOf(chosen) : -1;
          if (e.key === "ArrowDown") setPicked(choices[Math.min(choices.length - 1, on + 1)]?.key);
          else if (e.key === "ArrowUp") setPicked(choices[Math.max(0, on - 1)]?.key);
          else if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && chosen) take(chosen);
          else return;
          e.preventDefault();
        }}
      />
      <div className={s.choices} id={id} role="listbox" aria-label={title} ref={list}>
        {choices.map((c) => (
          <button
            key={c.key}
            id={id + c.key}
            type="button"
            role="option"
            tabIndex={-1} // the field has the arrow keys for them
            aria-selected={c.key === chosen?.key}
            className={`bare ${s.choice}`}
            onClick={() => setPicked(c.key)}
            onDoubleClick={() => take(c)}
          >
            <c.icon aria-hidden />
            <span className="grow cut">{c.name}</span>
            <span className="faint">
              {c.hint}
              {c.full && ` · ${t("transfer.full")}`}
            </span>
          </button>
        ))}
        {choices.length === 0 && <p className="muted">{t("transfer.none")}</p>}
      </div>
      <Input.TextArea
        value={note}
        rows={2}
        maxLength={1000}
        placeholder={t("transfer.note")}
        aria-label={t("transfer.note")}
        onChange={(e) => setNote(e.target.value)}
      />
    </Modal>
  );
}
