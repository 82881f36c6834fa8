import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Look } from "@/api/bots";
import type { Content } from "@/api/canon";
import { useWords } from "@/i18n/words";
import s from "./bots.module.css";

/** Looks is an answer as an account would show it: one bubble a message that arrives, and what was changed about it. */
export function Looks({ look, draw }: { look: Look; draw: (content: Content) => ReactNode }) {
  const say = useWords();
  const notes = [...new Set(look.notes.map((n) => say(n.text)))];
  return (
    <>
      {look.messages.map((m, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place
        <div key={i}>{draw(m)}</div>
      ))}
      {look.refused && (
        <p className={s.changed} role="alert">
          <TriangleAlert aria-hidden /> {say(look.refused)}
        </p>
      )}
      {notes.length > 0 && (
        <ul className={s.changed}>
          {notes.map((n) => (
            <li key={n}>{n}</li>
          ))}
        </ul>
      )}
    </>
  );
}
