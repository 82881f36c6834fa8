import { Input } from "antd";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import s from "./widget.module.css";

interface Props {
  label: ReactNode;
  help?: ReactNode;
  wrong?: string;
  children: (same: { id: string; "aria-describedby"?: string; status?: "error" }) => ReactNode;
}

/** Field is a labelled control with what is wrong with it beneath. */
export function Field({ label, help, wrong, children }: Props) {
  const id = useId();
  return (
    <div className={s.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-describedby": wrong || help ? `${id}-x` : undefined,
        status: wrong ? "error" : undefined,
      })}
      {(wrong || help) && (
        <small id={`${id}-x`} className={wrong ? s.bad : "faint"} role={wrong ? "alert" : undefined}>
          {wrong || help}
        </small>
      )}
    </div>
  );
}

/** Both is one thing said in both languages. */
export function Both({
  label,
  zh,
  en,
  max,
  set,
}: {
  label: string;
  zh: string;
  en: string;
  max: number;
  set: (lang: "zh" | "en", value: string) => void;
}) {
  const { t: word } = useTranslation();
  return (
    <div className={s.pair}>
      <Field label={`${label} · ${word("language.zh")}`}>
        {(same) => (
          <Input {...same} value={zh} maxLength={max} onChange={(e) => set("zh", e.target.value)} lang="zh" />
        )}
      </Field>
      <Field label={`${label} · ${word("language.en")}`}>
        {(same) => (
          <Input {...same} value={en} maxLength={max} onChange={(e) => set("en", e.target.value)} lang="en" />
        )}
      </Field>
    </div>
  );
}
