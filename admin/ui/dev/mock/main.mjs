// A played hub for working on the screens without one: `npm run mock`, then
// `PARLEY_DEV_HUB=http://127.0.0.1:8099 npm run dev`. It keeps nothing. With
// MOCK_STATIC=1 it also serves dist/, as the hub does.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { rulesContent } from "./bot.mjs";
import { connectors } from "./connectors.mjs";
import * as d from "./data.mjs";
import { accept, entry, say } from "./live.mjs";

const mode = process.env.MOCK_MODE ?? ""; // "setup", "signin", "code", "two-step", "empty", "failing"
const port = Number(process.env.MOCK_PORT ?? 8099);
let signedIn = !["setup", "signin", "code"].includes(mode);
const permissions =
  "conversation.read conversation.reply conversation.assign conversation.all contact.list contact.read contact.write bot.read bot.write bot.publish account.read account.write link.read link.write trouble.read trouble.write tenant.read tenant.write team.read team.write agent.read agent.write owner.write routing.read routing.write hours.read hours.write tag.read tag.write block.read block.write canned.read canned.write canned.share token.read token.write audit.read file.read file.write event.read address.read".split(
    " ",
  );
const me = d.agents[0];
const list = (items, next = null) => ({ items, next });
const row = (c) => ({ ...c, contact: pickContact(c), account: pickAccount(c) });
const pickContact = (c) =>
  (({ id, name, avatar }) => ({ id, name, avatar }))(d.contacts.find((x) => x.id === c.contact));
const pickAccount = (c) =>
  (({ id, name, kind }) => ({ id, name, kind }))(d.accounts.find((x) => x.id === c.account));
const conv = (id) =>
  d.conversations.find((c) => c.id === id) ?? fail(404, "not_found", "There is no such conversation.");
const session = () => ({
  agent: me,
  tenant: d.tenant,
  preferences: {
    keys: {},
    single_keys: true,
    ring: { notify: true, private: false, volume: 60, assigned: true, waiting: true, mentioned: true },
  },
  permissions: [...permissions, "self", "signed"],
  second_factor_missing: mode === "two-step" && !factor.on,
});
const factor = { on: mode === "code", since: d.at(9000), recovery_codes: 8, required: mode === "two-step" };
const wrong = (field, code, detail) => fail(422, code, detail, { field: `body.${field}` });
const refused = (b) => b.password === "wrong" && wrong("password", "password_wrong", "当前密码不正确。");
const recovery = () => ({
  codes: Array.from({ length: 10 }, (_, i) => `8g4k-p2zm-7v${i}c-hq5x`),
});
const linked = (b) =>
  b.token === "over" &&
  fail(404, "link_unknown", "未找到此链接。", { remedy: "请确认链接复制完整，或联系管理员获取新的链接。" });
class Fail extends Error {}
function fail(status, code, detail, extra = {}) {
  throw Object.assign(new Fail(detail), {
    problem: {
      type: "about:blank",
      title: code,
      status,
      code,
      detail,
      request_id: `req_${randomUUID().slice(0, 12)}`,
      ...extra,
    },
  });
}
const draft = { content: rulesContent(), rev: 31 };
const hours = [
  {
    id: randomUUID(),
    name: "工作时间",
    time_zone: "Asia/Shanghai",
    week: [1, 2, 3, 4, 5, 6, 7].map((n) =>
      n > 6
        ? []
        : [
            { from: 540, to: 720 },
            { from: 810, to: 1080 },
          ],
    ),
    holidays: [
      { date: "2027-01-01", name: "元旦" },
      { date: "2027-01-02", name: "值班", periods: [{ from: 600, to: 840 }] },
    ],
  },
];

const routes = [
  ["GET", "/setup", () => ({ needed: mode === "setup" && !signedIn })],
  ["POST", "/setup", () => ((signedIn = true), session())],
  ["GET", "/session", () => (signedIn ? session() : fail(401, "signed_out", "Sign in first."))],
  [
    "POST",
    "/session",
    (_, b) =>
      b.password === "wrong"
        ? fail(403, "sign_in", "邮箱或密码不正确。", { remedy: "请检查大小写，或让管理员重置密码。" })
        : factor.on && !b.code
          ? fail(403, "second_factor", "还需要输入验证码。", { field: "body.code" })
          : b.code === "000000"
            ? fail(403, "second_factor_wrong", "验证码不正确。", { field: "body.code" })
            : ((signedIn = true), session()),
  ],
  ["GET", "/me/second-factor", () => factor],
  [
    "POST",
    "/me/second-factor",
    (_, b) =>
      refused(b) || {
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        uri: "otpauth://totp/Parley:lin@example.com?issuer=Parley&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        expires: d.at(-30),
      },
  ],
  [
    "POST",
    "/me/second-factor/confirm",
    (_, b) =>
      b.code === "000000"
        ? wrong("code", "second_factor_wrong", "验证码不正确。")
        : ((factor.on = true), recovery()),
  ],
  ["POST", "/me/second-factor/codes", (_, b) => refused(b) || recovery()],
  ["POST", "/me/second-factor/remove", (_, b) => refused(b) || ((factor.on = false), {})],
  [
    "GET",
    "/access",
    () =>
      list(
        d.agents.map((a, i) => ({
          agent: a.id,
          password: i !== 2,
          ...(i % 3 === 0 && { second_factor: d.at(9000) }),
          ...(i === 2 && { link: d.at(-900) }),
        })),
      ),
  ],
  [
    "POST",
    "/agents/:id/password-link",
    () => ({
      url: "http://127.0.0.1:8099/password#AaIX1WS4cAC_QvjgQ5VtUQ.-47P2mcicpRuhqnr34wsyw1wqjAH_thWvLi1Yjkyv5o",
      expires: d.at(-30),
      invitation: false,
    }),
  ],
  ["DELETE", "/agents/:id/second-factor", () => ({})],
  [
    "POST",
    "/password-link/open",
    (_, b) =>
      linked(b) || {
        name: me.name,
        email: me.email,
        business: d.tenant.name,
        invitation: b.token === "new",
        expires: d.at(-30),
      },
  ],
  ["POST", "/password-link/use", (_, b) => linked(b) || {}],
  ["DELETE", "/session", () => ((signedIn = false), {})],
  [
    "GET",
    "/sessions",
    () =>
      list([
        {
          id: "1",
          created: d.at(300),
          seen: d.at(0),
          address: "203.0.113.7",
          browser: "Chrome 148 · Windows",
          current: true,
        },
        {
          id: "2",
          created: d.at(9000),
          seen: d.at(700),
          address: "198.51.100.2",
          browser: "Safari · iPhone",
          current: false,
        },
      ]),
  ],
  ["PATCH", "/me", (_, b) => Object.assign(me, b)],
  ["PUT", "/me/state", (_, b) => Object.assign(me, b)],
  ["GET", "/tenant", () => d.tenant],
  [
    "PATCH",
    "/tenant",
    (_, b) => Object.assign(d.tenant, { ...b, settings: { ...d.tenant.settings, ...b.settings } }),
  ],
  ["GET", "/agents", () => list(d.agents)],
  ["GET", "/teams", () => list(d.teams)],
  ["GET", "/tags", () => list(d.tags)],
  ["GET", "/canned", () => list(d.canned)],
  ["GET", "/hours", () => list(hours)],
  [
    "GET",
    "/blocks",
    () =>
      list([
        {
          id: "b1",
          kind: "contact",
          contact: d.contacts[13].id,
          reason: "辱骂客服",
          by: d.ids.me,
          created: d.at(4000),
          expires: d.at(-9000),
          hits: 12,
        },
        {
          id: "b2",
          kind: "address",
          prefix: "198.51.100.0/24",
          reason: "Spam",
          by: d.ids.lin,
          created: d.at(9000),
          hits: 4021,
        },
      ]),
  ],
  [
    "GET",
    "/tokens",
    () =>
      list([
        { id: "t1", name: "ERP", role: "bot", prefix: "pk_8fh2", created: d.at(20_000), last_used: d.at(3) },
      ]),
  ],
  [
    "POST",
    "/tokens",
    (_, b) => ({
      id: "t2",
      ...b,
      prefix: "pk_9ab1",
      created: d.at(0),
      token: "pk_9ab1_7Qm2yJw0sV4tPz8kD1xN6cRfHgLbTqEa",
    }),
  ],
  [
    "GET",
    "/audit",
    () =>
      list(
        [
          ["account.linked", "官方网站"],
          ["agent.created", "Emma Rasmussen-Oyelaran"],
          ["contact.blocked", "辱骂客服"],
          ["bot.published", "售前助手 v7"],
        ].map(([action, target], i) => ({
          n: 40 - i,
          at: d.at(i * 333),
          name: i % 2 ? "林志远" : "陈晓雨",
          action,
          target,
          address: "203.0.113.7",
        })),
      ),
  ],
  ["GET", "/connectors", () => list(connectors)],
  ["GET", "/accounts", () => list(mode === "empty" ? [] : d.accounts)],
  [
    "GET",
    "/accounts/:id",
    (p) => d.accounts.find((a) => a.id === p.id) ?? fail(404, "not_found", "There is no such account."),
  ],
  [
    "PATCH",
    "/accounts/:id",
    (p, b) =>
      Object.assign(
        d.accounts.find((a) => a.id === p.id),
        b,
      ),
  ],
  [
    "POST",
    "/accounts",
    (_, b) =>
      b.config.password === "wrong"
        ? fail(422, "invalid", "Some fields are wrong.", {
            errors: [
              {
                field: "body.config.password",
                detail: "The mail server refused the password.",
                remedy: "Make an app password.",
              },
            ],
          })
        : link(b),
  ],
  ["POST", "/accounts/test", () => verdict()],
  ["POST", "/accounts/:id/test", () => verdict()],
  [
    "GET",
    "/accounts/:id/callbacks",
    () =>
      list([
        {
          n: 9,
          at: d.at(2),
          method: "POST",
          path: "/",
          size: 812,
          status: "stored",
          body: '{"event":"posted"}',
        },
        {
          n: 8,
          at: d.at(9),
          method: "POST",
          path: "/",
          size: 77,
          status: "refused",
          error: "signature does not match",
          body: "{}",
        },
      ]),
  ],
  [
    "GET",
    "/links/:id",
    (p) => ({
      id: p.id,
      kind: "email",
      name: "mail",
      config: {
        address: "support@cloudshop.example",
        imap_host: "imap.cloudshop.example",
        imap_port: "993",
        security: "tls",
      },
      secrets: ["password"],
      hook_url: "https://chat.cloudshop.example/hooks/8fh2k1",
      state: d.accounts[1].state,
      paused: false,
      created: d.at(9000),
    }),
  ],
  ["PATCH", "/links/:id", () => ({})],
  [
    "GET",
    "/unrouted",
    () =>
      list([
        {
          n: 3,
          link: d.accounts[2].link,
          account: "shop-berlin",
          at: d.at(30),
          from: "Klaus",
          text: "Guten Tag",
        },
      ]),
  ],
  [
    "GET",
    "/dead-letters",
    (_, __, q) =>
      list(
        q.get("kind") === "outbox"
          ? [
              {
                n: 5,
                kind: "outbox",
                at: d.at(40),
                account: d.accounts[1].id,
                conversation: d.conversations[2].id,
                text: "Dear Sofia…",
                state: "failed",
                failure: { class: "gone", text: "550 5.1.1 mailbox unavailable", tries: 8 },
                tries: 8,
              },
            ]
          : [],
      ),
  ],
  [
    "GET",
    "/contacts",
    (_, __, q) => list(d.contacts.filter((c) => !q.get("q") || c.name.includes(q.get("q")))),
  ],
  [
    "GET",
    "/contacts/:id",
    (p) => d.contacts.find((c) => c.id === p.id) ?? fail(404, "not_found", "There is no such contact."),
  ],
  [
    "PATCH",
    "/contacts/:id",
    (p, b) =>
      Object.assign(
        d.contacts.find((c) => c.id === p.id),
        b,
      ),
  ],
  [
    "GET",
    "/contacts/:id/conversations",
    (p) => list(d.conversations.filter((c) => c.contact === p.id).map(row)),
  ],
  [
    "GET",
    "/contacts/:id/identities",
    (p) =>
      list([
        {
          id: "i1",
          contact: p.id,
          account: d.accounts[0].id,
          remote_id: "v_8fh2k1",
          name: "网页访客",
          verified: false,
          created: d.at(900),
        },
        {
          id: "i2",
          contact: p.id,
          account: d.accounts[1].id,
          remote_id: "fang@example.com",
          verified: true,
          created: d.at(900),
        },
      ]),
  ],
  ["GET", "/conversations/tallies", () => tallies()],
  ["GET", "/conversations", (_, __, q) => conversationList(q)],
  ["GET", "/views", () => list([])],
  ["GET", "/views/counts", () => ({ counts: {} })],
  ["GET", "/bulks", () => list([])],
  [
    "GET",
    "/conversations/:id",
    (p) => ({
      ...row(conv(p.id)),
      names: {},
      capabilities: d.capabilities,
      owner_changes: d.ownerChanges(conv(p.id)),
    }),
  ],
  ["GET", "/conversations/:id/messages", (p, _, q) => thread(conv(p.id), q)],
  ["POST", "/conversations/:id/messages", (p, b) => post(conv(p.id), b)],
  ["POST", "/conversations/:id/take", (p) => own(p.id, { kind: "agent", id: me.id }, "taken")],
  [
    "POST",
    "/conversations/:id/transfer",
    (p, b) =>
      own(
        p.id,
        b.team
          ? { kind: "queue", team: b.team }
          : b.bot
            ? { kind: "bot", id: b.bot }
            : { kind: "agent", id: b.agent },
        "transferred",
      ),
  ],
  [
    "POST",
    "/conversations/:id/close",
    (p, b) =>
      conv(p.id).tags.length || b?.tags?.length
        ? own(p.id, { kind: "closed" }, "closed")
        : fail(422, "tag_required", "请先选择标签。"),
  ],
  ["POST", "/conversations/:id/reopen", (p) => own(p.id, { kind: "agent", id: me.id }, "reopened")],
  ["POST", "/conversations/:id/return", (p) => own(p.id, { kind: "bot", id: d.ids.bot }, "returned")],
  ["POST", "/conversations/:id/read", (p) => ((conv(p.id).unread = 0), {})],
  ["GET", "/bots", () => list(d.bots)],
  [
    "GET",
    "/bots/:id",
    (p) => ({ ...d.bots.find((b) => b.id === p.id), draft: draft.content, draft_rev: draft.rev }),
  ],
  [
    "PUT",
    "/bots/:id/draft",
    (_, b) => (
      (draft.content = b.content),
      {
        draft_rev: ++draft.rev,
        errors: b.content.rules.some((r) => !r.patterns.length)
          ? [{ field: "rules[0].patterns", detail: "Write at least one question." }]
          : [],
        warnings: [],
      }
    ),
  ],
  [
    "GET",
    "/bots/:id/diff",
    () => ({
      items: [
        { path: "rules.shipping", kind: "changed", text: "物流查询" },
        { path: "rules.invoice", kind: "added", text: "发票" },
        { path: "welcome", kind: "changed", text: "欢迎语" },
      ],
    }),
  ],
  [
    "GET",
    "/bots/:id/versions",
    (p) =>
      list(
        [7, 6, 5].map((v) => ({
          bot: p.id,
          version: v,
          by: d.ids.me,
          note: v === 7 ? "双十一话术" : "",
          at: d.at((8 - v) * 4000),
        })),
      ),
  ],
  ["POST", "/bots/:id/publish", () => d.bots[0]],
  ["POST", "/bots/:id/undo", () => d.bots[0]],
  ["POST", "/bots/:id/try", (_, b) => tryBot(b)],
  [
    "POST",
    "/bots/:id/import",
    () => ({
      added: 12,
      changed: 3,
      unchanged: 840,
      removed: 0,
      errors: [
        {
          row: 18,
          column: "pattern",
          text: "The expression does not end: [a-z",
          remedy: "Close the bracket.",
        },
      ],
    }),
  ],
  [
    "GET",
    "/bots/:id/hits",
    () =>
      list(
        [
          ["welcome", "欢迎语", 812],
          ["shipping", "物流查询", 391],
          ["return", "退换货", 220],
          ["price", "Price", 18],
        ].map(([rule, name, n]) => ({ rule, name, hits: n, last: d.at(n) })),
      ),
  ],
  [
    "GET",
    "/bots/:id/missed",
    () =>
      list(
        ["可以货到付款吗", "Do you ship to Norway?", "你们是机器人吗", "怎么开通企业账户"].map((text, n) => ({
          n,
          bot: d.ids.bot,
          conversation: d.conversations[7].id,
          message: "m",
          text,
          at: d.at(n * 41),
        })),
      ),
  ],
  ["GET", "/bots/:id/conversations", () => list(d.conversations.slice(7, 12).map(row))],
  ["POST", "/files", (_, body, q, req) => stored(q.get("name"), req.headers["content-type"], body)],
  [
    "GET",
    "/files/:id",
    (p) =>
      (({ body, ...f }) => ({ ...f, url: `/files/${p.id}` }))(
        d.files.get(p.id) ?? fail(404, "not_found", "There is no such file."),
      ),
  ],
  ["POST", "/live/ticket", () => ({ ticket: randomUUID() })],
];

function tallies() {
  const queue = {};
  for (const c of d.conversations) {
    if (c.owner.kind !== "queue") continue;
    const q = (queue[c.owner.team ?? "none"] ??= { n: 0, longest_waiting_since: c.waiting_since });
    q.n++;
    if (c.waiting_since < q.longest_waiting_since) q.longest_waiting_since = c.waiting_since;
  }
  const n = (f) => d.conversations.filter(f).length;
  return {
    mine: n((c) => c.owner.id === me.id),
    queue,
    bot: n((c) => c.owner.kind === "bot"),
    agent: n((c) => c.owner.kind === "agent"),
    unread: n((c) => c.owner.id === me.id && c.unread),
  };
}

function conversationList(q) {
  if (mode === "empty") return list([]);
  if (mode === "failing")
    fail(500, "internal", "数据库暂时不可用。", { remedy: "请稍后再试；如果持续，请查看 parley doctor。" });
  const status = q.get("status");
  let rows = d.conversations.filter((c) =>
    status === "open" ? c.owner.kind !== "closed" : !status || c.owner.kind === status,
  );
  if (q.get("owner"))
    rows = rows.filter((c) => c.owner.id === (q.get("owner") === "me" ? me.id : q.get("owner")));
  if (q.get("team")) rows = rows.filter((c) => c.owner.team === q.get("team"));
  if (q.get("account")) rows = rows.filter((c) => c.account === q.get("account"));
  if (q.get("sort") === "waiting")
    rows = rows.filter((c) => c.waiting_since).sort((a, b) => a.waiting_since.localeCompare(b.waiting_since));
  else rows = [...rows].sort((a, b) => b.last_at.localeCompare(a.last_at));
  const from = Number(q.get("cursor") ?? 0);
  const limit = Number(q.get("limit") ?? 50);
  return list(
    rows.slice(from, from + limit).map(row),
    from + limit < rows.length ? String(from + limit) : null,
  );
}

function thread(c, q) {
  const all = d.messages.get(c.thread) ?? [];
  const rev = all.length;
  if (q.get("after_rev")) return { ...list(all.filter((m) => m.rev > Number(q.get("after_rev")))), rev };
  const before = Number(q.get("before") ?? Number.MAX_SAFE_INTEGER);
  const older = all.filter((m) => m.pos < before);
  const page = older.slice(-Number(q.get("limit") ?? 50)).reverse();
  return { ...list(page, older.length > page.length ? "more" : null), rev };
}

function post(c, b) {
  const all = d.messages.get(c.thread);
  const had = all.find((m) => m.content.client_id === b.client_id);
  if (had) return had;
  const n = all.length + 1;
  const m = {
    id: randomUUID(),
    thread: c.thread,
    conversation: c.id,
    pos: n,
    rev: n,
    from: b.note ? "note" : "agent",
    sender: me.id,
    name: me.name,
    at: new Date().toISOString(),
    content: { ...b.content, client_id: b.client_id },
    state: b.note ? undefined : "queued",
  };
  all.push(m);
  Object.assign(c, {
    last_at: m.at,
    last_from: m.from,
    last_text: b.content.parts[0]?.body ?? "",
    waiting_since: undefined,
  });
  entry("message", m, c.id);
  if (!b.note)
    ["sent", "delivered", "read"].forEach((state, i) =>
      setTimeout(
        () => entry("message.changed", Object.assign(m, { state, rev: m.rev + 0.1 }), c.id),
        500 * (i + 1),
      ),
    );
  return m;
}

function own(id, owner, code) {
  const c = conv(id);
  Object.assign(c, { owner, lease: c.lease + 1, reason: { code } });
  entry("conversation.assigned", c, id);
  return c;
}

const link = (b) => {
  const a = {
    id: randomUUID(),
    link: randomUUID(),
    kind: b.connector,
    name: b.name,
    remote_id: "x",
    paused: false,
    state: { health: "unknown" },
    created: new Date().toISOString(),
    bot: b.bot,
    team: b.team,
  };
  d.accounts.push(a);
  return { ...a, link_id: a.link, hook_url: `http://127.0.0.1:${port}/hooks/${a.link.slice(0, 8)}` };
};
const verdict = () => ({
  ok: false,
  checks: [
    ["Name resolves", 12, true],
    ["Connection is encrypted", 88, true],
    ["Sign-in (IMAP)", 240, true],
    ["Sign-in (SMTP)", 310, false],
  ].map(([name, millis, ok]) => ({
    name,
    ok,
    millis,
    text: { en: ok ? "" : "The server refused the password.", zh: ok ? "" : "服务器拒绝了密码。" },
    remedy: ok ? undefined : { en: "Make an app password.", zh: "请生成授权码。" },
  })),
});
const tryBot = (b) => ({
  messages: [
    {
      parts: [
        { type: "text", body: `您好！关于“${b.text ?? b.value ?? ""}”：收到商品 7 天内可无理由退货。` },
        {
          type: "choices",
          style: "buttons",
          options: [
            { kind: "reply", label: "查物流", value: "物流" },
            { kind: "human", label: "转人工", value: "parley:human" },
          ],
        },
      ],
    },
  ],
  why: { rule: "return", name: "退换货", match: "keyword", text: "退货" },
  memory: {},
  explain: {
    normalised: b.text,
    candidates: [
      { rule: "return", name: "退换货", match: "keyword" },
      { rule: "shipping", name: "物流查询", match: "keyword" },
    ],
  },
  micros: 84,
});
const stored = (name, mime, body) => {
  const f = { id: randomUUID(), name, mime, size: body.length };
  d.files.set(f.id, { ...f, body });
  return { ...f, url: `/files/${f.id}` };
};

function match(method, path) {
  for (const [m, pattern, run] of routes) {
    if (m !== method) continue;
    const names = [];
    const re = new RegExp(`^${pattern.replace(/:(\w+)/g, (_, n) => (names.push(n), "([^/]+)"))}$`);
    const hit = re.exec(path);
    if (hit) return { run, params: Object.fromEntries(names.map((n, i) => [n, hit[i + 1]])) };
  }
  return undefined;
}

function serveFile(res, path) {
  const dist = new URL("../../dist", import.meta.url).pathname;
  const file = join(dist, path);
  const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", html: "text/html" };
  if (path !== "/" && existsSync(file)) {
    res.writeHead(200, { "Content-Type": types[path.split(".").pop()] ?? "application/octet-stream" });
    return res.end(readFileSync(file));
  }
  const nonce = randomUUID().replaceAll("-", "");
  res.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; script-src 'self'; style-src-elem 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  });
  return res.end(readFileSync(join(dist, "index.html"), "utf8").replace("__NONCE__", nonce));
}

const server = createServer((req, res) => {
  const url = new URL(req.url, "http://x");
  const chunks = [];
  req.on("data", (c) => chunks.push(c));
  req.on("end", () => {
    if (url.pathname.startsWith("/files/")) {
      const f = d.files.get(url.pathname.slice(7));
      res.writeHead(f ? 200 : 404, { "Content-Type": f?.mime ?? "text/plain" });
      return res.end(f?.body);
    }
    if (!url.pathname.startsWith("/api/")) return serveFile(res, url.pathname);
    const raw = Buffer.concat(chunks);
    const body = /json/.test(req.headers["content-type"] ?? "") && raw.length ? JSON.parse(raw) : raw;
    try {
      const hit =
        match(req.method, url.pathname.replace("/api/v1", "")) ??
        fail(404, "not_found", `Not played: ${req.method} ${url.pathname}`);
      const out = hit.run(hit.params, body, url.searchParams, req);
      res.writeHead(200, { "Content-Type": "application/json" });
      res.end(JSON.stringify(out ?? {}));
    } catch (e) {
      const problem = e.problem ?? {
        status: 500,
        code: "internal",
        detail: String(e.stack),
        request_id: "req_played",
      };
      res.writeHead(problem.status, { "Content-Type": "application/problem+json" });
      res.end(JSON.stringify(problem));
    }
  });
});
server.on("upgrade", (req, socket) => accept(req, socket));
server.listen(port, "127.0.0.1", () => console.log(`the played hub answers on http://127.0.0.1:${port}`));

// A customer who types.
const words = "好的，请问大概";
let typed = 0;
setInterval(() => {
  typed = (typed + 1) % (words.length + 6);
  const text = words.slice(0, typed);
  say({
    type: "signal",
    conversation: d.conversations[0].id,
    signal: { type: "typing", on: typed > 0, text },
    sender: { kind: "customer" },
  });
}, 700).unref();
