import { App, Button, Popover } from "antd";
import { Mic, Paperclip, SendHorizontal, Smile, SquareSlash, X } from "lucide-react";
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "@/actions/store";
import { type Part, words } from "@/api/canon";
import { upload } from "@/api/files";
import type { Detail } from "@/api/inbox";
import type { ID } from "@/api/types";
import { lengthIn } from "@/lib/format";
import { queryClient } from "@/lib/query";
import { keys, type Lane } from "@/live/cache";
import { say } from "@/live/useFeed";
import { useAgents } from "@/session/data";
import { useSession } from "@/session/useSession";
import { ActionTip } from "@/ui/ActionTip";
import { Opener } from "@/ui/Opener";
import { useContactName } from "@/ui/useContactName";
import { Attachments } from "./Attachments";
import { at, fill, missing, slash } from "./canned";
import s from "./composer.module.css";
import { enterSends, type Mode, modeOf, setModeOf, useDraft } from "./drafts";
import * as later from "./later";
import { send } from "./outbox";
import { useReplyTo } from "./replyTo";
import type { Way } from "./Shut";
import { Suggestions, useSuggestions } from "./Suggestions";
import { TruthLine, useShut } from "./TruthLine";
import { useUploads } from "./useUploads";
import { WhoMay } from "./WhoMay";

const Shut = lazy(() => import("./lazy").then((m) => ({ default: m.Shut })));
const Preview = lazy(() => import("./lazy").then((m) => ({ default: m.Preview })));
const Recorder = lazy(() => import("./Recorder").then((m) => ({ default: m.Recorder })));

/** A microphone is to be had on secure pages alone. */
const records = "MediaRecorder" in window && !!navigator.mediaDevices;
const LONGEST = 10 * 60_000; // milliseconds of a voice message

/** Where the browser itself makes a field as tall as its text, nothing has to be measured at every letter. */
const grows = CSS.supports("field-sizing", "content");

interface Props {
  detail: Detail;
  /** Closes after sending, when asked. */
  close: () => void;
}

/** Composer writes replies and notes, which never look or feel alike. Nothing typed is ever lost. */
export function Composer({ detail, close }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const contactName = useContactName();
  const { agent, tenant } = useSession();
  const { conversation: c, contact, capabilities } = detail;
  const [mode, setMode] = useState<Mode>(() => modeOf(c.id));
  const [text, setText] = useDraft(c.id, mode);
  const uploads = useUploads(mode === "reply" ? capabilities : undefined, tenant.settings.max_file);
  const replyTo = useReplyTo((r) => r.of[c.id]);
  const setReplyTo = useReplyTo((r) => r.set);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [dropping, setDropping] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  const [recording, setRecording] = useState(false);

  const serving = (c.owner.kind === "agent" && c.owner.id === agent.id) || c.colleagues.includes(agent.id);
  const mayWrite = mode === "note" || (serving && c.owner.kind !== "closed");

  // What the channel takes nothing of now goes another way, and which is said before it is sent.
  const shut = useShut(mode === "reply" && mayWrite ? capabilities : undefined);
  const [way, setWay] = useState<Way>("hold");
  const picking = shut && way === "template";
  const elsewhere = shut && typeof way === "object" ? way : undefined;

  const values = { name: contact.name, contact: contact.name, agent: agent.name, me: agent.name };
  const insert = (from: number, to: number, what: string) => {
    setText(text.slice(0, from) + what + text.slice(to));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + what.length, from + what.length);
    });
  };
  const people = later.useLater(later.people, mode === "note");
  const smileys = later.useLater(later.smileys);
  const agents = useAgents().data ?? [];
  const suggestions = useSuggestions({
    text,
    insert: (from, to, body) => insert(from, to, fill(body, values)),
    findEmoji: smileys?.findEmoji,
    people:
      mode === "note"
        ? (query) =>
            people?.offer(agents, c, agent.id, query).map((a) => {
              const off = !people.sees(a, c);
              return {
                key: a.id,
                title: a.name,
                hint: off ? t("mention.unseen") : t(`agentState.${a.state}`),
                body: `@${a.name} `,
                off,
              };
            }) ?? []
        : undefined,
  });

  function choose(next: Mode): void {
    setMode(next);
    setModeOf(c.id, next);
    requestAnimationFrame(() => area.current?.focus());
  }

  // Typing is told at most every three seconds, and only for replies.
  const told = useRef(0);
  // What was said when one began to write: a colleague's answer since then is shown before it is sent.
  const known = useRef<number>(undefined);
  const newest = () => queryClient.getQueryData<Lane>(keys.messages(c.id))?.items.at(-1)?.pos;
  if (text === "") known.current = undefined;
  function typed(next: string): void {
    if (mode === "reply") known.current ??= newest();
    setText(next);
    if (mode === "reply" && serving && Date.now() - told.current > 3000) {
      told.current = Date.now();
      say({ type: "typing", conversation: c.id, on: next !== "" });
    }
  }

  const holes = mode === "reply" ? missing(text) : [];
  const ready =
    mayWrite &&
    !uploads.busy &&
    holes.length === 0 &&
    (mode === "reply" || people || !text.includes("@")) &&
    (text.trim() !== "" || uploads.parts.length > 0);

  function post(parts: Part[], hold?: boolean, mentions?: ID[]): boolean {
    const content = { parts, reply_to: replyTo ? { id: replyTo.id } : undefined };
    const sent = send(c.id, content, mode === "note", replyTo?.id, hold, known.current, mentions);
    known.current = undefined;
    if (!sent) message.warning(t("composer.tooMany"));
    return sent;
  }

  function submit(then?: () => void): void {
    if (!ready) {
      if (holes.length) message.warning(t("composer.missing", { names: holes.join(", ") }));
      else if (uploads.busy) message.info(t("composer.uploading"));
      return;
    }
    const body = text.replace(/\s+$/, "");
    const named = mode === "note" ? people?.named(body, agents, c, agent.id) : undefined;
    const spans = named?.spans.length ? named.spans : undefined;
    const parts = [...(body ? [{ type: "text" as const, body, spans }] : []), ...uploads.parts];
    if (elsewhere) {
      void elsewhere.say(parts).then((said) => said && emptied(then));
      return;
    }
    if (!post(parts, shut, named?.mentions)) return;
    if (named?.unseen.length) message.warning(t("mention.notTold", { names: named.unseen.join(", ") }));
    emptied(then);
  }

  function emptied(then?: () => void): void {
    setText("");
    uploads.clear();
    setReplyTo(c.id, undefined);
    told.current = 0;
    say({ type: "typing", conversation: c.id, on: false });
    area.current?.focus();
    then?.();
  }

  useAction("reply", () => choose("reply"));
  useAction("note", () => choose("note"));
  useAction("send", () => submit());
  useAction("sendClose", () => submit(close));
  useAction("attach", () => picker.current?.click());
  const mayRecord =
    records &&
    mayWrite &&
    (mode === "note" || !/drop|reject/.test(capabilities?.parts?.["media.voice"] ?? ""));
  useAction("record", mayRecord ? () => setRecording(true) : undefined);
  const call = (sign: string) => {
    const at = area.current?.selectionStart ?? text.length;
    const lead = at > 0 && !/\s/.test(text[at - 1]!) ? ` ${sign}` : sign;
    insert(at, at, lead);
    suggestions.look(at + lead.length);
  };
  const callCanned = () => call("/");
  useAction("canned", mayWrite ? callCanned : undefined);
  useAction("mention", mayWrite && mode === "note" ? () => call("@") : undefined);
  useAction(
    "emoji",
    mayWrite ? () => bar.current?.querySelector<HTMLElement>("[data-emoji]")?.click() : undefined,
  );

  // The field is as tall as its text, within a third of the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew whenever the text changes
  useLayoutEffect(() => {
    const el = area.current;
    if (!el || grows) return;
    el.style.height = "auto";
    el.style.height = `${Math.min(el.scrollHeight, window.innerHeight / 3)}px`;
  }, [text, mode]);
  useEffect(() => () => say({ type: "typing", conversation: c.id, on: false }), [c.id]);

  // Plain words that fit arrive as they are; what becomes of anything else the hub is asked.
  const { text: most } = capabilities ?? {};
  const changes =
    mode === "reply" &&
    !picking &&
    !elsewhere &&
    (uploads.parts.length > 0 ||
      (!!replyTo && !/full|partial/.test(capabilities?.ops.reply ?? "")) ||
      (!!most?.max && lengthIn(text, most.unit) > most.max));

  const label = t(mode === "note" ? "composer.noteLabel" : "composer.replyLabel", {
    name: contactName(contact),
  });
  return (
    <section
      className={s.composer}
      data-mode={mode}
      data-dropping={dropping || undefined}
      aria-label={t("composer.title")}
      onDragOver={(e) => {
        if (!e.dataTransfer.types.includes("Files")) return;
        e.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(e) => !e.currentTarget.contains(e.relatedTarget as Node) && setDropping(false)}
      onDrop={(e) => {
        e.preventDefault();
        setDropping(false);
        uploads.add(e.dataTransfer.files);
      }}
    >
      <div className={s.tabs} role="tablist" aria-label={t("composer.modes")}>
        {(["reply", "note"] as const).map((m) => (
          <button
            key={m}
            type="button"
            role="tab"
            aria-selected={mode === m}
            className="bare"
            onClick={() => choose(m)}
          >
            {t(`composer.${m}`)}
          </button>
        ))}
        <span className="grow" />
        {mode === "note" && <span className={s.noteHint}>{t("composer.noteHint")}</span>}
      </div>
      {!mayWrite ? (
        <WhoMay detail={detail} />
      ) : (
        <>
          {mode === "reply" && <TruthLine capabilities={capabilities} text={text} />}
          {shut && (
            <Suspense>
              <Shut detail={detail} way={way} choose={setWay} sending={{ post, upload }} />
            </Suspense>
          )}
          {replyTo && (
            <div className={s.replying}>
              <span className="cut grow">{words(replyTo.content)}</span>
              <button
                type="button"
                className="bare"
                aria-label={t("do.cancel")}
                onClick={() => setReplyTo(c.id, undefined)}
              >
                <X aria-hidden />
              </button>
            </div>
          )}
          {changes && (
            <Suspense>
              <Preview conversation={c.id} text={text} files={uploads.parts} replyTo={replyTo?.id} />
            </Suspense>
          )}
          <Suggestions state={suggestions} />
          <textarea
            ref={area}
            hidden={picking}
            className={s.area}
            rows={2}
            value={text}
            dir="auto"
            aria-label={label}
            placeholder={t(mode === "note" ? "composer.notePlaceholder" : "composer.replyPlaceholder")}
            onChange={(e) => {
              typed(e.target.value);
              suggestions.look(e.target.selectionStart, e.target.value);
            }}
            onSelect={(e) =>
              slash(text, e.currentTarget.selectionStart) ||
              at(text, e.currentTarget.selectionStart) ||
              suggestions.look(e.currentTarget.selectionStart)
            }
            onPaste={(e) => {
              if (e.clipboardData.files.length === 0) return;
              e.preventDefault();
              uploads.add(e.clipboardData.files);
            }}
            onKeyDown={(e) => {
              if (e.nativeEvent.isComposing || e.keyCode === 229) return;
              if (suggestions.key(e)) return;
              if (e.key === "Enter" && !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.altKey && enterSends()) {
                e.preventDefault();
                submit();
              } else if (e.key === "Escape") document.querySelector<HTMLElement>("[role=log]")?.focus();
            }}
          />
          {recording && mayRecord && (
            <Suspense>
              <Recorder
                most={((mode === "reply" && capabilities?.media?.voice?.duration_ns) || LONGEST * 1e6) / 1e6}
                done={({ file, ...spoken }) => {
                  setRecording(false);
                  uploads.add([file], spoken);
                  area.current?.focus();
                }}
                cancel={() => {
                  setRecording(false);
                  area.current?.focus();
                }}
              />
            </Suspense>
          )}
          <Attachments files={uploads.files} remove={uploads.remove} />
          <div className={s.bar} hidden={picking} ref={bar}>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(e) => {
                uploads.add(e.target.files ?? []);
                e.target.value = "";
              }}
            />
            <ActionTip id="attach">
              <Button
                type="text"
                icon={<Paperclip aria-hidden />}
                aria-label={t("action.attach")}
                onClick={() => picker.current?.click()}
              />
            </ActionTip>
            {mayRecord && (
              <ActionTip id="record" off={recording}>
                <Button
                  type="text"
                  icon={<Mic aria-hidden />}
                  aria-label={t("action.record")}
                  aria-pressed={recording}
                  onClick={() => setRecording(true)}
                />
              </ActionTip>
            )}
            <Opener
              button={(pressed) => (
                <Button
                  type="text"
                  data-emoji
                  icon={<Smile aria-hidden />}
                  aria-label={t("action.emoji")}
                  title={t("action.emoji")}
                  {...pressed}
                />
              )}
              popup={(opened) => (
                <Popover
                  {...opened}
                  trigger="click"
                  content={
                    <div className={s.emoji}>
                      {smileys?.emoji.map((e) => (
                        <button
                          key={e.name}
                          type="button"
                          className="bare"
                          onClick={() => {
                            const at = area.current?.selectionStart ?? text.length;
                            opened.onOpenChange(false);
                            insert(at, at, e.char);
                          }}
                        >
                          {e.char}
                        </button>
                      ))}
                    </div>
                  }
                />
              )}
            />
            <Button
              type="text"
              icon={<SquareSlash aria-hidden />}
              aria-label={t("action.canned")}
              title={t("action.canned")}
              onClick={callCanned}
            />
            <span className="grow" />
            <span className={s.enterHint}>
              {t(enterSends() ? "composer.enterSends" : "composer.modEnterSends")}
            </span>
            <Button
              type="primary"
              className={s.send}
              icon={<SendHorizontal aria-hidden />}
              iconPlacement="end"
              disabled={!ready}
              onClick={() => submit()}
            >
              {t(
                mode === "note"
                  ? "composer.addNote"
                  : shut && typeof way !== "object"
                    ? "composer.hold"
                    : "composer.send",
              )}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
