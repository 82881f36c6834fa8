import { act } from "react";
import { createRoot } from "react-dom/client";
import { beforeEach, expect, test } from "vitest";
import { useAble, useAction, useActions } from "./store";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let shown: string[];
let drawn: number;

/** Bar offers what can be done, as a thread's header does. */
function Bar() {
  const able = useAble();
  return <Buttons able={able} />;
}

function Buttons({ able }: { able: ReturnType<typeof useAble> }) {
  drawn++;
  shown = (["take", "close", "reopen"] as const).filter(able);
  return null;
}

function Thread({ closed }: { closed: boolean }) {
  useAction("take", closed ? undefined : () => undefined);
  useAction("close", closed ? undefined : () => undefined);
  useAction("reopen", closed ? () => undefined : undefined);
  return null;
}

beforeEach(() => {
  drawn = 0;
  useActions.setState({ runs: {} });
});

test("what can be done is drawn again when it is something else, not for another conversation", async () => {
  const root = createRoot(document.createElement("div"));
  const bar = <Bar key="bar" />;
  const show = (id: number, closed: boolean) =>
    act(async () => root.render([bar, <Thread key={id} closed={closed} />]));
  await show(1, false);
  expect(shown).toEqual(["take", "close"]);
  const before = drawn;
  await show(2, false);
  expect(shown).toEqual(["take", "close"]);
  expect(drawn).toBe(before);
  await show(3, true);
  expect(shown).toEqual(["reopen"]);
});
