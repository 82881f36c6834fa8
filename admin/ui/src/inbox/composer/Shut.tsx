import { useTranslation } from "react-i18next";
import type { Detail } from "@/api/inbox";
import { useContactName } from "@/ui/useContactName";
import s from "./sending.module.css";
import { type Sending, TemplatePicker } from "./TemplatePicker";

/** Way is what happens to words the channel does not take now. */
export type Way = "hold" | "template";

interface Props {
  detail: Detail;
  way: Way;
  choose: (way: Way) => void;
  sending: Sending;
}

/** Shut offers what can still be done when the time to answer is over, and says of each what will happen. */
export function Shut({ detail, way, choose, sending }: Props) {
  const { t } = useTranslation();
  const name = useContactName()(detail.contact);
  const { ops } = detail.capabilities!;
  const ways: Way[] =
    ops.templates === "full" || ops.templates === "partial" ? ["hold", "template"] : ["hold"];
  const says = { name };
  return (
    <>
      <fieldset className={s.ways} aria-label={t("shut.ways")}>
        {ways.map((w) => (
          <label key={w}>
            <input type="radio" name="way" checked={way === w} onChange={() => choose(w)} />
            <span>
              {t(`shut.${w}`, says)}
              <small>{t(`shut.${w}Will`, says)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {way === "template" && <TemplatePicker conversation={detail.conversation.id} sending={sending} />}
    </>
  );
}
