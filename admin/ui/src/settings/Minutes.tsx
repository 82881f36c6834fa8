import { InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import "@/i18n/more/settings";

interface Props {
  id?: string;
  /** In seconds, as the hub keeps it. */
  value?: number;
  onChange?: (seconds: number) => void;
}

/** Minutes edits a length of time kept in seconds; empty is never. */
export function Minutes({ id, value = 0, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <InputNumber
      id={id}
      min={0}
      max={43_200}
      step={1}
      value={value ? value / 60 : null}
      placeholder={t("business.never")}
      suffix={t("business.minutes")}
      style={{ width: 160 }}
      onChange={(n) => onChange?.(Math.round((n ?? 0) * 60))}
    />
  );
}
