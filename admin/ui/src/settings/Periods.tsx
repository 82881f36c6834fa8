import { Button } from "antd";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Period } from "@/api/types";
import { clockOf, minutesOf, nextPeriod, wrong } from "./calendar";
import s from "./settings.module.css";
import "@/i18n/more/settings";

interface Props {
  label: string;
  value: Period[];
  onChange: (periods: Period[]) => void;
}

/** Periods are the opening times of one day; none is closed. */
export function Periods({ label, value, onChange }: Props) {
  const { t } = useTranslation();
  const problem = wrong(value);
  // A text of five characters: the browser's own time field writes 13:30 as 01:30 in some languages.
  const field = (i: number, end: "from" | "to") => (
    <input
      key={`${end} ${value[i]![end]}`}
      inputMode="numeric"
      maxLength={5}
      aria-label={`${label}, ${t(`hours.${end}`)}`}
      defaultValue={clockOf(value[i]![end])}
      onBlur={(e) => {
        const minutes = minutesOf(e.target.value, end === "to");
        if (minutes === undefined) e.target.value = clockOf(value[i]![end]);
        else if (minutes !== value[i]![end]) onChange(value.with(i, { ...value[i]!, [end]: minutes }));
      }}
      onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
    />
  );
  return (
    <div>
      <div className={s.periods}>
        {value.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: periods have no identity but their place
          <span key={i} className={s.period}>
            {field(i, "from")}–{field(i, "to")}
            <Button
              size="small"
              type="text"
              icon={<X aria-hidden />}
              aria-label={t("do.remove")}
              onClick={() => onChange(value.toSpliced(i, 1))}
            />
          </span>
        ))}
        {value.length === 0 && <span className="faint">{t("hours.closed")}</span>}
        <Button
          size="small"
          type="text"
          icon={<Plus aria-hidden />}
          aria-label={t("hours.addPeriod", { day: label })}
          onClick={() => onChange([...value, nextPeriod(value)])}
        />
      </div>
      {value.length > 0 && (
        <div className={s.strip} aria-hidden>
          {value.map((p) => (
            <i
              key={`${p.from} ${p.to}`}
              style={{ left: `${p.from / 14.4}%`, width: `${Math.max(0, p.to - p.from) / 14.4}%` }}
            />
          ))}
        </div>
      )}
      {problem && (
        <p role="alert" style={{ color: "var(--bad)", fontSize: 13 }}>
          {t(problem === "empty" ? "hours.emptyPeriod" : "hours.overlap")}
        </p>
      )}
    </div>
  );
}
