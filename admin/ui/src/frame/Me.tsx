import { useNavigate } from "@tanstack/react-router";
import { Dropdown, type MenuProps } from "antd";
import { Check, Keyboard, Languages, LogOut, Moon, Sun, SunMoon, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { perform } from "@/actions/store";
import { saveProfile, setState } from "@/api/session";
import { signOut } from "@/api/signin";
import type { AgentState, Session } from "@/api/types";
import { type Language, languages, speak } from "@/i18n";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { useAgents } from "@/session/data";
import { useSession } from "@/session/useSession";
import { type Mode, useMode } from "@/theme/mode";
import { Avatar } from "@/ui/Avatar";
import { useDo } from "@/ui/useDo";
import s from "./frame.module.css";

const states: AgentState[] = ["online", "busy", "away", "invisible"];
const modes = { light: Sun, dark: Moon, system: SunMoon } as const;

/** Me is one's own state, how much one carries, and what is one's own: language, theme, profile. */
export function Me() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { agent } = useSession();
  // The list of all moves with the feed, and the session with the list.
  const load = useAgents().data?.find((a) => a.id === agent.id)?.load ?? agent.load;
  const language = useLanguage();
  const { mode, setMode } = useMode();
  const change = useDo(setState, (_, state) =>
    amend<Session>(queryClient, keys.session, (x) => ({ ...x, agent: { ...x.agent, state } })),
  );
  const leave = useDo(signOut, () => {
    queryClient.clear();
    void navigate({ to: "/signin", search: {} });
  });
  const tick = (on: boolean) =>
    on ? <Check aria-hidden /> : <span style={{ width: 16, display: "inline-block" }} />;

  const menu: MenuProps = {
    items: [
      {
        key: "head",
        type: "group",
        label: `${agent.name} · ${t("me.load", { load, max: agent.max_load })}`,
        children: states.map((state) => ({
          key: `state ${state}`,
          icon: <span className={`${s.stateDot} ${s[state]}`} aria-hidden />,
          label: t(`agentState.${state}`),
          extra: agent.state === state ? <Check aria-hidden /> : undefined,
        })),
      },
      { type: "divider" },
      {
        key: "language",
        icon: <Languages aria-hidden />,
        label: t("profile.language"),
        children: languages.map((l) => ({
          key: `speak ${l}`,
          icon: tick(l === language),
          label: t(`language.${l}`),
        })),
      },
      {
        key: "theme",
        icon: <SunMoon aria-hidden />,
        label: t("profile.theme"),
        children: (Object.keys(modes) as Mode[]).map((m) => ({
          key: `theme ${m}`,
          icon: tick(m === mode),
          label: t(`theme.${m}`),
        })),
      },
      { key: "profile", icon: <UserRound aria-hidden />, label: t("profile.title") },
      { key: "help", icon: <Keyboard aria-hidden />, label: t("action.help") },
      { type: "divider" },
      { key: "leave", icon: <LogOut aria-hidden />, label: t("me.signOut") },
    ],
    onClick: ({ key }) => {
      const [what, value] = key.split(" ");
      if (what === "state") change.mutate(value as AgentState);
      else if (what === "theme") setMode(value as Mode);
      else if (what === "speak") {
        const language = value as Language;
        void speak(language);
        void saveProfile({ language }).catch(() => undefined);
      } else if (what === "profile")
        void navigate({ to: "/settings/$section", params: { section: "profile" } });
      else if (what === "help") perform("help");
      else if (what === "leave") leave.mutate(undefined);
    },
  };

  return (
    <Dropdown menu={menu} trigger={["click"]} placement="topLeft">
      <button type="button" className={`bare ${s.me}`}>
        <span className="sr">
          {`${agent.name}, ${t(`agentState.${agent.state}`)}, ${t("me.load", { load, max: agent.max_load })}`}
        </span>
        <span className={s.meFace}>
          <Avatar id={agent.id} name={agent.name} file={agent.avatar} size={32} />
          <span className={`${s.stateDot} ${s[agent.state]}`} aria-hidden />
        </span>
        <span className={s.load} aria-hidden>
          {load} / {agent.max_load}
        </span>
      </button>
    </Dropdown>
  );
}
