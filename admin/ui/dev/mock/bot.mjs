const text = (t) => ({ parts: [{ type: "text", text: t }] });

export const rulesContent = () => ({
  version: 1,
  basics: { name: "售前助手", language: "zh" },
  matching: { script: true },
  welcome: {
    on: true,
    replies: [
      {
        parts: [
          { type: "text", text: "您好，我是售前助手，请问有什么可以帮您？" },
          { type: "menu", menu: "main" },
        ],
      },
    ],
    late: true,
  },
  default: {
    on: true,
    replies: [text("抱歉，我没有理解您的意思，您可以换个说法。"), text("您可以输入“转人工”。")],
  },
  repeated: { on: true, replies: [text("刚才已经为您解答过这个问题。")], answer: true, handoff: true },
  timeout: { on: false, seconds: 300, replies: [text("您还在吗？")], close: false },
  human: {
    on: true,
    words: ["人工", "转人工", "客服", "agent", "human"],
    phrases: ["转人工", "找真人", "talk to a person"],
    except: ["人工智能"],
    texts: [{ text: "正在为您转接人工客服。" }],
    off_texts: [{ text: "现在不是工作时间，请留言。" }],
  },
  rules: [
    {
      id: "return",
      name: "退换货",
      on: true,
      match: "keyword",
      patterns: ["退货", "换货", "return+order"],
      answers: [text("收到商品 7 天内可无理由退货。")],
      menus: ["main"],
      order: 0,
    },
    {
      id: "shipping",
      name: "物流查询",
      on: true,
      match: "keyword",
      patterns: ["物流", "快递", "什么时候发货", "shipping", "deliver*"],
      answers: [text("您可以在“我的订单”里查看物流。"), text("通常 48 小时内发货。")],
      order: 0,
    },
    {
      id: "price",
      name: "Price",
      on: true,
      match: "regex",
      patterns: ["how much|what.*price"],
      answers: [text("Prices are on the product page.")],
      language: "en",
      order: 5,
    },
    {
      id: "invoice",
      name: "发票",
      on: false,
      match: "exact",
      patterns: ["怎么开发票", "可以开发票吗"],
      answers: [text("可以，下单时勾选即可。")],
      handoff: {},
      order: 0,
    },
    ...Array.from({ length: 60 }, (_, i) => ({
      id: `r${i}`,
      name: `规则 ${i + 1}`,
      on: true,
      match: "keyword",
      patterns: [`词语${i}`],
      answers: [text(`回答 ${i}`)],
      order: 10,
    })),
  ],
  menus: [
    {
      id: "main",
      name: "主菜单",
      style: "buttons",
      prompt: "您可以直接选择：",
      options: [
        { label: "查物流", rule: "shipping" },
        { label: "退换货", rule: "return" },
        { label: "转人工", human: true },
      ],
    },
    {
      id: "help",
      name: "帮助",
      style: "list",
      options: [{ label: "帮助中心", url: "https://cloudshop.example/help" }],
    },
  ],
});
