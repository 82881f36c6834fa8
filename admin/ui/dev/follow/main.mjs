// The application's live state without its looks, for tests against a real hub:
//
//   node dev/follow/main.mjs HUB COOKIE
//
// Reads one JSON command a line from standard input and answers each with one
// JSON line of the same id, as internal/journey/browser/runner.mjs does.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Window } from "happy-dom";
import { build } from "vite";
import { woundClock } from "./clock.mjs";

const [hub, cookie] = process.argv.slice(2);
const { setTimeout: later, fetch: plain, Request: Plain } = globalThis;
const real = Date.now;

// A page of the hub, as far as the live state looks at one.
const window = new Window({ url: `${hub}/` });
const clock = woundClock();
let ahead = 0;
Date.now = () => real() + ahead;
Object.assign(globalThis, {
  window,
  document: window.document,
  location: window.location,
  localStorage: window.localStorage,
  navigator: window.navigator,
  WebSocket: window.WebSocket,
  IS_REACT_ACT_ENVIRONMENT: false,
  clock,
});

// Its requests go to the hub with the person's cookie.
let asked = 0;
globalThis.Request = class extends Plain {
  constructor(input, init) {
    super(typeof input === "string" ? new URL(input, hub) : input, init);
    this.headers.set("cookie", cookie);
  }
};
globalThis.fetch = async (input, init) => {
  asked++;
  try {
    return await plain(input, init);
  } finally {
    asked--;
  }
};

// How often is looked until everything was heard, and then until it is the same: the hub may still be at work.
const WAITS = 2000;
const DIFFERS = 30;

const pause = (ms) => new Promise((go) => later(go, ms));

/** settled gives what was just begun the time of a short way to the hub and back. */
async function settled() {
  for (let n = 0; n < 10 && (n < 1 || asked > 0); n++) await pause(2);
}

const [{ output }] = [
  await build({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
    ssr: { noExternal: true },
    build: {
      ssr: "dev/follow/screens.tsx",
      write: false,
      rolldownOptions: {
        output: {
          codeSplitting: false,
          // The application waits by the wound clock; what carries its requests does not.
          banner: "const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis.clock;",
        },
      },
    },
  }),
];
const [{ code }] = output;
const screens = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
await screens.start();

const commands = {
  show: ({ conversations }) => screens.show(conversations),
  sees: ({ conversation }) => screens.sees(conversation),
  company: ({ conversation }) => screens.company(conversation),
  event: ({ name }) => void window.dispatchEvent(new window.Event(name)),
  ahead: ({ by, ms }) => {
    ahead = ms;
    return clock.wind(by, settled);
  },
  // Rounds are counted and no time is taken: the machine may have other work.
  compare: async ({ seq }) => {
    for (let waits = 0, differs = 0; ; ) {
      const { wait, found } = await screens.compare(seq);
      if (wait ? ++waits > WAITS : found.length === 0 || ++differs > DIFFERS) return wait ? [wait] : found;
      await pause(3);
      await clock.wind(200, settled);
    }
  },
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
