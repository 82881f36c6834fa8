import { Button, Table, Tabs } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteAgent, deleteTeam } from "@/api/team";
import type { Agent, ID, Team as TeamRow } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useAgents, useNames, useTeams } from "@/session/data";
import { useCan, useSession } from "@/session/useSession";
import { SettingsPage } from "@/settings/SettingsPage";
import { Avatar } from "@/ui/Avatar";
import { ConfirmButton } from "@/ui/Confirm";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { AgentForm } from "./AgentForm";
import { TeamForm } from "./TeamForm";

type Tab = "agents" | "teams";

/** Team is the people who serve and the skill groups they are in. */
export function Team() {
  const { t } = useTranslation();
  const can = useCan();
  const [tab, setTab] = useState<Tab>("agents");
  const [agent, setAgent] = useState<Partial<Agent>>();
  const [team, setTeam] = useState<Partial<TeamRow>>();
  const may = tab === "agents" ? can("agent.write") : can("team.write");
  return (
    <SettingsPage
      name="team"
      actions={
        may && (
          <Button
            type="primary"
            icon={<Plus aria-hidden />}
            onClick={() =>
              tab === "agents"
                ? setAgent({ role: "agent", max_load: 10, teams: [] })
                : setTeam({ members: [] })
            }
          >
            {t(tab === "agents" ? "team.addAgent" : "team.addTeam")}
          </Button>
        )
      }
    >
      <Tabs
        activeKey={tab}
        onChange={(key) => setTab(key as Tab)}
        items={[
          { key: "agents", label: t("team.agents"), children: <AgentTable edit={setAgent} /> },
          { key: "teams", label: t("team.teams"), children: <TeamTable edit={setTeam} /> },
        ]}
      />
      {agent && <AgentForm agent={agent} close={() => setAgent(undefined)} />}
      {team && <TeamForm team={team} close={() => setTeam(undefined)} />}
    </SettingsPage>
  );
}

function AgentTable({ edit }: { edit: (agent: Agent) => void }) {
  const { t } = useTranslation();
  const me = useSession().agent.id;
  const names = useNames();
  const can = useCan();
  const query = useAgents();
  const remove = useDo(deleteAgent, () => queryClient.invalidateQueries({ queryKey: keys.agents }));
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Table<Agent>
      rowKey="id"
      loading={query.isPending}
      dataSource={query.data}
      pagination={false}
      scroll={{ x: 760 }}
      onRow={(a) => (can("agent.write") ? { onClick: () => edit(a), style: { cursor: "pointer" } } : {})}
      columns={[
        {
          title: t("column.name"),
          key: "name",
          render: (_, a) => (
            <span className="row">
              <Avatar id={a.id} name={a.name} file={a.avatar} size={28} />
              <span>
                {a.name}
                {a.id === me && <span className="faint"> · {t("owner.you")}</span>}
                <span className="faint" style={{ display: "block" }}>
                  {a.email}
                </span>
              </span>
            </span>
          ),
        },
        { title: t("team.role"), dataIndex: "role", render: (r: Agent["role"]) => t(`role.${r}`) },
        {
          title: t("column.state"),
          key: "state",
          render: (_, a) =>
            a.disabled ? <span className="muted">{t("team.disabled")}</span> : t(`agentState.${a.state}`),
        },
        { title: t("team.load"), key: "load", render: (_, a) => `${a.load} / ${a.max_load}` },
        {
          title: t("team.teams"),
          dataIndex: "teams",
          render: (ids: ID[]) => ids.map(names).filter(Boolean).join(", "),
        },
        {
          key: "do",
          width: 52,
          onCell: () => ({ onClick: (e) => e.stopPropagation() }),
          render: (_, a) =>
            a.id !== me &&
            can("agent.write") && (
              <ConfirmButton
                type="text"
                size="small"
                danger
                icon={<Trash2 aria-hidden />}
                aria-label={t("team.deleteAgent", { name: a.name })}
                question={t("team.deleteAgentQuestion", { name: a.name })}
                onConfirm={() => remove.mutate(a.id)}
              />
            ),
        },
      ]}
    />
  );
}

function TeamTable({ edit }: { edit: (team: TeamRow) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const can = useCan();
  const query = useTeams();
  const remove = useDo(deleteTeam, () => queryClient.invalidateQueries({ queryKey: keys.teams }));
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <Table<TeamRow>
      rowKey="id"
      loading={query.isPending}
      dataSource={query.data}
      pagination={false}
      scroll={{ x: 560 }}
      locale={{ emptyText: t("team.noTeams") }}
      onRow={(x) => (can("team.write") ? { onClick: () => edit(x), style: { cursor: "pointer" } } : {})}
      columns={[
        { title: t("column.name"), dataIndex: "name" },
        {
          title: t("team.members"),
          dataIndex: "members",
          render: (ids: ID[]) => ids.map(names).filter(Boolean).join(", "),
        },
        { title: t("team.waiting"), dataIndex: "queued", width: 110 },
        {
          key: "do",
          width: 52,
          onCell: () => ({ onClick: (e) => e.stopPropagation() }),
          render: (_, x) =>
            can("team.write") && (
              <ConfirmButton
                type="text"
                size="small"
                danger
                icon={<Trash2 aria-hidden />}
                aria-label={t("team.deleteTeam", { name: x.name })}
                question={t("team.deleteTeamQuestion", { name: x.name })}
                onConfirm={() => remove.mutate(x.id)}
              />
            ),
        },
      ]}
    />
  );
}
