import { body, client } from "@/api/client";
import type { Detail } from "@/api/inbox";
import type { Conversation, Message, Session } from "@/api/types";
import { flushOutbox } from "@/inbox/composer/outbox";
import { queryClient } from "@/lib/query";
import { Apply } from "./apply";
import { keys } from "./cache";
import { heard } from "./hearing";
import { type Hooks, Socket } from "./socket";
import { useLive } from "./store";
import { typed } from "./typing";

export const me = () => queryClient.getQueryData<Session>(keys.session)?.agent.id;

/** The one writer of the cache besides the queries themselves. */
export const apply = new Apply(queryClient, me);

/** settled shows a conversation as the hub answered, before the feed says the same. */
export function settled(detail: Detail, conversation: Conversation | undefined): void {
  if (conversation?.id)
    apply.entry({
      seq: 0,
      kind: "conversation.changed",
      at: "",
      conversation: conversation.id,
      data: conversation,
    });
  void queryClient.invalidateQueries({ queryKey: keys.conversation(detail.conversation.id) });
}

/** follow keeps the cache equal to the hub until it is stopped. */
export function follow(): Socket {
  const { setState } = useLive.getState();
  const hooks: Hooks = {
    ticket: async () => (await body<{ ticket: string }>(client.POST("/api/v1/live/ticket", {}))).ticket,
    open: (path) => new WebSocket(path.replace(/^/, location.origin.replace(/^http/, "ws"))),
    entry: (e) => {
      apply.entry(e);
      heard(e);
      const { kind, actor, conversation: id } = e;
      if (kind === "conversation.woken" && id && actor !== me())
        useLive.setState(({ woken }) => ({ woken: [...woken, id] }));
      const { message } = (e.data ?? {}) as { message?: Message };
      if (kind === "mention" && message)
        useLive.setState(({ mentioned }) => ({ mentioned: [...mentioned, message] }));
    },
    // The session was asked for a moment before the socket, unless the feed has forgotten what happened since.
    fresh: (resync) =>
      resync
        ? apply.fresh()
        : void queryClient.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" }),
    back: (again) => apply.back(again),
    signal: (f) => {
      if (f.signal.type === "typing" && f.sender.id !== me()) typed(f);
      if (f.signal.type === "looking" && f.sender.kind === "agent")
        void import("./company").then((m) => m.looked(f));
    },
    state: (state) => {
      setState(state);
      apply.connected(state === "open");
      if (state === "open") void flushOutbox();
    },
  };
  // Nothing was fetched before the session: what happened since it is told, and nothing has to be asked twice.
  const link = new Socket(hooks, queryClient.getQueryData<Session>(keys.session)?.seq);
  link.start();
  return link;
}
