import type { ServerFrame } from "./frames";
import { useLive } from "./store";
import { say } from "./useFeed";

/** Who looks says so again this often; not heard of for twice as long, they are gone. */
export const LOOKS_EVERY = 15_000;

type Signal = Extract<ServerFrame, { type: "signal" }>;

const over = new Map<string, ReturnType<typeof setTimeout>>();

/** looked keeps who else has a conversation open, and tells who comes that one has it open too. */
export function looked({ conversation, signal, sender: { id = "", name = "" } }: Signal): void {
  const key = `${conversation} ${id}`;
  const known = useLive.getState().company[conversation]?.[id] !== undefined;
  clearTimeout(over.get(key));
  useLive.setState(({ company }) => {
    const { [id]: _, ...others } = company[conversation] ?? {};
    return { company: { ...company, [conversation]: signal.gone ? others : { ...others, [id]: name } } };
  });
  if (signal.gone) return;
  over.set(
    key,
    setTimeout(
      () =>
        looked({
          type: "signal",
          conversation,
          signal: { type: "looking", gone: true },
          sender: { kind: "agent", id },
        }),
      2 * LOOKS_EVERY,
    ),
  );
  if (!known && location.pathname.includes(conversation)) say({ type: "looking", conversation });
}
