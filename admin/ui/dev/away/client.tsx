import type { Content } from "@/api/canon";
import { close, getConversation, markRead, take } from "@/api/inbox";
import { getSession } from "@/api/session";
import type { ID } from "@/api/types";
import { send, useOutbox } from "@/inbox/composer/outbox";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { apply, follow, settled } from "@/live/follow";
import type { Socket } from "@/live/socket";
import { useLive } from "@/live/store";
import { compare } from "./compare";
import { doings, show, type Wanted } from "./screen";

/** What the world lends the client: its time, and how many requests are under way. */
export interface World {
  pass: (span: number, moment: () => Promise<void>) => Promise<void>;
  skip: (within: number) => boolean;
  rest: (wait: number) => Promise<void>;
  asked: { open: number };
}

type Command =
  | ({ do: "show"; book: boolean } & Wanted)
  | { do: "further"; nth: number }
  | { do: "pass"; millis: number }
  | { do: "tell"; event: "online" | "offline" }
  | { do: "say"; conversation: ID; text: string }
  | { do: "act"; conversation: ID; act: "take" | "close" | "read" }
  | { do: "settle"; seq: number }
  | { do: "compare" };

let link: Socket;

/** What is due soon is waited for; what is due later would be the end of the connection, not of the work. */
const SOON = 4_000;
/** How often it is looked whether all is done, two milliseconds apart at least, until it is said what is not. */
const LOOKS = 10_000;

const busy = () =>
  queryClient.isFetching() > 0 ||
  !apply.quiet ||
  useOutbox.getState().items.some((i) => i.state === "sending" || i.state === "waiting");

/** caughtUp says whether the client itself takes what it shows for current, up to a number of the feed. */
const caughtUp = (seq: number) => useLive.getState().state === "open" && link.place >= seq && !busy();

async function settle(seq: number, { skip, rest, asked }: World): Promise<string> {
  for (let i = 0, quiet = 0; i < LOOKS; i++) {
    quiet = caughtUp(seq) && asked.open === 0 ? quiet + 1 : 0;
    if (quiet === 3) return "";
    // Nothing is under way: whatever comes next is a matter of time.
    const lost = useLive.getState().state === "lost";
    if (!quiet && asked.open === 0 && (lost || link.place >= seq)) skip(lost ? 60_000 : SOON);
    await rest(2);
  }
  const { state } = useLive.getState();
  return `not caught up: ${state} at ${link.place} of ${seq}, ${queryClient.isFetching()} asked, ${asked.open} under way`;
}

/** moment is what a request has until time goes on: as long as it takes, or nothing comes. */
async function moment({ rest, asked }: World): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await rest(1);
    if (asked.open === 0) return;
  }
}

async function act(id: ID, what: "take" | "close" | "read"): Promise<void> {
  if (what === "read") return void (await markRead(id));
  const detail = await getConversation(id);
  settled(detail, await (what === "take" ? take : close)(id));
}

/** begin signs in as the page does. */
export async function begin(): Promise<void> {
  queryClient.setQueryData(keys.session, await getSession());
  link = follow();
}

/** obey does as told and says what came of it. */
export async function obey(command: Command, world: World): Promise<unknown> {
  switch (command.do) {
    case "show":
      return show(command, command.book);
    case "further":
      return void [...doings.values()][command.nth % doings.size]?.();
    case "pass":
      return world.pass(command.millis, () => moment(world));
    case "tell":
      return void window.dispatchEvent(new window.Event(command.event));
    case "say":
      return send(command.conversation, { parts: [{ type: "text", body: command.text }] } as Content, false);
    case "act":
      // What is refused, or did not get through, is told to whoever pressed.
      return void act(command.conversation, command.act).catch(() => undefined);
    case "settle":
      return settle(command.seq, world);
    case "compare":
      return compare();
  }
}
