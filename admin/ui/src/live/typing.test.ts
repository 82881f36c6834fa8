import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useLive } from "./store";
import { typed } from "./typing";

const type = (kind: string, text: string, on = text !== "") =>
  typed({ type: "signal", conversation: "c", signal: { type: "typing", on, text }, sender: { kind } });
const shown = () => useLive.getState().typing.c;

beforeEach(() => {
  vi.useFakeTimers();
  useLive.getState().setState("open");
  useLive.getState().setTyping("c", undefined);
});
afterEach(() => vi.useRealTimers());

it("words stand after the typist pauses, and not for ever", () => {
  type("customer", "is it");
  vi.advanceTimersByTime(7_000);
  type("customer", "is it in stock");
  vi.advanceTimersByTime(7_999);
  expect(shown()).toMatchObject({ text: "is it in stock" });
  expect(shown()?.paused).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(shown()).toMatchObject({ text: "is it in stock", paused: true });
  vi.advanceTimersByTime(52_000);
  expect(shown()).toBeUndefined();
});

it("typing without words ends with the typist's pause", () => {
  type("customer", "", true);
  expect(shown()).toBeDefined();
  vi.advanceTimersByTime(8_000);
  expect(shown()).toBeUndefined();
});

it("a colleague neither covers a customer's words nor ends them", () => {
  type("customer", "is it");
  type("agent", "", true);
  type("agent", "");
  expect(shown()).toMatchObject({ text: "is it", kind: "customer" });
  type("customer", "");
  expect(shown()).toBeUndefined();
});

it("nothing is claimed to stand there after a lost connection", () => {
  type("customer", "is it");
  useLive.getState().setState("lost");
  expect(shown()).toBeUndefined();
});
