import { Button } from "antd";
import { ImageUp, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { shrink } from "./shrink";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

const most = 8 << 20; // bytes of a picture to begin with

/** Logo chooses the picture at the head of the chat: made small here, checked by the hub. */
export function Logo({ value, wrong, set }: { value: string; wrong?: string; set: (value: string) => void }) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const file = useRef<HTMLInputElement>(null);
  const [bad, setBad] = useState("");
  const take = async (f: File | undefined) => {
    if (!f) return;
    setBad("");
    if (!/^image\/(png|jpeg|webp)$/.test(f.type)) return setBad(t("widget.logoKind"));
    if (f.size > most) return setBad(t("widget.logoSize"));
    const small = await shrink(f);
    if (small) set(small);
    else setBad(t("widget.logoDamaged"));
  };
  return (
    <div className={s.field}>
      <span id="widget-logo">{t("widget.logo")}</span>
      <div className="row wrap">
        {value && <img src={value} alt={t("widget.logoNow")} className={s.logo} />}
        <input
          ref={file}
          type="file"
          hidden
          aria-label={t("widget.logoChoose")}
          accept="image/png,image/jpeg,image/webp"
          onChange={(e) => {
            void take(e.target.files?.[0]);
            e.target.value = "";
          }}
        />
        <Button
          icon={<ImageUp aria-hidden />}
          aria-describedby="widget-logo-x"
          onClick={() => file.current?.click()}
        >
          {t(value ? "widget.logoOther" : "widget.logoChoose")}
        </Button>
        {value && (
          <Button type="text" icon={<Trash2 aria-hidden />} onClick={() => set("")}>
            {base("do.remove")}
          </Button>
        )}
      </div>
      <small
        id="widget-logo-x"
        className={bad || wrong ? s.bad : "faint"}
        role={bad || wrong ? "alert" : undefined}
      >
        {bad || wrong || t("widget.logoHelp")}
      </small>
    </div>
  );
}
