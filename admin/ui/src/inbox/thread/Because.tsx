import { Popover } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Opener } from "@/ui/Opener";
import s from "./thread.module.css";

/** Because is the word "why?", which opens what explains. */
export function Because({ title, children }: { title?: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Opener
      button={(pressed) => (
        <button type="button" className={`bare ${s.why}`} {...pressed}>
          {t("thread.why")}
        </button>
      )}
      popup={(opened) => <Popover {...opened} trigger="click" title={title} content={children} />}
    />
  );
}
