import { Button, Form, Input } from "antd";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { languages } from "@/i18n";
import s from "./rating.module.css";
import "@/i18n/more/settings";

/** BothLanguages are words for customers, in each language; empty takes the built-in ones. */
export function BothLanguages({ name, max }: { name: "question" | "thanks"; max: number }) {
  const { t } = useTranslation();
  return languages.map((l) => (
    <Form.Item
      key={l}
      name={[name, l]}
      label={`${t(`rating.${name}`)} · ${t(`language.${l}`)}`}
      initialValue=""
    >
      <Input maxLength={max} placeholder={t("business.builtIn")} />
    </Form.Item>
  ));
}

/** Reasons are what a customer may choose from after the score, at most eight. */
export function Reasons() {
  const { t } = useTranslation();
  return (
    <Form.List name="reasons">
      {(fields, { add, remove }) => (
        <div className={s.reasons}>
          {fields.length === 0 && <p className="faint">{t("rating.builtInReasons")}</p>}
          {fields.map(({ key, name }) => (
            <div key={key} className={s.reason}>
              {languages.map((l) => (
                <Form.Item key={l} name={[name, l]} noStyle>
                  <Input maxLength={40} placeholder={t(`language.${l}`)} aria-label={t(`language.${l}`)} />
                </Form.Item>
              ))}
              <Button
                type="text"
                icon={<X aria-hidden />}
                aria-label={t("rating.removeReason")}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          {fields.length < 8 && (
            <Button icon={<Plus aria-hidden />} onClick={() => add({ en: "", zh: "" })}>
              {t("rating.addReason")}
            </Button>
          )}
        </div>
      )}
    </Form.List>
  );
}
