// The application's live state without its looks, for tests against a real hub:
//
//   node dev/follow/main.mjs HUB COOKIE
//
// Reads one JSON command a line from standard input and answers each with one
// JSON line of the same id, as internal/journey/browser/runner.mjs does.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Window } from "happy-dom";
import { createServer } from "vite";

const [hub, cookie] = process.argv.slice(2);

// A page of the hub, as far as the live state looks at one.
const window = new Window({ url: `${hub}/` });
Object.assign(globalThis, {
  window,
  document: window.document,
  location: window.location,
  localStorage: window.localStorage,
  navigator: window.navigator,
  WebSocket: window.WebSocket,
  IS_REACT_ACT_ENVIRONMENT: false,
});

// Its requests go to the hub with the person's cookie.
const { fetch: plain, Request: Plain } = globalThis;
globalThis.Request = class extends Plain {
  constructor(input, init) {
    super(typeof input === "string" ? new URL(input, hub) : input, init);
    this.headers.set("cookie", cookie);
  }
};
globalThis.fetch = (input, init) => plain(input, init);

// Its clock is turned on with the hub's, and what it waits for comes ten times sooner.
const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;
const { setTimeout: later, setInterval: every } = globalThis;
globalThis.setTimeout = (run, wait = 0, ...more) => later(run, wait / 10, ...more);
globalThis.setInterval = (run, wait = 0, ...more) => every(run, wait / 10, ...more);

const vite = await createServer({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  configFile: false,
  logLevel: "error",
  appType: "custom",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
});
const screens = await vite.ssrLoadModule("/dev/follow/screens.tsx");
await screens.start();

const commands = {
  show: ({ conversations }) => screens.show(conversations),
  event: ({ name }) => void window.dispatchEvent(new window.Event(name)),
  ahead: ({ ms }) => {
    ahead = ms;
  },
  compare: ({ seq, within }) => screens.compare(seq, within, later, now),
};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ id: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...rest } = JSON.parse(line);
  try {
    say({ id, value: (await commands[op](rest)) ?? null });
  } catch (error) {
    say({ id, error: error?.stack ?? String(error) });
  }
}
process.exit(0);
