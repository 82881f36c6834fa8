const w = (en, zh) => ({ en, zh });
const caps = {
  parts: {
    text: "full",
    "media.image": "full",
    "media.file": "full",
    "media.voice": "degrade",
    "choices.quick": "degrade",
    "card.product": "degrade",
    location: "degrade",
  },
  ops: { edit: "drop", revoke: "drop", mark_read: "full", typing: "drop" },
  text: { max: 0, unit: "" },
  html: true,
  media: {},
  choices: {},
  window: {},
  quota: {},
  receipts: ["failed"],
};

export const connectors = [
  {
    kind: "web",
    name: w("Web site", "网站"),
    help: w(
      "A chat button for your own site. You need to paste one line into its pages.",
      "在你的网站上放一个聊天按钮，需要在页面里粘贴一行代码。",
    ),
    row: "own",
    needs_https: false,
    docs: "/docs/web",
    capabilities: caps,
    form: {
      fields: [
        {
          name: "title",
          kind: "text",
          label: w("Title", "标题"),
          help: w("Shown at the head of the chat.", "显示在聊天窗口顶部。"),
          example: "云朵商城",
          max: 60,
        },
        {
          name: "origins",
          kind: "list",
          label: w("Allowed sites", "允许的网站"),
          help: w("One a line; empty allows any.", "每行一个；留空则不限制。"),
          example: "https://shop.example.com",
        },
        {
          name: "color",
          kind: "text",
          label: w("Colour", "颜色"),
          default: "#2f5fe0",
          pattern: "#[0-9a-fA-F]{6}",
          advanced: true,
        },
        {
          name: "launcher",
          kind: "switch",
          label: w("Show the button", "显示按钮"),
          default: "true",
          advanced: true,
        },
      ],
    },
  },
  {
    kind: "email",
    name: w("E-mail", "电子邮件"),
    help: w(
      "A mailbox read by IMAP and answered by SMTP. You need its address and an app password.",
      "通过 IMAP 收信、SMTP 回信的邮箱，需要邮箱地址和授权码。",
    ),
    row: "own",
    needs_https: false,
    capabilities: caps,
    form: {
      fields: [
        {
          name: "address",
          kind: "text",
          label: w("Address", "邮箱地址"),
          required: true,
          example: "support@example.com",
          pattern: "[^@\\s]+@[^@\\s]+",
        },
        {
          name: "auth",
          kind: "choice",
          label: w("Signs in by", "登录方式"),
          default: "password",
          options: [
            { value: "password", label: w("Password", "密码") },
            { value: "oauth", label: w("OAuth token", "OAuth 令牌") },
          ],
        },
        {
          name: "password",
          kind: "secret",
          label: w("App password", "授权码"),
          help: w(
            "QQ: Settings → Account → POP3/IMAP/SMTP → Generate authorisation code.",
            "QQ 邮箱：设置 → 账号 → POP3/IMAP/SMTP 服务 → 生成授权码。",
          ),
          required: true,
          when: "auth",
          when_in: ["password"],
        },
        {
          name: "token",
          kind: "secret",
          label: w("OAuth token", "OAuth 令牌"),
          required: true,
          when: "auth",
          when_in: ["oauth"],
        },
        {
          name: "imap_host",
          kind: "host",
          label: w("IMAP server", "IMAP 服务器"),
          required: true,
          example: "imap.example.com",
        },
        {
          name: "imap_port",
          kind: "number",
          label: w("IMAP port", "IMAP 端口"),
          default: "993",
          min: 1,
          max: 65535,
          advanced: true,
        },
        {
          name: "security",
          kind: "choice",
          label: w("Encryption", "加密"),
          default: "tls",
          advanced: true,
          options: [
            { value: "tls", label: w("TLS", "TLS") },
            { value: "starttls", label: w("STARTTLS", "STARTTLS") },
          ],
        },
        {
          name: "smtp_host",
          kind: "host",
          label: w("SMTP server", "SMTP 服务器"),
          required: true,
          example: "smtp.example.com",
        },
      ],
    },
  },
  {
    kind: "http",
    name: w("Your application", "自有应用"),
    help: w(
      "Signed JSON both ways. You need an address that receives our calls.",
      "双向签名 JSON，需要一个接收调用的地址。",
    ),
    row: "own",
    needs_https: false,
    capabilities: caps,
    form: {
      fields: [
        {
          name: "url",
          kind: "url",
          label: w("Address we call", "回调地址"),
          required: true,
          example: "https://erp.example.com/parley",
        },
        { name: "secret", kind: "secret", label: w("Shared secret", "共享密钥"), required: true },
      ],
    },
  },
  {
    kind: "telegram",
    name: w("Telegram", "Telegram"),
    help: w("A bot made with @BotFather. You need its token.", "用 @BotFather 创建的机器人，需要它的令牌。"),
    row: "world",
    needs_https: false,
    capabilities: caps,
    form: {
      fields: [{ name: "token", kind: "secret", label: w("Bot token", "机器人令牌"), required: true }],
    },
  },
  {
    kind: "wechat",
    name: w("WeChat Official Account", "微信公众号"),
    help: w(
      "A verified service account. You need AppID and AppSecret.",
      "已认证的服务号，需要 AppID 和 AppSecret。",
    ),
    row: "china",
    needs_https: true,
    capabilities: caps,
    form: {
      fields: [
        { name: "app_id", kind: "text", label: w("AppID", "AppID"), required: true },
        { name: "secret", kind: "secret", label: w("AppSecret", "AppSecret"), required: true },
      ],
    },
  },
];
