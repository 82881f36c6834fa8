import { useEffect } from "react";
import { body, client } from "@/api/client";
import type { Message, Session } from "@/api/types";
import { flushOutbox } from "@/inbox/composer/outbox";
import { queryClient } from "@/lib/query";
import { Apply } from "./apply";
import { keys } from "./cache";
import { Socket } from "./socket";
import { useLive } from "./store";
import { typed } from "./typing";

let socket: Socket | undefined;

const me = () => queryClient.getQueryData<Session>(keys.session)?.agent.id;

/** The one writer of the cache besides the queries themselves. */
export const apply = new Apply(queryClient, me);

/** say tells the hub what we do; lost when there is no connection, which is right for a signal. */
export const say: Socket["send"] = (frame) => socket?.send(frame);

/** useFeed keeps the cache equal to the hub while somebody is signed in. */
export function useFeed(): void {
  useEffect(() => {
    const { setState } = useLive.getState();
    const link = new Socket({
      ticket: async () => (await body<{ ticket: string }>(client.POST("/api/v1/live/ticket", {}))).ticket,
      open: (path) => new WebSocket(path.replace(/^/, location.origin.replace(/^http/, "ws"))),
      entry: (e) => {
        apply.entry(e);
        const { kind, actor, conversation: id } = e;
        if (kind === "conversation.woken" && id && actor !== me())
          useLive.setState(({ woken }) => ({ woken: [...woken, id] }));
        const { message } = (e.data ?? {}) as { message?: Message };
        if (kind === "mention" && message)
          useLive.setState(({ mentioned }) => ({ mentioned: [...mentioned, message] }));
      },
      fresh: () => void queryClient.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" }),
      signal: (f) => {
        if (f.signal.type === "typing" && f.sender.id !== me()) typed(f);
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
