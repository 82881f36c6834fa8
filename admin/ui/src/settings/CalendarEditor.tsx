import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Select } from "antd";
import { Copy, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addHours, saveHours } from "@/api/team";
import type { Calendar, Holiday, Period } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { Field } from "@/ui/Field";
import { Failure } from "@/ui/States";
import { wrong } from "./calendar";
import { Periods } from "./Periods";
import s from "./settings.module.css";
import { zones } from "./zones";
import "@/i18n/more/ui";
import "@/i18n/more/settings";

interface Props {
  calendar: Calendar | undefined;
  close: () => void;
  done: () => void;
}

const weekdays = [0, 1, 2, 3, 4, 5, 6];
const usual: Period[] = [{ from: 540, to: 1080 }];

/** CalendarEditor is a week drawn day by day, then the days that differ. */
export function CalendarEditor({ calendar, close, done }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [name, setName] = useState(calendar?.name ?? "");
  const [zone, setZone] = useState(calendar?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [week, setWeek] = useState<Period[][]>(
    calendar ? weekdays.map((d) => calendar.week[d] ?? []) : weekdays.map((d) => (d < 5 ? usual : [])),
  );
  const [holidays, setHolidays] = useState<Holiday[]>(calendar?.holidays ?? []);
  const save = useMutation({
    mutationFn: () => {
      const input = { name: name.trim(), time_zone: zone, week, holidays: holidays.filter((h) => h.date) };
      return calendar ? saveHours(calendar.id, input) : addHours(input);
    },
    onSuccess: () => {
      done();
      close();
    },
  });
  const bad = week.some(wrong) || holidays.some((h) => wrong(h.periods ?? []));
  // 1 January 2024 was a Monday.
  const dayName = (d: number) =>
    new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(
      new Date(Date.UTC(2024, 0, 1 + d)),
    );
  return (
    <Modal
      open
      title={calendar ? calendar.name : t("hours.add")}
      width={760}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !name.trim() || bad, loading: save.isPending }}
      onOk={() => save.mutate()}
      mask={{ closable: false }}
      styles={{ body: { maxHeight: "70vh", overflow: "auto", paddingRight: 4 } }}
    >
      <Form layout="vertical" component="div">
        <Field label={t("column.name")}>
          <Input autoFocus value={name} maxLength={60} onChange={(e) => setName(e.target.value)} />
        </Field>
        <Field label={t("visit.zone")}>
          <Select showSearch value={zone} onChange={setZone} options={zones()} />
        </Field>
        <Form.Item label={t("hours.week")}>
          <div className={s.days}>
            {weekdays.map((d) => (
              <div key={d} className={s.dayRow}>
                <span>{dayName(d)}</span>
                <Periods label={dayName(d)} value={week[d]!} onChange={(p) => setWeek(week.with(d, p))} />
              </div>
            ))}
          </div>
          <Button
            size="small"
            type="text"
            icon={<Copy aria-hidden />}
            onClick={() => setWeek(weekdays.map((d) => (d < 5 ? week[0]! : week[d]!)))}
          >
            {t("hours.copyMonday")}
          </Button>
        </Form.Item>
        <Form.Item label={t("hours.holidays")} extra={t("hours.holidaysHelp")}>
          {holidays.map((h, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a day being typed has no identity yet
            <div key={i} className={s.holiday}>
              <Input
                type="date"
                value={h.date}
                aria-label={t("hours.date")}
                onChange={(e) => setHolidays(holidays.with(i, { ...h, date: e.target.value }))}
              />
              <Input
                value={h.name}
                maxLength={60}
                placeholder={t("hours.holidayName")}
                aria-label={t("hours.holidayName")}
                onChange={(e) => setHolidays(holidays.with(i, { ...h, name: e.target.value }))}
              />
              <Periods
                label={h.date}
                value={h.periods ?? []}
                onChange={(periods) => setHolidays(holidays.with(i, { ...h, periods }))}
              />
              <Button
                type="text"
                size="small"
                icon={<Trash2 aria-hidden />}
                aria-label={t("do.remove")}
                onClick={() => setHolidays(holidays.toSpliced(i, 1))}
              />
            </div>
          ))}
          <Button
            size="small"
            icon={<Plus aria-hidden />}
            onClick={() => setHolidays([...holidays, { date: "" }])}
          >
            {t("hours.addHoliday")}
          </Button>
        </Form.Item>
      </Form>
      {save.error && <Failure error={save.error} />}
    </Modal>
  );
}
