import type { FormInstance } from "antd";
import { fieldProblems } from "@/api/errors";

/** stands reports whether an error is about one of these fields, beside which it is shown already. */
export function stands(error: unknown, ...fields: string[]): boolean {
  return fieldProblems(error).some((p) => fields.includes(p.field ?? ""));
}

/** showFieldErrors puts the hub's words beside the fields they are about; false: none was about a field shown. */
export function showFieldErrors(form: FormInstance, error: unknown, prefix: string[] = []): boolean {
  const known = new Set(
    Object.keys(form.getFieldsValue(true)).concat(form.getFieldsError().map((f) => f.name.join("."))),
  );
  let all = true;
  const fields = fieldProblems(error).flatMap((p) => {
    const name = (p.field ?? "").split(".").slice(prefix.length);
    const join = name.join(".");
    if (!known.has(join)) {
      all = false;
      return [];
    }
    return [{ name, errors: [[p.detail, p.remedy].filter(Boolean).join(" ")] }];
  });
  if (fields.length) form.setFields(fields);
  return fields.length > 0 && all;
}
