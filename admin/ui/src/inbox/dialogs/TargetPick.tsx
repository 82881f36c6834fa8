import { Input, Modal } from "antd";
import { Bot, UserRound, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { matches } from "@/actions/search";
import type { Target } from "@/api/inbox";
import type { ID } from "@/api/types";
import { useAgents, useBots, useTeams } from "@/session/data";
import s from "./dialogs.module.css";

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
  give: (to: Target, note: string) => void;
}

/** TargetPick chooses an agent, a team or a bot, with a word for whoever gets it. */
export function TargetPick({ title, pending, except, close, give }: Props) {
  const { t } = useTranslation();
  const agents = useAgents().data ?? [];
  const teams = useTeams().data ?? [];
  const bots = useBots().data ?? [];
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Choice>();
  const [note, setNote] = useState("");
  const take = (c: Choice) => give(c.target, note.trim());

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
        onChange={(e) => setQuery(e.target.value)}
        onKeyDown={(e) => {
          if (e.nativeEvent.isComposing) return;
          const at = choices.findIndex((c) => c.key === chosen?.key);
          if (e.key === "ArrowDown") setChosen(choices[Math.min(choices.length - 1, at + 1)]);
          else if (e.key === "ArrowUp") setChosen(choices[Math.max(0, at - 1)]);
          else if (e.key === "Enter" && (chosen ?? choices.length === 1)) {
            if (chosen) take(chosen);
            else setChosen(choices[0]);
          } else return;
          e.preventDefault();
        }}
      />
      <div className={s.choices} role="listbox" aria-label={title}>
        {choices.map((c) => (
          <button
            key={c.key}
            type="button"
            role="option"
            aria-selected={c.key === chosen?.key}
            className={`bare ${s.choice}`}
            onClick={() => setChosen(c)}
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
