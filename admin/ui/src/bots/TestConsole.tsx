import { Button, Input, Segmented, Select } from "antd";
import { RotateCcw, SendHorizontal } from "lucide-react";
import { Fragment, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Tried, type Try, tryBot } from "@/api/bots";
import type { Choices, Content } from "@/api/canon";
import { readPart } from "@/api/canon";
import type { Message } from "@/api/types";
import { Parts } from "@/inbox/thread/parts/Parts";
import { useAccounts } from "@/session/data";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { useDo } from "@/ui/useDo";
import s from "./bots.module.css";
import { useDraft } from "./draft";
import { Explained } from "./Explained";
import { Looks } from "./Looks";
import "@/i18n/more/bots";

type Said = Omit<Try, "draft" | "open" | "memory" | "account">;
type Turn = { key: string; said: string } | { key: string; tried: Tried };

/** TestConsole plays the customer against the draft and shows the answer with what made it. Nothing of it is stored. */
export function TestConsole() {
  const { t } = useTranslation();
  const { bot, flush } = useDraft();
  const [turns, setTurns] = useState<Turn[]>([]);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(true);
  const [account, setAccount] = useState<string>();
  const accounts = useAccounts().data ?? [];
  const memory = useRef<unknown>(undefined);
  const end = useRef<HTMLDivElement>(null);

  const ask = useDo(
    async (input: Said) => {
      await flush();
      return tryBot(bot.id, { ...input, draft: true, open, account, memory: memory.current });
    },
    (tried) => {
      memory.current = tried.memory;
      setTurns((all) => [...all, { key: crypto.randomUUID(), tried }]);
      requestAnimationFrame(() => end.current?.scrollIntoView({ block: "end" }));
    },
  );

  function say(said: string, input: Said): void {
    setTurns((all) => [...all, { key: crypto.randomUUID(), said }]);
    ask.mutate(input);
  }
  function submit(): void {
    const said = text.trim();
    if (!said || ask.isPending) return;
    setText("");
    say(said, { cause: "message", text: said });
  }
  function restart(): void {
    memory.current = undefined;
    setTurns([]);
    ask.mutate({ cause: "opened" });
  }

  return (
    <div className={s.console}>
      <header>
        <h2 className="grow">{t("test.title")}</h2>
        <Segmented
          aria-label={t("test.title")}
          size="small"
          value={open ? "open" : "closed"}
          onChange={(v) => setOpen(v === "open")}
          options={(["open", "closed"] as const).map((v) => ({ value: v, label: t(`test.${v}`) }))}
        />
        <Button
          size="small"
          type="text"
          icon={<RotateCcw aria-hidden />}
          aria-label={t("test.restart")}
          title={t("test.restart")}
          onClick={restart}
        />
      </header>
      {accounts.length > 0 && (
        <div className={s.on}>
          <Select
            size="small"
            allowClear
            value={account}
            placeholder={t("test.asWritten")}
            aria-label={t("test.on")}
            onChange={setAccount}
            options={accounts.map((a) => ({
              value: a.id,
              label: (
                <span className="row">
                  <ChannelIcon kind={a.kind} /> <span className="cut">{a.name}</span>
                </span>
              ),
            }))}
          />
        </div>
      )}
      <div className={s.turns} role="log" aria-label={t("test.title")}>
        {turns.length === 0 && (
          <div className={s.testEmpty}>
            <p className="muted">{t("test.lead")}</p>
            <Button onClick={restart}>{t("test.start")}</Button>
          </div>
        )}
        {turns.map((turn) =>
          "said" in turn ? (
            <div key={turn.key} className={s.said}>
              {turn.said}
            </div>
          ) : (
            <div key={turn.key} className={s.answer}>
              {turn.tried.messages.map((content, i) => {
                const draw = (shown: Content) => (
                  <Answer
                    content={shown}
                    pick={(label, value) => say(label, { cause: "action", text: label, value })}
                  />
                );
                const look = turn.tried.shown?.[i];
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: answers have no identity but their place
                  <Fragment key={i}>{look ? <Looks look={look} draw={draw} /> : draw(content)}</Fragment>
                );
              })}
              {turn.tried.messages.length === 0 && !turn.tried.handoff && (
                <p className="faint">{t("test.silent")}</p>
              )}
              {turn.tried.handoff && (
                <div className={s.answerBubble}>
                  {(open ? turn.tried.handoff.text : turn.tried.handoff.off_text) || t("human.textsEmpty")}
                </div>
              )}
              <Explained tried={turn.tried} />
            </div>
          ),
        )}
        <div ref={end} />
      </div>
      <footer>
        <Input
          value={text}
          maxLength={2000}
          placeholder={t("test.placeholder")}
          aria-label={t("test.placeholder")}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => !e.nativeEvent.isComposing && e.key === "Enter" && submit()}
        />
        <Button
          type="primary"
          icon={<SendHorizontal aria-hidden />}
          aria-label={t("composer.send")}
          loading={ask.isPending}
          disabled={!text.trim()}
          onClick={submit}
        />
      </footer>
    </div>
  );
}

/** Answer is drawn as in the inbox, but its choices can be pressed. */
function Answer({ content, pick }: { content: Content; pick: (label: string, value: string) => void }) {
  const parts = content.parts.map(readPart);
  const choices = parts.filter((p): p is Choices => p.type === "choices");
  const rest = parts.filter((p) => p.type !== "choices");
  return (
    <div className={s.answerBubble}>
      <Parts message={{ content: { ...content, parts: rest } } as Message} />
      {choices.map((c, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: choices have no identity but their place
        <div key={i}>
          {c.prompt && <div className={s.prompt}>{c.prompt}</div>}
          <div className={s.options}>
            {c.options.map((o) => (
              <Button
                key={o.label}
                size="small"
                href={o.kind === "url" ? o.url : undefined}
                target="_blank"
                onClick={() => o.kind !== "url" && pick(o.label, o.value ?? o.label)}
              >
                {o.label}
              </Button>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
