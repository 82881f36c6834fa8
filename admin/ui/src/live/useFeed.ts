import { useEffect } from "react";
import { body, client } from "@/api/client";
import type { Session } from "@/api/types";
import { flushOutbox } from "@/inbox/composer/outbox";
import { queryClient } from "@/lib/query";
import { Apply } from "./apply";
import { keys } from "./cache";
import { Socket } from "./socket";
import { useLive } from "./store";

let socket: Socket | undefined;

const me = () => queryClient.getQueryData<Session>(keys.session)?.agent.id;

/** The one writer of the cache besides the queries themselves. */
export const apply = new Apply(queryClient, me);

/** say tells the hub what we do; lost when there is no connection, which is right for a signal. */
export const say: Socket["send"] = (frame) => socket?.send(frame);

const TYPING_FADES = 8000;

/** useFeed keeps the cache equal to the hub while somebody is signed in. */
export function useFeed(): void {
  useEffect(() => {
    const { setState, setTyping } = useLive.getState();
    const link = new Socket({
      ticket: async () => (await body<{ ticket: string }>(client.POST("/api/v1/live/ticket", {}))).ticket,
      open: (path) => new WebSocket(path.replace(/^/, location.origin.replace(/^http/, "ws"))),
      entry: (e) => {
        apply.entry(e);
        if (e.kind === "message" && e.conversation) setTyping(e.conversation, undefined);
      },
      fresh: () => void queryClient.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" }),
      signal: (f) => {
        if (f.signal.type !== "typing" || f.sender.id === me()) return;
        const { on, text } = f.signal;
        if (!on && !text) return setTyping(f.conversation, undefined);
        const typing = { text, name: f.sender.name, kind: f.sender.kind, at: Date.now() };
        setTyping(f.conversation, typing);
        setTimeout(() => {
          if (useLive.getState().typing[f.conversation] === typing) setTyping(f.conversation, undefined);
        }, TYPING_FADES);
      },
      state: (state) => {
        setState(state);
        if (state === "open") void flushOutbox();
      },
    });
    socket = link;
    link.start();
    return () => {
      link.stop();
      socket = undefined;
    };
  }, []);
}
