import { useMutation, useQuery } from "@tanstack/react-query";
import { Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { addTeam, listHours, saveTeam, type TeamInput } from "@/api/team";
import type { Team } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useAgents } from "@/session/data";
import { GoalFields, noGoals } from "@/settings/Goals";
import { Failure } from "@/ui/States";
import { showFieldErrors } from "@/ui/useFormErrors";
import "@/i18n/more/settings";
import "@/i18n/more/team";
import "@/i18n/more/ui";

/** TeamForm adds a skill group or changes one. */
export function TeamForm({ team, close }: { team: Partial<Team>; close: () => void }) {
  const { t } = useTranslation();
  const agents = useAgents().data ?? [];
  const hours = useQuery({ queryKey: ["hours"], queryFn: listHours }).data ?? [];
  const [form] = Form.useForm<TeamInput>();
  const own = Form.useWatch("own_goals", form) ?? Boolean(team.goals);
  const save = useMutation({
    mutationFn: (v: TeamInput) => {
      const { own_goals, goals, ...rest } = v;
      const promised = own_goals ? { ...noGoals, ...goals } : undefined;
      if (!team.id)
        return addTeam({ ...rest, goals: promised, rating: v.rating === "tenant" ? undefined : v.rating });
      return saveTeam(team.id, { ...rest, hours: v.hours ?? "", goals: promised, own_goals });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.teams });
      void queryClient.invalidateQueries({ queryKey: keys.agents });
      close();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Modal
      open
      title={team.name ?? t("team.addTeam")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          ...team,
          hours: team.hours || undefined,
          rating: team.rating || "tenant",
          own_goals: Boolean(team.goals),
        }}
        onFinish={save.mutate}
      >
        <Form.Item
          name="name"
          label={t("column.name")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="members" label={t("team.members")}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            options={agents
              .filter((a) => !a.disabled && a.role !== "bot" && a.role !== "designer")
              .map((a) => ({ value: a.id, label: a.name }))}
          />
        </Form.Item>
        <Form.Item name="hours" label={t("settings.hours")} extra={t("team.hoursHelp")}>
          <Select
            allowClear
            placeholder={t("team.businessHours")}
            options={hours.map((h) => ({ value: h.id, label: h.name }))}
          />
        </Form.Item>
        <Form.Item name="own_goals" label={t("goals.title")} extra={own ? undefined : t("goals.lead")}>
          <Select
            options={[
              { value: false, label: t("goals.ofBusiness") },
              { value: true, label: t("goals.own") },
            ]}
          />
        </Form.Item>
        {own && <GoalFields name={["goals"]} />}
        <Form.Item name="rating" label={t("settings.rating")}>
          <Select
            options={(["tenant", "on", "off"] as const).map((value) => ({
              value,
              label: t(`rating.team_${value}`),
            }))}
          />
        </Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}
