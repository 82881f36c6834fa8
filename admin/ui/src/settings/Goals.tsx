import { Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import type { Goals } from "@/api/types";
import "@/i18n/more/settings";

const goals = ["first", "next", "resolved"] as const;

/** GoalFields edits what customers are promised, in minutes of opening hours; empty promises nothing. */
export function GoalFields({ name }: { name: string[] }) {
  const { t } = useTranslation();
  return goals.map((goal) => (
    <Form.Item
      key={goal}
      name={[...name, goal]}
      label={t(`goals.${goal}`)}
      extra={t(`goals.${goal}_help`)}
      getValueProps={(n?: number) => ({ value: n || null })}
      normalize={(n: number | null) => n ?? 0}
    >
      <InputNumber
        min={0}
        max={43_200}
        precision={0}
        placeholder={t("goals.none")}
        suffix={t("business.minutes")}
        style={{ width: 160 }}
      />
    </Form.Item>
  ));
}

/** noGoals promise nothing. */
export const noGoals: Goals = { first: 0, next: 0, resolved: 0 };
