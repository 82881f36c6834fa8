import { useMutation } from "@tanstack/react-query";
import { Button, Table, Tabs } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteTeam, makePasswordLink } from "@/api/team";
import type { Agent, ID, Team as TeamRow } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useNames, useTeams } from "@/session/data";
import { useCan } from "@/session/useSession";
import { SettingsPage } from "@/settings/SettingsPage";
import { ConfirmButton } from "@/ui/Confirm";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import { AgentForm } from "./AgentForm";
import { AgentTable } from "./AgentTable";
import { LinkDialog } from "./LinkDialog";
import { TeamForm } from "./TeamForm";
import "@/i18n/more/team";
import "@/i18n/more/ui";

type Tab = "agents" | "teams";

/** Team is the people who serve and the skill groups they are in. */
export function Team() {
  const { t } = useTranslation();
  const can = useCan();
  const [tab, setTab] = useState<Tab>("agents");
  const [agent, setAgent] = useState<Partial<Agent>>();
  const [team, setTeam] = useState<Partial<TeamRow>>();
  const [linked, setLinked] = useState<Agent>();
  const link = useMutation({
    mutationFn: (agent: Agent) => makePasswordLink(agent.id),
    onMutate: setLinked,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["access"] }),
  });
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
          {
            key: "agents",
            label: t("team.agents"),
            children: <AgentTable edit={setAgent} link={link.mutate} />,
          },
          { key: "teams", label: t("team.teams"), children: <TeamTable edit={setTeam} /> },
        ]}
      />
      {agent && <AgentForm agent={agent} close={() => setAgent(undefined)} invite={link.mutate} />}
      {linked && <LinkDialog agent={linked} link={link} close={() => setLinked(undefined)} />}
      {team && <TeamForm team={team} close={() => setTeam(undefined)} />}
    </SettingsPage>
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
    <Wide min={560}>
      <Table<TeamRow>
        rowKey="id"
        loading={query.isPending}
        dataSource={query.data}
        pagination={false}
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
            title: <span className="sr">{t("column.actions")}</span>,
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
    </Wide>
  );
}
