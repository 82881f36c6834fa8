import { Input, type InputRef } from "antd";
import { type Ref, type RefObject, useEffect, useId } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { useSaying } from "@/ui/States";
import s from "./session.module.css";
import "@/i18n/more/session";

interface Props {
  value: string;
  onChange: (code: string) => void;
  /** Six digits are there: nobody need press a button. */
  onFull: (code: string) => void;
  error?: string;
  disabled?: boolean;
  ref?: Ref<InputRef>;
}

/** CodeField takes the six digits of the app: one field, so that pasting, filling in and screen readers just work. */
export function CodeField({ value, onChange, onFull, error, disabled, ref }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={s.codeField}>
      <label htmlFor={id}>{t("twoStep.code")}</label>
      <Input
        id={id}
        ref={ref}
        className={s.code}
        value={value}
        disabled={disabled}
        size="large"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        status={error ? "error" : undefined}
        aria-invalid={Boolean(error)}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(e) => {
          const code = e.target.value.replace(/\D/g, "").slice(0, 6);
          onChange(code);
          if (code.length === 6 && code !== value) onFull(code);
        }}
      />
      {error && (
        <p id={`${id}-error`} role="alert" className={s.codeError}>
          {error}
        </p>
      )}
    </div>
  );
}

/** useWrongCode words the refusal of a code and has it typed anew: the field is emptied and has the focus. */
export function useWrongCode(
  error: unknown,
  field: RefObject<InputRef | null>,
  empty: (none: "") => void,
): string | undefined {
  const say = useSaying();
  useEffect(() => {
    if (!isWrong(error)) return;
    empty("");
    field.current?.focus();
  }, [error, field, empty]);
  if (!isWrong(error)) return undefined;
  const { text, remedy } = say(error);
  return [text, remedy].filter(Boolean).join(" ");
}

const isWrong = (error: unknown) => error instanceof ApiError && error.code === "second_factor_wrong";
