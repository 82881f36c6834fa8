import { Form, Input, InputNumber, Select, Switch } from "antd";
import type { Rule } from "antd/es/form";
import { ChevronDown, ExternalLink } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormField } from "@/api/types";
import { useWords } from "@/i18n/words";
import s from "./accounts.module.css";
import { fault } from "./fieldRules";
import "@/i18n/more/accounts";

interface Props {
  fields: FormField[];
  /** The platform's own page on where the values are. */
  docs?: string;
  /** Secrets that are set already: shown as dots, replaced only. */
  secrets?: string[];
}

/** FormFields draws a connector's form: where to find each value, checked as it is typed, the rare ones folded. */
export function FormFields({ fields, docs, secrets = [] }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const plain = fields.filter((f) => !f.apart);
  const common = plain.filter((f) => !f.advanced);
  const rare = plain.filter((f) => f.advanced);
  return (
    <>
      {docs && (
        <p className={s.docs}>
          <Manual to={docs} />
        </p>
      )}
      {common.map((f) => (
        <FieldItem key={f.name} field={f} set={secrets.includes(f.name)} />
      ))}
      {rare.length > 0 && (
        <>
          <button
            type="button"
            className={`bare ${s.fold}`}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <ChevronDown aria-hidden />
            {t("linking.advanced", { count: rare.length })}
          </button>
          {/* Kept in the form while folded, so that defaults are sent and errors can be shown. */}
          <div hidden={!open}>
            {rare.map((f) => (
              <FieldItem key={f.name} field={f} set={secrets.includes(f.name)} />
            ))}
          </div>
        </>
      )}
    </>
  );
}

/** Manual leads to the platform's own words on where a value is, in a tab of its own: what was typed here stays. */
function Manual({ to }: { to: string }) {
  const { t } = useTranslation();
  if (!to.startsWith("https://")) return null;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer">
      {t("linking.where", { host: new URL(to).host })} <ExternalLink aria-hidden size={12} />
    </a>
  );
}

/** shown reports whether a field's condition holds among the values typed so far. */
export function shown(field: FormField, values: Record<string, unknown>, fields: FormField[]): boolean {
  if (!field.when) return true;
  const on = fields.find((f) => f.name === field.when);
  return (field.when_in ?? []).includes(String(values[field.when] ?? on?.default ?? ""));
}

function FieldItem({ field: f, set }: { field: FormField; set: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const condition = Form.useWatch(["config", f.when ?? "-"]);
  if (f.when && !(f.when_in ?? []).includes(String(condition ?? ""))) return null;
  const optional = (!f.required || f.generate) && f.kind !== "switch" && f.kind !== "choice";
  return (
    <Form.Item
      name={["config", f.name]}
      label={
        <span>
          {words(f.label)}
          {optional && (
            <span className="faint"> · {t(f.generate ? "linking.generated" : "form.optional")}</span>
          )}
        </span>
      }
      extra={
        f.docs ? (
          <>
            {words(f.help)} <Manual to={f.docs} />
          </>
        ) : (
          words(f.help)
        )
      }
      valuePropName={f.kind === "switch" ? "checked" : "value"}
      initialValue={initial(f)}
      rules={rules()}
      validateTrigger={["onBlur", "onChange"]}
      validateDebounce={400}
    >
      {control()}
    </Form.Item>
  );

  function control() {
    const placeholder = f.example || f.default;
    switch (f.kind) {
      case "secret":
        return (
          <Input.Password
            autoComplete="new-password"
            placeholder={set ? t("linking.secretSet") : placeholder}
          />
        );
      case "switch":
        return <Switch />;
      case "number":
        return (
          <InputNumber
            min={f.min}
            max={f.max || undefined}
            placeholder={placeholder}
            style={{ width: 160 }}
          />
        );
      case "choice":
        return <Select options={(f.options ?? []).map((o) => ({ value: o.value, label: words(o.label) }))} />;
      case "list":
        return <Input.TextArea rows={3} placeholder={placeholder} />;
      default:
        return (
          <Input
            placeholder={placeholder}
            maxLength={f.kind === "text" ? f.max || undefined : undefined}
            spellCheck={false}
          />
        );
    }
  }

  function rules(): Rule[] {
    const all: Rule[] = [];
    if (f.required && !f.generate && !set) all.push({ required: true, message: t("form.required") });
    all.push({
      validator: async (_, typed) => {
        const wrong = fault(f, typed, {
          url: t("form.url"),
          host: t("form.host"),
          looks: (example) => (example ? t("linking.looksLike", { example }) : t("linking.looksWrong")),
          length: (min, max) => t("linking.length", { min, max }),
        });
        if (wrong) throw new Error(wrong);
      },
    });
    return all;
  }
}

function initial(f: FormField): unknown {
  if (f.kind === "switch") return f.default === "true";
  if (f.kind === "number") return f.default ? Number(f.default) : undefined;
  return f.default || undefined;
}

/** asConfig writes what was typed as the hub keeps it: texts, and nothing for what was left empty. */
export function asConfig(typed: Record<string, unknown> = {}, keepEmpty = false): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(typed)) {
    const text = value === undefined || value === null ? "" : String(value).trim();
    if (text || keepEmpty) out[name] = text;
  }
  return out;
}

/** asTyped is the reverse, for editing what is stored. */
export function asTyped(fields: FormField[], config: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter((f) => f.kind !== "secret")
      .map((f) => {
        const value = config[f.name];
        if (f.kind === "switch") return [f.name, (value ?? f.default) === "true"];
        if (f.kind === "number") return [f.name, value ? Number(value) : undefined];
        return [f.name, value ?? ""];
      }),
  );
}
