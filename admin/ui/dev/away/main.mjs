// A client of the inbox without a window, for the tests of what it holds after a loss of the network: the code of
// src/live with the queries of the screens, on the hub at PARLEY_HUB, as whoever PARLEY_COOKIE is signed in as. It
// takes a command a line and answers each with a line.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Window } from "happy-dom";
import { runnerImport } from "vite";
import { owned, pass, rest, skip } from "./time.mjs";

const { PARLEY_HUB: hub, PARLEY_ORIGIN: origin, PARLEY_COOKIE: cookie } = process.env;
const page = new Window({ url: `${hub}/inbox/all` });
for (const name of ["document", "location", "localStorage", "Node", "HTMLElement", "HTMLIFrameElement"])
  Object.defineProperty(globalThis, name, { value: page[name], configurable: true });
globalThis.window = page;

// A page's addresses are of its host, and a browser says who asks.
const { Request, fetch } = globalThis;
const asked = { open: 0 };
globalThis.Request = class extends Request {
  constructor(to, init) {
    super(typeof to === "string" ? new URL(to, hub) : to, init);
  }
};
globalThis.fetch = async (request, init) => {
  const own = new globalThis.Request(request, init);
  own.headers.set("Cookie", cookie);
  own.headers.set("Origin", origin);
  asked.open++;
  try {
    return await fetch(own);
  } finally {
    asked.open--;
  }
};
globalThis.WebSocket = class extends WebSocket {
  constructor(to) {
    super(to, { headers: { Origin: origin } });
  }
};
owned();

const root = fileURLToPath(new URL("../..", import.meta.url));
const { module } = await runnerImport(fileURLToPath(new URL("client.tsx", import.meta.url)), {
  root,
  logLevel: "error",
  resolve: { alias: { "@": `${root}src` } },
});
const world = { pass, skip, rest, asked };
const answer = (value, error) => process.stdout.write(`${JSON.stringify({ value, error })}\n`);
await module.begin();
answer();
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer(await module.obey(JSON.parse(line), world));
  } catch (e) {
    answer(null, String(e?.stack ?? e));
  }
}
process.exit(0);
