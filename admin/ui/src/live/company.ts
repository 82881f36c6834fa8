import type { ServerFrame } from "./frames";
import { useLive } from "./store";
import { LOOKS_EVERY, say } from "./useFeed";

type Signal = Extract<ServerFrame, { type: "signal" }>;

/** Who is not heard of for twice as long as who looks says so again is gone. */
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
