import { Button, Input } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import s from "./bots.module.css";
import type { Saying } from "./content";
import "@/i18n/more/bots";

interface Props {
  value: Saying[];
  placeholder: string;
  onChange: (value: Saying[]) => void;
}

/** SayingList are plain sentences, one of which is said. */
export function SayingList({ value, placeholder, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className={s.sayings}>
      {value.map((saying, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no identity but their place
        <div key={i} className={s.part}>
          <Input.TextArea
            autoSize
            value={saying.text}
            maxLength={1000}
            aria-label={t("reply.text")}
            onChange={(e) => onChange(value.with(i, { ...saying, text: e.target.value }))}
          />
          <Button
            size="small"
            type="text"
            icon={<Trash2 aria-hidden />}
            aria-label={t("do.remove")}
            onClick={() => onChange(value.toSpliced(i, 1))}
          />
        </div>
      ))}
      {value.length === 0 && <p className="faint">{placeholder}</p>}
      <Button size="small" icon={<Plus aria-hidden />} onClick={() => onChange([...value, { text: "" }])}>
        {t("reply.addSaying")}
      </Button>
    </div>
  );
}
