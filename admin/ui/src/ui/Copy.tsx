import { Button, Tooltip } from "antd";
import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copy } from "@/lib/copy";
import s from "./ui.module.css";

/** CopyButton copies, and says that it did. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  const title = done ? t("do.copied") : (label ?? t("do.copy"));
  return (
    <Tooltip title={title}>
      <Button
        size="small"
        type="text"
        aria-label={title}
        icon={done ? <Check aria-hidden /> : <CopyIcon aria-hidden />}
        onClick={() => copy(text).then(() => setDone(true))}
      />
    </Tooltip>
  );
}

/** CopyBox is a value to carry elsewhere. */
export function CopyBox({ text, label }: { text: string; label?: string }) {
  return (
    <div className={s.copyBox}>
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
