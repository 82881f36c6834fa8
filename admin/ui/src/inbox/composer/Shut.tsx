import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Part } from "@/api/canon";
import type { Detail } from "@/api/inbox";
import { goOn, listWays, type Way as Other } from "@/api/sending";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { useContactName } from "@/ui/useContactName";
import { useDo } from "@/ui/useDo";
import s from "./sending.module.css";
import { type Sending, TemplatePicker } from "./TemplatePicker";
import "@/i18n/more/inbox";

/** Elsewhere says the words to the customer on another account; false: it could not. */
export interface Elsewhere {
  say: (parts: Part[]) => Promise<boolean>;
}

/** Way is what happens to words the channel does not take now. */
export type Way = "hold" | "template" | Elsewhere;

interface Props {
  detail: Detail;
  way: Way;
  choose: (way: Way) => void;
  sending: Sending;
}

const keyOf = (o: Other) => o.account.id + o.address;

/** Shut offers what can still be done when the time to answer is over, and says of each what will happen. */
export function Shut({ detail, way, choose, sending }: Props) {
  const { t } = useTranslation();
  const name = useContactName()(detail.contact);
  const { id, subject } = detail.conversation;
  const [other, setOther] = useState<string>();
  const { data: others = [] } = useQuery({ queryKey: ["ways", id], queryFn: () => listWays(id) });
  const chosen = others.find((o) => keyOf(o) === other);
  const { ops } = detail.capabilities!;
  const ways: ("hold" | "template")[] =
    ops.templates === "full" || ops.templates === "partial" ? ["hold", "template"] : ["hold"];
  const says = { name };
  return (
    <>
      <fieldset className={s.ways} aria-label={t("shut.ways")}>
        {ways.map((w) => (
          <label key={w}>
            <input
              type="radio"
              name="way"
              checked={!chosen && way === w}
              onChange={() => {
                setOther(undefined);
                choose(w);
              }}
            />
            <span>
              {t(`shut.${w}`, says)}
              <small>{t(`shut.${w}Will`, says)}</small>
            </span>
          </label>
        ))}
        {others.map((o) => (
          <label key={keyOf(o)}>
            <input type="radio" name="way" checked={chosen === o} onChange={() => setOther(keyOf(o))} />
            <span>
              {t(`shut.${o.by}`, { address: o.address })}
              <small>
                {t(`shut.${o.by}${o.conversation ? "Goes" : "Will"}`, { account: o.account.name })}
              </small>
            </span>
          </label>
        ))}
      </fieldset>
      {way === "template" && <TemplatePicker conversation={id} sending={sending} />}
      {chosen && <Letter key={other} from={id} subject={subject} way={chosen} choose={choose} />}
    </>
  );
}

interface LetterProps {
  from: ID;
  subject: string | undefined;
  way: Other;
  choose: (way: Way) => void;
}

/** Letter asks for the subject, and lends the composer what sends its words there. */
function Letter({ from, subject: first, way, choose }: LetterProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [subject, setSubject] = useState(first ?? "");
  // What is being said keeps its name until the hub has it: pressed twice, it is sent once.
  const name = useRef(crypto.randomUUID());
  const go = useDo(
    (parts: Part[]) =>
      goOn(from, way, { subject: subject.trim(), content: { parts }, client_id: name.current }),
    () => {
      name.current = crypto.randomUUID();
      void queryClient.invalidateQueries({ queryKey: ["ways", from] });
      void message.success(t("shut.sent", { address: way.address }));
    },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: lent anew when what it would send changes
  useEffect(() => {
    choose({
      say: (parts) =>
        go.mutateAsync(parts).then(
          () => true,
          () => false,
        ),
    });
  }, [way, subject]);
  if (way.conversation) return null;
  return (
    <div className={s.picker}>
      <input
        className={s.field}
        value={subject}
        maxLength={250}
        aria-label={t("shut.subject")}
        placeholder={t("shut.subject")}
        onChange={(e) => setSubject(e.target.value)}
      />
    </div>
  );
}
