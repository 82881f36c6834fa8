import type { FormInstance } from "antd";
import { useEffect, useRef } from "react";
import { checkForm } from "@/api/accounts";
import type { ID } from "@/api/types";
import { useWords } from "@/i18n/words";
import { asConfig } from "./FormFields";

const PAUSE = 600; // ms without a key before the hub is asked: longer than the fields' own checks wait

/**
 * useLiveCheck has the hub look at what is typed, by rules a browser does not know: those between fields.
 * What nobody has touched yet is not complained about. The function it returns is for onValuesChange.
 */
export function useLiveCheck(form: FormInstance, kind: string, link?: ID): () => void {
  const words = useWords();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const turn = useRef(0);
  const told = useRef<string[]>([]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return () => {
    clearTimeout(timer.current);
    const mine = ++turn.current;
    timer.current = setTimeout(async () => {
      // Empty fields of a link that is there are sent, too: they are taken away.
      const typed = asConfig(form.getFieldValue("config"), link !== undefined);
      const found = await checkForm(kind, typed, link).catch(() => undefined);
      if (!found || mine !== turn.current) return;
      const shown = found.filter((p) => {
        const at = ["config", p.field];
        return form.isFieldTouched(at) && (told.current.includes(p.field) || !form.getFieldError(at).length);
      });
      const gone = told.current.filter((name) => !found.some((p) => p.field === name));
      told.current = shown.map((p) => p.field);
      if (gone.length) void form.validateFields(gone.map((name) => ["config", name])).catch(() => undefined);
      form.setFields(shown.map((p) => ({ name: ["config", p.field], errors: [words(p.text)] })));
    }, PAUSE);
  };
}
