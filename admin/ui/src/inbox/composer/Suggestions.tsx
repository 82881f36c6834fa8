import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { listCanned } from "@/api/team";
import { keys } from "@/live/cache";
import { colon, pick, slash, at as who } from "./canned";
import s from "./composer.module.css";

interface Option {
  key: string;
  title: string;
  hint: string;
  body: string;
  /** It can be seen and not taken: the hint says why. */
  off?: boolean;
}

interface Input {
  text: string;
  insert: (from: number, to: number, body: string) => void;
  findEmoji?: (name: string) => { char: string; name: string }[];
  /** Whom "@" offers, where one may mention. */
  people?: (query: string) => Option[];
}

/** useSuggestions offers canned replies after "/", emoji after ":" and colleagues after "@", while one types. */
export function useSuggestions({ text, insert, findEmoji, people }: Input) {
  const canned = useQuery({ queryKey: keys.canned, queryFn: listCanned });
  const [call, setCall] = useState<{
    from: number;
    to: number;
    query: string;
    kind: "canned" | "emoji" | "people";
  }>();
  const [at, setAt] = useState(0);

  const options: Option[] = !call
    ? []
    : call.kind === "canned"
      ? pick(canned.data ?? [], call.query).map((c) => ({
          key: c.id,
          title: c.title,
          hint: `/${c.shortcut}`,
          body: c.body,
        }))
      : call.kind === "people"
        ? (people?.(call.query) ?? [])
        : (findEmoji?.(call.query) ?? []).map((e) => ({
            key: e.name,
            title: `${e.char} ${e.name}`,
            hint: "",
            body: e.char,
          }));

  function look(caret: number, now = text): void {
    const byName = colon(now, caret);
    const bySlash = slash(now, caret);
    const byAt = people && who(now, caret);
    const found = bySlash ?? byAt ?? byName;
    const kind = bySlash ? "canned" : byAt ? "people" : "emoji";
    setCall(found && { from: found.from, to: caret, query: found.query, kind });
    setAt(0);
  }

  function take(option: Option | undefined): void {
    if (!option || option.off || !call) return;
    setCall(undefined);
    insert(call.from, call.to, option.body);
  }

  /** key reports whether it used the key. */
  function key(e: KeyboardEvent): boolean {
    if (options.length === 0) return false;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      setAt((n) => (n + (e.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    } else if ((e.key === "Enter" && !e.ctrlKey && !e.metaKey) || e.key === "Tab") take(options[at]);
    else if (e.key === "Escape") setCall(undefined);
    else return false;
    e.preventDefault();
    return true;
  }

  return { open: call !== undefined, kind: call?.kind, options, at, setAt, take, look, key };
}

export function Suggestions({ state }: { state: ReturnType<typeof useSuggestions> }) {
  const { t } = useTranslation();
  if (!state.open || (state.options.length === 0 && state.kind !== "canned")) return null;
  return (
    <div className={s.suggestions} role="listbox" aria-label={t("composer.suggestions")}>
      {state.options.map((o, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the text
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are read by the text
        <div
          key={o.key}
          role="option"
          aria-selected={i === state.at}
          aria-disabled={o.off}
          onMouseMove={() => state.setAt(i)}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => state.take(o)}
        >
          <span className={s.optionTitle}>{o.title}</span>
          {o.hint && (
            <>
              <span className="cut grow faint">{state.kind === "canned" && o.body}</span>
              <span className={state.kind === "canned" ? "faint mono" : "muted"}>{o.hint}</span>
            </>
          )}
        </div>
      ))}
      {state.options.length === 0 && <p className="faint">{t("composer.noCanned")}</p>}
    </div>
  );
}
