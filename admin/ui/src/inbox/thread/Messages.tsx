import { useRouterState } from "@tanstack/react-router";
import { Button } from "antd";
import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { VList, type VListHandle } from "virtua";
import { words } from "@/api/canon";
import type { Detail } from "@/api/inbox";
import { useLanguage } from "@/i18n/words";
import { day } from "@/lib/time";
import { Failure, Loading } from "@/ui/States";
import { useContactName } from "@/ui/useContactName";
import { usePending } from "../composer/outbox";
import { type About, useAbout } from "./about";
import { firstUnreadOf, type Line, lines } from "./lines";
import { MessageItem } from "./MessageItem";
import { PendingItem } from "./PendingItem";
import { TypingLine } from "./TypingLine";
import s from "./thread.module.css";
import { useLane } from "./useLane";
import { useSizes } from "./useSizes";

const NEAR = 80;

/** Messages is the thread: it opens at its end, stays there while one is there, and loads history upwards. */
export function Messages({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const contactName = useContactName();
  const about = useAbout(detail);
  const { conversation } = detail;
  const lane = useLane(conversation.id);
  const pending = usePending(conversation.id);
  const messages = lane.data?.items;
  const list = useRef<VListHandle>(null);
  // An address may name a message: "#m42" is the one at position 42.
  const target = useRouterState({ select: (r) => Number(/^m(\d+)$/.exec(r.location.hash)?.[1] ?? 0) });
  const atEnd = useRef(!target);
  const [far, setFar] = useState(false);

  // Where the unread began when this screen was opened: reading must not move the line.
  const [unread] = useState(conversation.unread);
  const [firstUnread, setFirstUnread] = useState<string>();
  useEffect(() => {
    if (messages && unread && !firstUnread) setFirstUnread(firstUnreadOf(messages, unread));
  }, [messages, unread, firstUnread]);

  const all = useMemo(() => lines(messages ?? [], pending, firstUnread), [messages, pending, firstUnread]);

  // The list must know when rows came at its start, to stay where one reads.
  const first = messages?.[0]?.id;
  const firstWas = useRef(first);
  const prepended = firstWas.current !== undefined && firstWas.current !== first;
  useLayoutEffect(() => {
    firstWas.current = first;
  });

  const sizes = useSizes(conversation.id, list, all[0]?.key);
  const toEnd = () => list.current?.scrollToIndex(all.length + 1, { align: "end" });
  const ready = messages !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there is another last row
  useLayoutEffect(() => {
    if (ready && atEnd.current) toEnd();
  }, [ready, all.length, all.at(-1)?.key]);
  // What one wrote oneself is always shown.
  const written = pending.at(-1)?.client_id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only for a new one
  useEffect(() => {
    if (written) toEnd();
  }, [written]);

  const [reached, setReached] = useState(0);
  useEffect(() => {
    if (!ready || !target) return;
    let here = true;
    atEnd.current = false;
    void import("./jump")
      .then((j) => j.reach(conversation.id, target))
      .then(() => here && setReached(target));
    return () => {
      here = false;
    };
  }, [ready, target, conversation.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is there
  useEffect(() => {
    const at = reached ? all.findIndex((l) => l.kind === "message" && l.message.pos === reached) : -1;
    if (at >= 0) list.current?.scrollToIndex(at + 1, { align: "center" });
  }, [reached]);

  const news = messages?.at(-1);
  if (lane.isPending) return <Loading rows={6} />;
  if (!messages) return <Failure error={lane.error} retry={() => lane.refetch()} />;
  return (
    <div className={s.log}>
      <div className="sr" aria-live="polite">
        {news?.from === "customer" &&
          t("thread.announce", {
            name: contactName(detail.contact),
            text: words(news.content).slice(0, 200),
          })}
      </div>
      <VList
        ref={list}
        className={s.scroll}
        role="log"
        aria-live="off"
        aria-label={t("thread.label", { name: contactName(detail.contact) })}
        tabIndex={0}
        shift={prepended}
        cache={sizes}
        bufferSize={400}
        onResize={() => atEnd.current && toEnd()}
        onScroll={(offset) => {
          const h = list.current;
          if (!h) return;
          const below = h.scrollSize - h.viewportSize - offset;
          atEnd.current = below < NEAR;
          setFar(below > 600);
          if (offset < 400) void lane.older();
        }}
      >
        {[
          <div key="top" className={s.top}>
            {lane.data?.next
              ? lane.loadingOlder && t("thread.loadingOlder")
              : t(lane.data?.hidden ? "thread.hidden" : "thread.beginning")}
          </div>,
          ...all.map((line) => (
            <LineView
              key={line.key}
              line={line}
              about={about}
              marked={line.kind === "message" && line.message.pos === target}
            />
          )),
          <TypingLine key="typing" conversation={conversation.id} />,
        ]}
      </VList>
      {far && (
        <Button
          className={s.toEnd}
          shape="circle"
          icon={<ArrowDown aria-hidden />}
          aria-label={t("thread.toEnd")}
          onClick={() => {
            atEnd.current = true;
            toEnd();
          }}
        />
      )}
    </div>
  );
}

function LineView({ line, about, marked }: { line: Line; about: About; marked: boolean }) {
  switch (line.kind) {
    case "day":
      return (
        <div className={s.day}>
          <Day at={line.at} />
        </div>
      );
    case "unread":
      return (
        <div className={s.unread}>
          <Unread />
        </div>
      );
    case "message":
      return (
        <MessageItem message={line.message} head={line.head} tail={line.tail} about={about} marked={marked} />
      );
    case "pending":
      return <PendingItem pending={line.pending} head={line.head} />;
  }
}

function Day({ at }: { at: string }) {
  return <span>{day(at, useLanguage())}</span>;
}

function Unread() {
  const { t } = useTranslation();
  return <span>{t("thread.unread")}</span>;
}
