import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import s from "./ui.module.css";
import "@/i18n/more/ui";

/** Wide lets a table keep its width on a narrow screen and be moved sideways, by keys too. */
export function Wide({ min, children }: { min: number; children: ReactNode }) {
  const { t } = useTranslation("more");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is something else
    <div className={s.scroller} role="group" aria-label={t("column.table")} tabIndex={0}>
      <div style={{ minWidth: min }}>{children}</div>
    </div>
  );
}
