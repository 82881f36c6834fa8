import type { ReactNode } from "react";
import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import { type BotDetail, saveDraft, type Warning } from "@/api/bots";
import { ApiError } from "@/api/errors";
import type { FieldProblem } from "@/api/types";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import type { RulesContent } from "./content";

export type Saving = "saved" | "saving" | "waiting" | "conflict" | "failed";

interface Draft {
  bot: BotDetail;
  content: RulesContent;
  change: (next: (content: RulesContent) => RulesContent) => void;
  saving: Saving;
  error: unknown;
  errors: FieldProblem[];
  warnings: Warning[];
  /** Rises when a save was stored: what is derived from the draft is asked again. */
  saves: number;
  /** flush stores at once what waits, and resolves when it is stored. */
  flush: () => Promise<void>;
}

const Context = createContext<Draft | undefined>(undefined);

/** useDraft is the draft being edited; nothing typed into it reaches a customer before it is published. */
export function useDraft(): Draft {
  const draft = useContext(Context);
  if (!draft) throw new Error("useDraft outside of a bot's page");
  return draft;
}

const QUIET = 700;

/** DraftProvider keeps the draft, stores it a moment after each change, and notices who else stored one. */
export function DraftProvider({ bot, children }: { bot: BotDetail; children: ReactNode }) {
  const [content, setContent] = useState(bot.draft as RulesContent);
  const [saving, setSaving] = useState<Saving>("saved");
  const [error, setError] = useState<unknown>();
  const [problems, setProblems] = useState({ errors: bot.errors ?? [], warnings: bot.warnings ?? [] });
  const [saves, setSaves] = useState(0);
  const rev = useRef(bot.draft_rev);
  const latest = useRef(content);
  const stored = useRef(content);
  const running = useRef<Promise<void>>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const store = useCallback(async () => {
    while (stored.current !== latest.current) {
      const now = latest.current;
      setSaving("saving");
      try {
        const saved = await saveDraft(bot.id, now, rev.current);
        rev.current = saved.draft_rev;
        stored.current = now;
        setProblems({ errors: saved.errors ?? [], warnings: saved.warnings ?? [] });
        setError(undefined);
        setSaving("saved");
        setSaves((n) => n + 1);
      } catch (e) {
        setError(e);
        setSaving(e instanceof ApiError && e.status === 409 ? "conflict" : "failed");
        return;
      }
    }
    void queryClient.invalidateQueries({ queryKey: keys.bots });
  }, [bot.id]);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const next = (running.current ?? Promise.resolve()).then(store);
    running.current = next;
    await next;
  }, [store]);

  const change = useCallback(
    (next: (content: RulesContent) => RulesContent) => {
      latest.current = next(latest.current);
      setContent(latest.current);
      setSaving((s) => (s === "conflict" ? s : "waiting"));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), QUIET);
    },
    [flush],
  );

  // Leaving the page stores what waits; closing the window asks.
  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => stored.current !== latest.current && e.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      if (stored.current !== latest.current) void flush();
    };
  }, [flush]);

  return (
    <Context.Provider value={{ bot, content, change, saving, error, ...problems, saves, flush }}>
      {children}
    </Context.Provider>
  );
}
