#!/usr/bin/env node
// A whole application for Parley's http connector, with nothing but Node itself.
//
// Every line typed is a message of a customer; what the business answers is printed.
//
//   PARLEY_HOOK=https://hub.example.com/hooks/…  PARLEY_SECRET=whsec_…  node app.mjs [port]
//
// Give the link the address that is printed as its api_base.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const { PARLEY_HOOK: hook, PARLEY_SECRET: secret } = process.env;
const keys = secret.trim().split(/\s+/).map((s) => (s.startsWith("whsec_") ? Buffer.from(s.slice(6), "base64") : Buffer.from(s)));
const tolerance = 300; // seconds
const now = () => Math.floor(Date.now() / 1000);

function sign(key, id, timestamp, body) {
  return "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

function same(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function authentic(headers, body) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const given = (headers["webhook-signature"] ?? "").split(" ");
  if (!/^\d+$/.test(timestamp) || Math.abs(now() - Number(timestamp)) > tolerance) return false;
  const want = keys.map((key) => sign(key, id, timestamp, body));
  return given.some((g) => want.some((w) => same(g, w)));
}

// Tells the hub what happened, until it has it. The same event id is the same event.
async function tell(event, eventId = randomUUID()) {
  const body = JSON.stringify({
    event_id: eventId,
    from: { id: "customer-1", name: "Ada" },
    time: new Date().toISOString(),
    event,
  });
  for (let wait = 500; ; wait = Math.min(wait * 2, 60_000)) {
    const id = randomUUID();
    const timestamp = String(now());
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": sign(keys[0], id, timestamp, body),
    };
    try {
      const answer = await fetch(hook, { method: "POST", headers, body });
      if (answer.ok) return; // 2xx: the hub has it durably
      if (answer.status < 500 && answer.status !== 429) {
        console.log("refused:", answer.status, await answer.text());
        return; // repeating will not help
      }
    } catch {
      // no answer: it may have it, and will recognise the event id
    }
    await sleep(wait);
  }
}

// What customers see, once for each key.
const byKey = new Map();
const byId = new Map();

function change(call, show) {
  if (!byId.has(call.target)) return [422, { code: "no_such_message" }];
  console.log(show);
  return [200, { remote_id: call.target }];
}

const operations = {
  post(call) {
    if (byKey.has(call.key)) return [409, { remote_id: byKey.get(call.key) }]; // a repetition: say so, show nothing
    const shown = words(call.message);
    const remoteId = `m-${byId.size + 1}`;
    byKey.set(call.key, remoteId);
    byId.set(remoteId, call);
    console.log(`${call.sender?.kind ?? "hub"}: ${shown}`);
    // Off this request's path: the hub learns that the customer has read it.
    tell({ type: "receipt", target: remoteId, state: "read" }, `read-${remoteId}`);
    return [200, { remote_id: remoteId }];
  },
  edit: (call) => change(call, `(now reads: ${words(call.message)})`),
  revoke: (call) => change(call, "(a message was taken back)"),
  react: (call) => change(call, `(reaction: ${call.emoji || "none"})`),
  typing: () => [200, {}],
  read: () => [200, {}],
  probe: () => [200, {}],
};

// The message for a screen that shows only text.
function words(message) {
  return message.parts
    .map((part) => {
      if (part.type === "text") return part.body;
      if (part.type === "media") return `[${part.kind}: ${part.url ?? ""}] ${part.caption ?? ""}`.trim();
      if (part.type === "choices") return [part.prompt ?? "", ...part.options.map((o) => o.label)].join(" / ");
      return `[${part.type}]`;
    })
    .join(" ");
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  let [status, answer] = [401, { text: "the signature does not fit" }];
  if (authentic(request.headers, body)) {
    try {
      const call = JSON.parse(body);
      if (typeof call.op !== "string" || typeof call.key !== "string") throw new TypeError("no call");
      [status, answer] = Object.hasOwn(operations, call.op) ? operations[call.op](call) : [422, { code: "unsupported" }];
    } catch {
      [status, answer] = [400, { text: "this is no call" }];
    }
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
});

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", async () => {
  console.log(`api_base: http://127.0.0.1:${server.address().port}/parley`);
  let n = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    await tell({ type: "posted", message: { remote_id: `in-${n++}`, parts: [{ type: "text", body: line.trim() }] } });
  }
  process.exit();
});
