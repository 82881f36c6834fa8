import { expect, test } from "vitest";
import { browserName } from "./browsers";

test("a browser is called by its name, version and system", () => {
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
  for (const [agent, name] of [
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/156.0.0.0 Safari/537.36`, "Chrome 156 · Linux"],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
      "Edge 140 · Windows",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:141.0) Gecko/20100101 Firefox/141.0",
      "Firefox 141 · macOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
      "Safari 18 · iOS",
    ],
    [
      `Mozilla/5.0 (Linux; Android 14) ${webkit} Version/4.0 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.49`,
      "WeChat 8 · Android",
    ],
    ["curl/8.14.1", "curl/8.14.1"],
  ] as const)
    expect(browserName(agent)).toBe(name);
});
