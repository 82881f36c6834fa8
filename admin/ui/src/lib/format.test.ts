import { expect, it } from "vitest";
import { spaced } from "./format";

it("U-18 Chinese that goes on in Latin letters has a space there, and elsewhere none", () => {
  expect(spaced("关联Telegram")).toBe("关联 Telegram");
  expect(spaced("关联网站在线咨询")).toBe("关联网站在线咨询");
  expect(spaced("关联 LINE")).toBe("关联 LINE");
  expect(spaced("Link Telegram")).toBe("Link Telegram");
});
