import { useQuery } from "@tanstack/react-query";
import { App, Button, Dropdown, Table } from "antd";
import { Ellipsis, Link2, Link2Off, ShieldCheck, ShieldOff, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { deleteAgent, listAccess, revokePasswordLink, takeSecondFactor } from "@/api/team";
import type { Access, Agent, ID } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { soon } from "@/lib/time";
import { keys } from "@/live/cache";
import { useAgents, useNames } from "@/session/data";
import { useCan, useSession } from "@/session/useSession";
import { Avatar } from "@/ui/Avatar";
import { Failure } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Wide } from "@/ui/Wide";
import s from "./team.module.css";
import "@/i18n/more/session";
import "@/i18n/more/team";
import "@/i18n/more/ui";

interface Props {
  edit: (agent: Agent) => void;
  link: (agent: Agent) => void;
}

/** AgentTable is the people who serve: what they carry, and how they sign in. */
export function AgentTable({ edit, link }: Props) {
  const { t } = useTranslation();
  const me = useSession().agent.id;
  const names = useNames();
  const may = useCan()("agent.write");
  const query = useAgents();
  const access = useQuery({ queryKey: ["access"], queryFn: listAccess, enabled: may });
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  const how = new Map(access.data?.map((a) => [a.agent, a]));
  return (
    <Wide min={may ? 900 : 760}>
      <Table<Agent>
        rowKey="id"
        loading={query.isPending}
        dataSource={query.data}
        pagination={false}
        onRow={(a) => (may ? { onClick: () => edit(a), style: { cursor: "pointer" } } : {})}
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
          ...(may
            ? [
                {
                  title: t("team.access"),
                  key: "access",
                  render: (_: unknown, a: Agent) => <How access={how.get(a.id)} />,
                },
              ]
            : []),
          { title: t("team.load"), key: "load", render: (_, a) => `${a.load} / ${a.max_load}` },
          {
            title: t("team.teams"),
            dataIndex: "teams",
            render: (ids: ID[]) => ids.map(names).filter(Boolean).join(", "),
          },
          {
            key: "do",
            title: <span className="sr">{t("do.more")}</span>,
            width: 52,
            onCell: () => ({ onClick: (e) => e.stopPropagation() }),
            render: (_, a) => a.id !== me && may && <More agent={a} access={how.get(a.id)} link={link} />,
          },
        ]}
      />
    </Wide>
  );
}

/** counts reports whether somebody has a link that can still be used. */
const counts = (access: Access | undefined) => Date.parse(access?.link ?? "") > Date.now();

/** How says in a word how somebody signs in. */
function How({ access }: { access: Access | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!access) return null;
  if (!access.password) {
    return (
      <span className="muted">
        {t(counts(access) ? "team.invited" : access.link ? "team.inviteOver" : "team.notInvited")}
        {counts(access) && (
          <span className="faint" style={{ display: "block" }}>
            {t("team.linkUntilShort", { at: soon(access.link!, language) })}
          </span>
        )}
      </span>
    );
  }
  if (!access.second_factor) return t("signIn.password");
  return (
    <span className={s.how}>
      <ShieldCheck aria-hidden />
      {t("twoStep.name")}
    </span>
  );
}

interface MoreProps {
  agent: Agent;
  access: Access | undefined;
  link: (agent: Agent) => void;
}

/** More is what is done rarely, each with a question where it cannot be undone. */
function More({ agent, access, link }: MoreProps) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const fresh = () => queryClient.invalidateQueries({ queryKey: ["access"] });
  const revoke = useDo(revokePasswordLink, () => {
    message.success(t("team.revoked"));
    return fresh();
  });
  const remove = useDo(deleteAgent, () => queryClient.invalidateQueries({ queryKey: keys.agents }));
  const take = useDo(takeSecondFactor, fresh);
  const ask = (title: string, content: string, okText: string, run: () => unknown) =>
    modal.confirm({
      title,
      content,
      okText,
      cancelText: t("do.cancel"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => void run(),
    });
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          {
            key: "link",
            icon: <Link2 aria-hidden />,
            label: t(access && !access.password ? "team.renew" : "team.makeLink"),
            disabled: Boolean(agent.disabled),
            onClick: () => link(agent),
          },
          ...(counts(access)
            ? [
                {
                  key: "revoke",
                  icon: <Link2Off aria-hidden />,
                  label: t("team.revoke"),
                  onClick: () => revoke.mutate(agent.id),
                },
              ]
            : []),
          {
            key: "factor",
            icon: <ShieldOff aria-hidden />,
            label: t("team.takeFactor"),
            disabled: !access?.second_factor,
            onClick: () =>
              ask(
                t("team.takeFactor"),
                t("team.takeFactorQuestion", { name: agent.name }),
                t("do.remove"),
                () => take.mutate(agent.id),
              ),
          },
          { type: "divider" },
          {
            key: "delete",
            icon: <Trash2 aria-hidden />,
            danger: true,
            label: t("do.delete"),
            onClick: () =>
              ask(
                t("team.deleteAgent", { name: agent.name }),
                t("team.deleteAgentQuestion", { name: agent.name }),
                t("do.delete"),
                () => remove.mutate(agent.id),
              ),
          },
        ],
      }}
    >
      <Button
        type="text"
        size="small"
        icon={<Ellipsis aria-hidden />}
        aria-label={t("team.more", { name: agent.name })}
      />
    </Dropdown>
  );
}
