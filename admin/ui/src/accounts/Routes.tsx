import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useBots, useTeams } from "@/session/data";
import "@/i18n/more/accounts";
import "@/i18n/more/bots";

/** Routes chooses who answers first and who after. */
export function Routes() {
  const { t } = useTranslation();
  const bots = useBots().data ?? [];
  const teams = useTeams().data ?? [];
  return (
    <>
      <Form.Item name="bot" label={t("routes.bot")} extra={t("routes.botHelp")}>
        <Select
          allowClear
          placeholder={t("routes.noBot")}
          options={bots.map((b) => ({
            value: b.id,
            label: b.published ? b.name : `${b.name} · ${t("bots.unpublished")}`,
            disabled: !b.published,
          }))}
        />
      </Form.Item>
      <Form.Item name="team" label={t("routes.team")} extra={t("routes.teamHelp")}>
        <Select
          allowClear
          placeholder={t("routes.noTeam")}
          options={teams.map((x) => ({ value: x.id, label: x.name }))}
        />
      </Form.Item>
    </>
  );
}
