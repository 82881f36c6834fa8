import { Check, Link as LinkIcon, Phone, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Choices } from "@/api/canon";
import s from "./parts.module.css";

/** ChoicesPart shows options as the customer saw them, and the one they took. */
export function ChoicesPart({ part }: { part: Choices }) {
  const { t } = useTranslation();
  return (
    <div className={s.choices}>
      {part.prompt && <div className={s.text}>{part.prompt}</div>}
      <ul data-style={part.style} aria-label={t("choices.label")}>
        {part.options.map((o, i) => {
          const taken = part.taken !== undefined && part.taken !== "" && part.taken === (o.value || o.label);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: two options may be alike
            <li key={i} data-taken={taken || undefined}>
              {taken && <Check aria-hidden />}
              {o.kind === "url" && <LinkIcon aria-hidden />}
              {o.kind === "phone" && <Phone aria-hidden />}
              {o.kind === "human" && <UserRound aria-hidden />}
              <span>
                {o.label}
                {o.detail && <span className="faint"> {o.detail}</span>}
              </span>
              {taken && <span className="sr">{t("choices.taken")}</span>}
            </li>
          );
        })}
      </ul>
      {part.footer && <div className="faint">{part.footer}</div>}
      {part.said && <div className={s.text}>{part.said}</div>}
    </div>
  );
}
