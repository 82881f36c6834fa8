import { Input, Modal } from "antd";
import { AlarmClock, CalendarClock, MessageCircleReply } from "lucide-react";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/i18n/words";
import { soon, zoneName } from "@/lib/time";
import { instantOf, presets, wallOf } from "@/lib/zone";
import s from "./dialogs.module.css";
import "@/i18n/more/inbox";

interface Props {
  title: string;
  pending: boolean;
  close: () => void;
  /** Without a time, until the customer writes. */
  pick: (until: string | undefined, why: string) => void;
}

/** SnoozePick asks until when: arrows or digits choose, Enter takes. Times are of the agent's zone. */
export function SnoozePick({ title, pending, close, pick }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // At once, so that no digit is lost while the dialog opens.
  const [first] = useState(() => (el: HTMLDivElement | null) => {
    list.current = el;
    el?.focus();
  });
  const [zone] = useState(zoneName);
  const [now] = useState(Date.now);
  const [at, setAt] = useState(0);
  const [why, setWhy] = useState("");
  const pad = (n: number) => String(n).padStart(2, "0");
  const [own, setOwn] = useState(() => {
    const w = wallOf(now + 2 * 86_400_000, zone);
    return `${w.year}-${pad(w.month)}-${pad(w.day)}T09:00`;
  });
  const ownAt = () => {
    const [year, month, day, hour, minute] = own.split(/[-T:]/).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return instantOf({ year, month, day, hour, minute }, zone);
  };
  const choices = [
    ...presets(now, zone).map((p) => ({
      id: p.id,
      icon: AlarmClock,
      until: () => p.at as number | undefined,
    })),
    { id: "reply" as const, icon: MessageCircleReply, until: () => undefined as number | undefined },
    { id: "own" as const, icon: CalendarClock, until: () => ownAt() as number | undefined },
  ];
  const chosen = choices[at]!;
  const past = chosen.id === "own" && !((chosen.until() ?? 0) > Date.now());
  const take = (i: number) => {
    const until = choices[i]!.until();
    if (until !== undefined && !(until > Date.now())) return;
    pick(until === undefined ? undefined : new Date(until).toISOString(), why.trim());
  };

  return (
    <Modal
      open
      title={title}
      onCancel={close}
      okText={t("action.snooze")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: pending, disabled: past }}
      onOk={() => take(at)}
      afterOpenChange={(open) => open && list.current?.focus()} // the dialog is opened to choose here
      width={440}
    >
      <p className="muted" id={id}>
        {t("snooze.lead")}
      </p>
      <div
        className={s.times}
        role="listbox"
        tabIndex={0}
        ref={first}
        aria-label={title}
        aria-describedby={id}
        aria-activedescendant={`${id}${chosen.id}`}
        onKeyDown={(e) => {
          const digit = Number(e.key);
          if (e.key === "ArrowDown") setAt(Math.min(choices.length - 1, at + 1));
          else if (e.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else if (e.key === "Enter" && !pending) take(at);
          else if (digit >= 1 && digit <= choices.length) {
            setAt(digit - 1);
            if (choices[digit - 1]!.id !== "own" && !pending) take(digit - 1);
          } else return;
          e.preventDefault();
        }}
      >
        {choices.map((c, i) => {
          const until = c.until();
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the list, as a listbox wants
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are read by the list
            <div
              key={c.id}
              id={`${id}${c.id}`}
              role="option"
              aria-selected={i === at}
              className={s.choice}
              onClick={() => setAt(i)}
              onDoubleClick={() => take(i)}
            >
              <c.icon aria-hidden />
              <span className="grow cut">{t(`snooze.${c.id}`)}</span>
              {c.id !== "own" && until !== undefined && (
                <time className="faint" dateTime={new Date(until).toISOString()}>
                  {soon(new Date(until).toISOString(), language)}
                </time>
              )}
              <kbd className={s.digit} aria-hidden>
                {i + 1}
              </kbd>
            </div>
          );
        })}
      </div>
      {chosen.id === "own" && (
        <Input
          type="datetime-local"
          value={own}
          aria-label={t("snooze.own")}
          status={past ? "error" : undefined}
          onChange={(e) => setOwn(e.target.value)}
          onPressEnter={() => take(at)}
          suffix={<span className="faint">{zone}</span>}
          style={{ marginBottom: 8 }}
        />
      )}
      {past && (
        <p role="alert" className={s.bad}>
          {t("snooze.past")}
        </p>
      )}
      <Input
        value={why}
        maxLength={500}
        placeholder={t("snooze.why")}
        aria-label={t("snooze.why")}
        onChange={(e) => setWhy(e.target.value)}
        onPressEnter={(e) => !e.nativeEvent.isComposing && take(at)}
      />
    </Modal>
  );
}
