// What the played hub knows: names of forty characters, messages of five thousand,
// Chinese and English, and every kind of part.
import { randomUUID } from "node:crypto";

const now = Date.now();
export const at = (minutes) => new Date(now - minutes * 60_000).toISOString();
const id = () => randomUUID();
const pick = (list, i) => list[i % list.length];

export const ids = {
  tenant: id(),
  me: id(),
  lin: id(),
  emma: id(),
  sales: id(),
  tech: id(),
  bot: id(),
  night: id(),
};

export const tenant = {
  id: ids.tenant,
  slug: "default",
  name: "云朵商城 Cloud Shop",
  language: "zh",
  created: at(90_000),
  settings: {
    wide_load: false,
    idle_close: 86_400,
    silent_close: 0,
    require_tag: true,
    recall_within: 120,
    live_typing: true,
    hide_address: true,
    require_second_factor: false,
    max_file: 0,
  },
};

const agent = (key, name, role, state, load, teams) => ({
  id: ids[key],
  email: `${key}@example.com`,
  name,
  role,
  language: "zh",
  time_zone: "Asia/Shanghai",
  state,
  state_at: at(20),
  max_load: 10,
  load,
  teams,
  created: at(80_000),
});
export const agents = [
  agent("me", "陈晓雨", "owner", "online", 4, [ids.sales]),
  agent("lin", "林志远", "agent", "busy", 10, [ids.sales, ids.tech]),
  agent("emma", "Emma Rasmussen-Oyelaran", "agent", "away", 2, [ids.tech]),
];
export const teams = [
  { id: ids.sales, name: "售前咨询", members: [ids.me, ids.lin], queued: 3, created: at(70_000) },
  {
    id: ids.tech,
    name: "技术支持 Technical support",
    members: [ids.lin, ids.emma],
    queued: 2,
    created: at(70_000),
  },
];
export const tags = [
  { id: id(), scope: "conversation", name: "退货", color: "red" },
  { id: id(), scope: "conversation", name: "物流", color: "blue" },
  { id: id(), scope: "conversation", name: "发票", color: "amber" },
  { id: id(), scope: "conversation", name: "Complaint", color: "purple" },
  { id: id(), scope: "contact", name: "VIP", color: "amber" },
  { id: id(), scope: "contact", name: "批发客户", color: "green" },
];
const state = (health, en, zh) => ({
  health,
  code: health === "good" ? "" : "auth_failed",
  text: en ? { en, zh } : undefined,
  remedy: en
    ? { en: "Sign in to the mailbox and make a new app password.", zh: "登录邮箱，重新生成授权码。" }
    : undefined,
  at: at(3),
  last_in: at(4),
  last_out: at(12),
});
export const accounts = [
  {
    id: id(),
    link: id(),
    kind: "web",
    name: "官方网站",
    remote_id: "site",
    bot: ids.bot,
    team: ids.sales,
    paused: false,
    state: state("good"),
    created: at(60_000),
  },
  {
    id: id(),
    link: id(),
    kind: "email",
    name: "support@cloudshop.example",
    remote_id: "support@cloudshop.example",
    team: ids.tech,
    paused: false,
    state: state("bad", "The mail server refused the password.", "邮件服务器拒绝了密码。"),
    created: at(60_000),
  },
  {
    id: id(),
    link: id(),
    kind: "http",
    name: "ERP 内部系统",
    remote_id: "erp",
    paused: true,
    state: state("unknown"),
    created: at(60_000),
  },
];
const people = [
  "王芳",
  "李雷",
  "Sofia Martínez",
  "Maximilian von Habsburg-Lothringen the III",
  "赵一鸣",
  "田中 さくら",
  "Иван Петров",
  "Amélie Dubois",
  "刘德胜",
  "Noah Williams",
  "黄晓明明明",
  "Fatima Al-Zahra",
  "周杰",
  "Grace Hopper",
  "陈大文",
  "Jean-Baptiste Emmanuel",
  "孙悟空",
  "Mia Chen",
  "欧阳修远",
  "O'Connor, Siobhán",
];
export const contacts = people.map((name, i) => ({
  id: id(),
  name,
  locale: pick(["zh-CN", "en", "es", "de", "ja", "ru", "fr"], i),
  phone: i % 3 ? "" : `+86 138 0013 80${10 + i}`,
  email: i % 2 ? `customer${i}@example.com` : "",
  attributes: i === 0 ? { 会员等级: "金卡", 累计消费: "¥12,480" } : {},
  tags: i % 4 === 0 ? [tags[4].id] : [],
  blocked: i === 13,
  created: at(40_000),
  updated: at(300),
  seen: at(i * 7),
}));

const svg = (w, h, a, b, label) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${a}"/><stop offset="1" stop-color="${b}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/><text x="50%" y="52%" font-size="${h / 8}" fill="#fff" text-anchor="middle" font-family="sans-serif">${label}</text></svg>`;
export const files = new Map();
const file = (name, mime, body) => {
  const key = id();
  files.set(key, { id: key, name, mime, size: Buffer.byteLength(body), body: Buffer.from(body) });
  return key;
};
const photo = file("划痕.jpg", "image/svg+xml", svg(960, 720, "#c96", "#743", "划痕"));
const photo2 = file("box.jpg", "image/svg+xml", svg(720, 960, "#69c", "#347", "box"));
const product = file("p.svg", "image/svg+xml", svg(300, 300, "#8a6", "#465", "耳机"));
const pdf = file(
  "2026-09 增值税电子普通发票（含明细清单及附件说明）.pdf",
  "application/pdf",
  "%PDF-1.4 played".repeat(9000),
);
const sound = file("voice.ogg", "audio/ogg", "OggS");

const wave = Buffer.from(
  Array.from({ length: 48 }, (_, i) => 60 + Math.abs(Math.sin(i / 3) * 150) + (i % 5) * 8),
).toString("base64");
const long =
  "我想详细说明一下这次的情况。".repeat(60) + "Here is what happened in detail, step by step. ".repeat(90);
const mail = `<p>Dear team,</p><p style="color:#b00">my order <b>#CS-20931</b> has not arrived.</p><table border="1" cellpadding="6"><tr><th>Item</th><th>Qty</th></tr><tr><td>Headphones</td><td>2</td></tr></table><p><img src="https://tracker.example/pixel.png" width="200" height="80"></p><p>Kind regards,<br>Sofia</p><script>alert(1)</script><blockquote type="cite"><p>On Monday, Cloud Shop wrote:</p><p>Your parcel is on its way and should reach you within three days.</p></blockquote>`;
const text = (body) => ({ type: "text", body });

export const bots = [
  {
    id: ids.bot,
    kind: "rules",
    name: "售前助手",
    published: 7,
    changed: true,
    draft_rev: 31,
    created: at(60_000),
    updated: at(50),
  },
  {
    id: ids.night,
    kind: "rules",
    name: "夜班机器人",
    published: 0,
    changed: true,
    draft_rev: 2,
    created: at(900),
    updated: at(100),
  },
];

export const conversations = [];
export const messages = new Map(); // by thread

function thread(c, list) {
  let pos = 0;
  messages.set(
    c.thread,
    list.map((m) => ({ id: id(), thread: c.thread, conversation: c.id, pos: ++pos, rev: pos, ...m })),
  );
}
const owner = {
  mine: { kind: "agent", id: ids.me },
  lin: { kind: "agent", id: ids.lin },
  bot: { kind: "bot", id: ids.bot },
  sales: { kind: "queue", team: ids.sales },
  tech: { kind: "queue", team: ids.tech },
  closed: { kind: "closed" },
};
const owners = [
  "mine",
  "mine",
  "mine",
  "mine",
  "sales",
  "sales",
  "tech",
  "bot",
  "bot",
  "lin",
  "sales",
  "tech",
  "lin",
  "bot",
  "closed",
  "closed",
  "closed",
  "closed",
  "closed",
  "closed",
];
const lasts = [
  "好的，那我等您消息",
  "请问什么时候能发货？我已经等了三天了",
  "My order has not arrived",
  "Hello, I would like to ask about the wholesale price of the headphones",
  "在吗？",
  "返品したいのですが",
  "Где мой заказ?",
  "Merci beaucoup",
  "可以开发票吗",
  "Thanks!",
];

contacts.forEach((contact, i) => {
  const account = i === 2 || i === 9 ? accounts[1] : accounts[0];
  const o = owner[owners[i]];
  const waiting =
    o.kind === "queue" || i === 1 || i === 2 ? at([1, 2, 14, 1, 18, 6, 4, 0, 0, 0, 2, 1][i] ?? 1) : undefined;
  const c = {
    id: id(),
    thread: id(),
    account: account.id,
    contact: contact.id,
    owner: o,
    lease: 3,
    locale: contact.locale,
    tags: i % 3 === 0 ? [tags[i % 4].id] : [],
    colleagues: i === 0 ? [ids.emma] : [],
    unread: waiting ? 1 + (i % 4) : 0,
    last_at: at(i * 6 + 1),
    last_from: i % 3 === 2 && !waiting ? "agent" : "customer",
    last_text: pick(lasts, i),
    waiting_since: waiting,
    trouble: i === 3,
    created: at(i * 6 + 60),
    queued: at(i * 6 + 50),
    picked: o.kind === "agent" ? at(i * 6 + 40) : undefined,
    replied: o.kind === "agent" ? at(i * 6 + 38) : undefined,
    closed: o.kind === "closed" ? at(i * 6) : undefined,
    close_by: o.kind === "closed" ? "agent" : undefined,
    place: o.kind === "queue" ? 3 : undefined,
    entry: { kind: "button", value: "launcher", title: "商品页按钮" },
    visit: {
      page: "https://cloudshop.example/p/88213?ref=hot",
      title: "降噪耳机 Pro 2",
      referrer: "https://www.baidu.com/s?wd=降噪耳机",
      engine: "百度",
      keyword: "降噪耳机 推荐",
      campaign: { source: "baidu", medium: "cpc", name: "双十一" },
      browser: "Chrome 148",
      system: "Windows 11",
      device: "desktop",
      screen: "1920×1080",
      address: "203.0.113.*",
      time_zone: "Asia/Shanghai",
      trail: [
        { url: "https://cloudshop.example/", title: "首页", at: at(70) },
        { url: "https://cloudshop.example/c/audio", title: "影音", at: at(68) },
        { url: "https://cloudshop.example/p/88213", title: "降噪耳机 Pro 2", at: at(65) },
      ],
    },
    reason: {
      code: "asked",
      text: "“转人工”",
      steps: [
        "account 官方网站 → bot 售前助手",
        "customer asked for a person",
        "team 售前咨询: 陈晓雨 4/10 chosen, 林志远 10/10 full",
      ],
    },
  };
  conversations.push(c);
  const customer = { from: "customer", sender: contact.id, name: contact.name };
  const me = { from: "agent", sender: ids.me, name: "陈晓雨" };
  const bot = { from: "bot", sender: ids.bot, name: "售前助手", state: "read" };
  if (i === 0) thread(c, everything(c, customer, me, bot));
  else if (i === 2)
    thread(c, [
      {
        ...customer,
        at: at(90),
        content: {
          subject: "Order #CS-20931 has not arrived",
          parts: [
            { ...text("Dear team, my order has not arrived."), html: mail },
            {
              type: "media",
              kind: "file",
              file: pdf,
              name: "invoice.pdf",
              mime: "application/pdf",
              size: 235_112,
            },
          ],
        },
      },
      {
        ...me,
        at: at(40),
        content: {
          parts: [
            text(
              "Dear Sofia,\n\nI am sorry about the delay. I have asked the carrier and will write again today.",
            ),
          ],
        },
        state: "delivered",
      },
      {
        ...customer,
        at: at(14),
        content: { parts: [{ ...text("Thank you"), html: "<p>Thank you, I will wait.</p>" }] },
      },
    ]);
  else
    thread(c, [
      { from: "event", at: c.created, content: { parts: [] }, event: { kind: "opened" } },
      {
        ...bot,
        at: c.created,
        content: {
          parts: [
            text("您好，我是售前助手，请问有什么可以帮您？"),
            {
              type: "choices",
              style: "quick",
              options: [
                { kind: "reply", label: "查物流", value: "物流" },
                { kind: "human", label: "转人工", value: "parley:human" },
              ],
              taken: "parley:human",
            },
          ],
        },
        why: { bot: ids.bot, match: "welcome", name: "欢迎语" },
      },
      { ...customer, at: at(i * 6 + 3), content: { parts: [text(pick(lasts, i + 3))] } },
      ...(o.kind === "agent"
        ? [
            {
              ...me,
              sender: o.id,
              name: o.id === ids.me ? "陈晓雨" : "林志远",
              at: at(i * 6 + 2),
              content: { parts: [text("您好，正在为您查询，请稍等。")] },
              state: i === 3 ? "failed" : "read",
              failure:
                i === 3
                  ? {
                      class: "gone",
                      text: "The visitor has left and cannot be reached.",
                      remedy: "Write by e-mail instead.",
                      tries: 3,
                    }
                  : undefined,
            },
          ]
        : []),
      { ...customer, at: c.last_at, content: { parts: [text(c.last_text)] } },
    ]);
});

function everything(c, customer, me, bot) {
  const rest = [];
  for (let i = 0; i < 140; i++) {
    const who = i % 3 === 0 ? me : customer;
    rest.push({
      ...who,
      at: at(3000 - i * 9),
      content: {
        parts: [
          text(
            pick(
              [
                "请问有货吗？",
                "有的，今天就能发。",
                "Great, thank you",
                "这个颜色和图片一样吗？",
                "您好，图片均为实物拍摄。",
              ],
              i,
            ),
          ),
        ],
      },
      state: who === me ? "read" : undefined,
    });
  }
  return [
    ...rest,
    { from: "event", at: at(61), content: { parts: [] }, event: { kind: "opened" } },
    {
      ...bot,
      at: at(60),
      content: {
        parts: [
          text("您好，我是售前助手，请问有什么可以帮您？"),
          {
            type: "choices",
            style: "buttons",
            prompt: "您可以直接选择：",
            options: [
              { kind: "reply", label: "查物流", value: "物流" },
              { kind: "reply", label: "退换货", value: "退货" },
              { kind: "human", label: "转人工", value: "parley:human" },
            ],
            taken: "退货",
          },
        ],
      },
      why: { bot: ids.bot, rule: "welcome", match: "welcome", name: "欢迎语" },
    },
    {
      ...customer,
      at: at(59),
      content: { parts: [text("我要退货，见 https://cloudshop.example/orders/20931 这个订单")] },
    },
    {
      ...bot,
      at: at(59),
      content: {
        parts: [
          text("收到商品 7 天内可无理由退货。"),
          {
            type: "card",
            kind: "order",
            ref: "CS-20931",
            title: "降噪耳机 Pro 2 × 1",
            text: "2026-11-18 下单",
            price: "¥899.00",
            status: "已签收",
            url: "https://cloudshop.example/o/20931",
            image: { kind: "image", file: product },
          },
        ],
      },
      why: { bot: ids.bot, rule: "return", match: "keyword", name: "退换货", text: "退货" },
    },
    { ...customer, at: at(58), content: { parts: [text("转人工")] } },
    {
      from: "system",
      at: at(58),
      content: { parts: [text("正在为您转接人工客服，您前面还有 2 位。")] },
      state: "read",
    },
    {
      from: "event",
      at: at(55),
      content: { parts: [] },
      event: {
        kind: "owner",
        owner: {
          lease: 3,
          at: at(55),
          from: { kind: "bot", id: ids.bot },
          to: { kind: "agent", id: ids.me },
          reason: c.reason,
        },
      },
    },
    {
      ...customer,
      at: at(50),
      content: {
        parts: [
          { type: "media", kind: "image", file: photo, width: 960, height: 720, name: "划痕.jpg" },
          { type: "media", kind: "image", file: photo2, width: 720, height: 960, name: "box.jpg" },
          text("收到就有划痕"),
        ],
      },
    },
    {
      ...customer,
      at: at(49),
      content: { parts: [{ type: "media", kind: "voice", file: sound, millis: 14_300, wave }] },
    },
    {
      ...me,
      at: at(48),
      content: {
        parts: [text("非常抱歉给您带来不便。请您填写退货地址，我们会安排上门取件。")],
        reply_to: {},
      },
      state: "read",
      edited: at(47),
    },
    {
      ...me,
      at: at(47),
      content: {
        parts: [
          {
            type: "media",
            kind: "file",
            file: pdf,
            name: "2026-09 增值税电子普通发票（含明细清单及附件说明）.pdf",
            mime: "application/pdf",
            size: 1_482_113,
          },
        ],
      },
      state: "delivered",
    },
    {
      from: "note",
      sender: ids.me,
      name: "陈晓雨",
      at: at(46),
      content: { parts: [text("客户是金卡会员，优先处理；已与仓库确认可以换新。")] },
    },
    { ...me, at: at(45), content: { parts: [text("这条发错了")] }, state: "read", recalled: at(44) },
    {
      ...customer,
      at: at(43),
      content: {
        parts: [
          {
            type: "location",
            lat: 31.2304,
            lon: 121.4737,
            title: "人民广场",
            address: "上海市黄浦区人民大道 185 号",
          },
        ],
      },
    },
    {
      ...customer,
      at: at(42),
      content: {
        parts: [
          {
            type: "contact",
            name: "收货人 王芳",
            org: "某某公司",
            phones: ["+86 138 0013 8000"],
            emails: ["fang@example.com"],
          },
        ],
      },
    },
    { ...customer, at: at(41), content: { parts: [{ type: "sticker", emoji: "🥺" }] } },
    {
      ...customer,
      at: at(40),
      content: {
        parts: [
          { type: "opaque", name: "red_packet", text: "[红包]", raw: { type: "red_packet", amount: 5 } },
        ],
      },
    },
    { ...customer, at: at(39), content: { parts: [{ type: "hologram", depth: 3 }] } },
    {
      ...customer,
      at: at(38),
      content: {
        parts: [
          {
            type: "text",
            body: "粗体 and italic and code 完",
            spans: [
              { start: 0, length: 2, style: "bold" },
              { start: 7, length: 6, style: "italic" },
              { start: 18, length: 4, style: "code" },
            ],
          },
        ],
      },
    },
    {
      ...me,
      at: at(37),
      content: {
        parts: [
          {
            type: "template",
            name: "shipping_update",
            locale: "zh",
            text: "您的包裹已由顺丰揽收，单号 SF1234567890。",
          },
        ],
      },
      state: "sent",
    },
    { ...customer, at: at(36), content: { parts: [text(long)] } },
    {
      ...me,
      at: at(20),
      content: { parts: [text("我们已经收到，今天内给您答复。")] },
      state: "unconfirmed",
      failure: { class: "uncertain", text: "The connection broke while sending.", tries: 1 },
    },
    {
      ...me,
      at: at(19),
      content: { parts: [text("另外附上退货单。")] },
      state: "failed",
      failure: { class: "invalid", text: "文件类型不被接受。", remedy: "请改为 PDF。", tries: 1 },
    },
    { ...me, at: at(18), content: { parts: [text("请稍等")] }, state: "queued" },
    {
      ...customer,
      at: at(1),
      content: { parts: [text("好的，那我等您消息 🙏")] },
      reactions: [{ emoji: "❤️", from: "agent" }],
    },
  ];
}

export const ownerChanges = (c) => [
  {
    lease: 1,
    at: c.created,
    from: { kind: "closed" },
    to: { kind: "bot", id: ids.bot },
    reason: { code: "account_bot" },
  },
  {
    lease: 2,
    at: c.queued,
    from: { kind: "bot" },
    to: { kind: "queue", team: ids.sales },
    reason: { code: "asked", text: "“转人工”" },
  },
  ...(c.owner.kind === "agent"
    ? [
        {
          lease: 3,
          at: c.picked,
          from: { kind: "queue" },
          to: c.owner,
          reason: { code: "load", steps: c.reason.steps },
        },
      ]
    : []),
];

export const canned = [
  {
    id: id(),
    shortcut: "hi",
    title: "问候",
    body: "您好 {{name}}，我是 {{agent}}，很高兴为您服务。",
    uses: 92,
  },
  {
    id: id(),
    shortcut: "ret",
    title: "退货流程",
    body: "您好，收到商品 7 天内可无理由退货，请您提供订单号 {{order}}。",
    folder: "售后",
    uses: 51,
  },
  { id: id(), shortcut: "thx", title: "Thanks", body: "Thank you for your patience, {{name}}.", uses: 12 },
  {
    id: id(),
    owner: ids.me,
    shortcut: "bye",
    title: "结束语",
    body: "感谢您的咨询，祝您生活愉快。",
    uses: 30,
  },
];
export const capabilities = {
  parts: {
    text: "full",
    "media.image": "full",
    "media.file": "full",
    "media.voice": "full",
    "media.video": "degrade",
  },
  ops: { revoke: "full", edit: "full", reply: "full", typing: "full" },
  text: { max: 4000, unit: "runes" },
  html: false,
  media: { image: { mime: ["image/*"], bytes: 10_000_000, duration_ns: 0 } },
  choices: { quick: 13, buttons: 3, list: 10 },
  window: { for_ns: 0, messages: 0 },
  quota: { limit: 0, used: 0 },
  receipts: ["delivered", "read"],
};
