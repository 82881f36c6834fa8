// Pictures of the screens for looking at: node dev/shots.mjs OUT [filter…]
// Wants a hub (or the played one with a built dist) at SHOTS_URL.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const base = process.env.SHOTS_URL ?? "http://127.0.0.1:8099";
const [out = "/tmp/shots", ...only] = process.argv.slice(2);
mkdirSync(out, { recursive: true });

const screens = {
  inbox: { path: "/inbox/mine" },
  queue: { path: "/inbox/queue" },
  bots: { path: "/bots" },
  contacts: { path: "/contacts" },
  channels: { path: "/channels" },
  gallery: { path: "/channels/link" },
  linking: { path: "/channels/link/email" },
  trouble: { path: "/channels/trouble" },
  settings: { path: "/settings" },
  password: { path: "/password#a" },
  invitation: { path: "/password#new" },
  "link-over": { path: "/password#over" },
  "two-step": { path: "/two-step" },
  ...Object.fromEntries(
    [
      "profile",
      "team",
      "business",
      "hours",
      "tags",
      "canned",
      "blocks",
      "tokens",
      "audit",
      "routing",
      "sessions",
    ].map((n) => [`set-${n}`, { path: `/settings/${n}` }]),
  ),
};

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const [name, { path }] of Object.entries(screens)) {
  for (const width of [1440, 390]) {
    for (const theme of ["light", "dark"]) {
      for (const language of ["zh", "en"]) {
        const label = `${name}-${width}-${theme}-${language}`;
        if (only.length && !only.some((o) => new RegExp(o).test(label))) continue;
        const page = await browser.newPage({
          viewport: { width, height: width > 500 ? 900 : 844 },
          deviceScaleFactor: 1,
        });
        page.on("console", (m) => m.type() === "error" && console.log(label, m.text().slice(0, 300)));
        page.on("pageerror", (e) => console.log(label, String(e.stack).slice(0, 600)));
        await page.addInitScript(
          ([t, l]) => {
            localStorage.setItem("parley.theme", t);
            localStorage.setItem("parley.language", l);
          },
          [theme, language],
        );
        await page.goto(base + path);
        await page.waitForLoadState("networkidle").catch(() => undefined);
        await page.waitForTimeout(900);
        await page.screenshot({ path: `${out}/${label}.png` });
        await page.close();
      }
    }
  }
}
await browser.close();
