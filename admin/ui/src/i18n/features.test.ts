import i18next from "i18next";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { feature, prepare } from "./features";

const words = (language: string) => ({ default: { greeting: { [`of${Math.random()}`]: language } } });
const reader = () => ({
  zh: vi.fn(async () => words("zh")),
  en: vi.fn(async () => words("en")),
});

/** speak is what the application does, without the words of the first page. */
async function speak(language: "zh" | "en") {
  await prepare(language);
  await i18next.changeLanguage(language);
}

describe("U-18 the words of a feature", () => {
  beforeEach(async () => {
    await i18next.init({ lng: "", fallbackLng: false, resources: {} });
    await speak("en");
  });

  it("are read when it is opened, in the language that is spoken", async () => {
    const inbox = reader();
    await feature(inbox);
    expect([inbox.en.mock.calls.length, inbox.zh.mock.calls.length]).toEqual([1, 0]);
  });

  it("are read in another language before that is spoken", async () => {
    const inbox = reader();
    await feature(inbox);
    await prepare("zh");
    expect([inbox.zh.mock.calls.length, i18next.language]).toEqual([1, "en"]);
  });

  it("are there in both while the language changes", async () => {
    const slow = reader();
    let come = () => {};
    slow.zh.mockImplementationOnce(() => new Promise((go) => (come = () => go(words("zh")))));
    await feature(slow);
    const changed = speak("zh");
    const late = reader();
    await feature(late);
    expect([late.en.mock.calls.length, late.zh.mock.calls.length]).toEqual([1, 1]);
    come();
    await changed;
    expect(i18next.language).toBe("zh");
  });

  it("stay in the language that is spoken when another cannot be read", async () => {
    vi.useFakeTimers();
    const lost = reader();
    lost.zh.mockRejectedValue(new Error("no network"));
    await feature(lost);
    const failed = expect(prepare("zh")).rejects.toThrow("no network");
    await vi.runAllTimersAsync();
    await failed;
    const next = reader();
    await feature(next);
    expect([next.en.mock.calls.length, next.zh.mock.calls.length]).toEqual([1, 0]);
    vi.useRealTimers();
  });

  it("are asked for again when the network loses them", async () => {
    vi.useFakeTimers();
    const weak = reader();
    weak.en.mockRejectedValueOnce(new Error("no network"));
    const there = feature(weak);
    await vi.runAllTimersAsync();
    await there;
    expect(weak.en).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });
});
