package web

import (
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

func spec(l Limits) connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: connector.Text{EN: "Website chat", ZH: "网站在线咨询"},
		Help: connector.Text{
			EN: "A chat button for your site and a chat page with its own link. You need to be able to add one line to your pages.",
			ZH: "网站上的咨询按钮，以及可直接打开的聊天页面。只需在网页中加入一行代码。",
		},
		Row:     "own",
		Form:    form(l),
		Ceiling: capabilities(l),
		Docs:    "docs/connectors/web.md",
	}
}

// form holds what the business chooses about its chat.
func form(Limits) connector.Form {
	return connector.Form{Check: checkForm, Fields: []connector.Field{
		{
			Name: "name", Kind: connector.FieldText, Max: 60,
			Label: connector.Text{EN: "Name shown to visitors", ZH: "显示给访客的名称"},
			Help:  connector.Text{EN: "Usually the name of the shop or company.", ZH: "一般为店铺或公司名称。"},
		},
		{
			Name: "origins", Kind: connector.FieldList, Example: "https://www.example.com",
			Label: connector.Text{EN: "Sites that may show the chat", ZH: "允许嵌入的网站"},
			Help: connector.Text{
				EN: "One address a line, such as https://www.example.com or https://*.example.com. Empty: only the chat page itself.",
				ZH: "每行一个网址，例如 https://www.example.com 或 https://*.example.com。留空则只能使用聊天页面。",
			},
		},
		{
			Name: "color", Kind: connector.FieldText, Default: "#2f5bea", Example: "#2f5bea", Pattern: "#[0-9a-fA-F]{6}", Apart: true,
			Label: connector.Text{EN: "Brand colour", ZH: "品牌颜色"},
		},
		{
			Name: "logo", Kind: connector.FieldText, Max: 140_000, Apart: true,
			Label: connector.Text{EN: "Logo", ZH: "标志"},
			Help:  connector.Text{EN: "A data: address of a PNG, JPEG or WebP of at most 96 kB.", ZH: "PNG、JPEG 或 WebP 图片的 data: 地址，不超过 96 kB。"},
		},
		{Name: "title_zh", Kind: connector.FieldText, Max: 60, Default: "您好", Apart: true, Label: connector.Text{EN: "Welcome title, Chinese", ZH: "欢迎标题（中文）"}},
		{Name: "title_en", Kind: connector.FieldText, Max: 60, Default: "Hello", Apart: true, Label: connector.Text{EN: "Welcome title, English", ZH: "欢迎标题（英文）"}},
		{Name: "subtitle_zh", Kind: connector.FieldText, Max: 160, Default: "有什么可以帮您？", Apart: true, Label: connector.Text{EN: "Welcome line, Chinese", ZH: "欢迎语（中文）"}},
		{Name: "subtitle_en", Kind: connector.FieldText, Max: 160, Default: "How can we help?", Apart: true, Label: connector.Text{EN: "Welcome line, English", ZH: "欢迎语（英文）"}},
		{
			Name: "languages", Kind: connector.FieldChoice, Default: "auto",
			Label: connector.Text{EN: "Language of the chat", ZH: "聊天界面语言"},
			Options: []connector.FieldOption{
				{Value: "auto", Label: connector.Text{EN: "The visitor's", ZH: "跟随访客"}},
				{Value: "zh", Label: connector.Text{EN: "Chinese", ZH: "中文"}},
				{Value: "en", Label: connector.Text{EN: "English", ZH: "英文"}},
			},
		},
		{
			Name: "position", Kind: connector.FieldChoice, Default: "right", Apart: true,
			Label: connector.Text{EN: "Side of the button", ZH: "按钮位置"},
			Options: []connector.FieldOption{
				{Value: "right", Label: connector.Text{EN: "Right", ZH: "右侧"}},
				{Value: "left", Label: connector.Text{EN: "Left", ZH: "左侧"}},
			},
		},
		{
			Name: "offset_side", Kind: connector.FieldNumber, Max: 200, Default: "20", Apart: true,
			Label: connector.Text{EN: "From the side, in pixels", ZH: "距侧边（像素）"},
		},
		{
			Name: "offset_bottom", Kind: connector.FieldNumber, Max: 200, Default: "20", Apart: true,
			Label: connector.Text{EN: "From the bottom, in pixels", ZH: "距底部（像素）"},
		},
		{
			Name: "launcher_zh", Kind: connector.FieldText, Max: 20, Apart: true,
			Label: connector.Text{EN: "Words on the button, Chinese", ZH: "按钮文字（中文）"},
			Help:  connector.Text{EN: "Empty: only the icon.", ZH: "留空则只显示图标。"},
		},
		{
			Name: "launcher_en", Kind: connector.FieldText, Max: 20, Apart: true,
			Label: connector.Text{EN: "Words on the button, English", ZH: "按钮文字（英文）"},
		},
		{
			Name: "live_typing", Kind: connector.FieldSwitch, Default: "true",
			Label: connector.Text{EN: "Show agents what visitors are typing", ZH: "向客服展示访客正在输入的内容"},
			Help:  connector.Text{EN: "Never stored. Off: agents only see that someone types.", ZH: "不会保存。关闭后客服只能看到“正在输入”。"},
		},
		{
			Name: "offline_form", Kind: connector.FieldSwitch, Default: "true",
			Label: connector.Text{EN: "Leave-message form outside opening hours", ZH: "非工作时间显示留言表单"},
		},
		{
			Name: "ask", Kind: connector.FieldText, Max: 8_000, Apart: true,
			Label: connector.Text{EN: "Asked before the chat", ZH: "聊天前询问"},
			Help: connector.Text{
				EN: `A JSON list of {"name","kind","required","label":{"zh","en"},"options":[{"zh","en"}]}; kind is name, email, phone, text or choice. Empty: nothing is asked.`,
				ZH: `JSON 列表：{"name","kind","required","label":{"zh","en"},"options":[{"zh","en"}]}；kind 可为 name、email、phone、text、choice。留空则不询问。`,
			},
		},
		{
			Name: "invite", Kind: connector.FieldText, Max: 8_000, Apart: true,
			Label: connector.Text{EN: "Invitations to chat", ZH: "主动邀请"},
			Help: connector.Text{
				EN: `A JSON list of {"page","after","scroll","text":{"zh","en"}}: what the address holds (* stands for anything), seconds on the page, per cent of it seen. Empty: nobody is invited.`,
				ZH: `JSON 列表：{"page","after","scroll","text":{"zh","en"}}，即网址包含的内容（* 代表任意内容）、停留秒数、阅读比例。留空则不邀请。`,
			},
		},
		{
			Name: "identity_secret", Kind: connector.FieldSecret, Min: 32, Max: 256, Advanced: true,
			Label: connector.Text{EN: "Identity secret", ZH: "身份密钥"},
			Help: connector.Text{
				EN: "At least 32 characters, kept on your server. Sign a JWT (HS256; sub, aud = this account's id, exp) with it to tell us who is signed in.",
				ZH: "至少 32 个字符，保存在您的服务器上。用它签发 JWT（HS256；包含 sub、aud＝本账号编号、exp），即可告诉我们当前登录的用户。",
			},
		},
	}}
}

func checkForm(v connector.Values) []connector.FieldError {
	if _, err := parseOrigins(v["origins"]); err != nil {
		return []connector.FieldError{{Field: "origins", Text: err.(originError).text()}}
	}
	if _, err := parseQuestions(v["ask"]); err != nil {
		return fieldError("ask", err)
	}
	if _, err := parseInvitations(v["invite"]); err != nil {
		return fieldError("invite", err)
	}
	if _, err := parseLogo(v["logo"]); err != nil {
		return fieldError("logo", err)
	}
	return nil
}

// capabilities is what the chat carries: everything, for the panel is ours.
// Text is plain: the panel shows words and links, never markup.
func capabilities(l Limits) connector.Capabilities {
	parts := make(map[string]connector.Level)
	for _, key := range connector.PartKeys() {
		parts[key] = connector.Full
	}
	parts["template"] = connector.Partial // drawn as its text
	parts["opaque"] = connector.Degrade
	file := connector.MediaLimit{Bytes: l.FileBytes}
	return connector.Capabilities{
		Parts: parts,
		Ops: map[connector.Operation]connector.Level{
			connector.OpsEdit: connector.Full, connector.OpsRevoke: connector.Full, connector.OpsReply: connector.Full,
		},
		Text:    connector.Length{Max: 20_000, Unit: connector.Runes},
		Caption: connector.Length{Max: 2_000, Unit: connector.Runes},
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaImage: {MIME: []string{"image/*"}, Bytes: l.FileBytes},
			canon.MediaVoice: {MIME: []string{"audio/*", "video/webm", "video/mp4"}, Bytes: l.FileBytes, Duration: 10 * time.Minute},
			canon.MediaAudio: file, canon.MediaVideo: file, canon.MediaAnimation: file, canon.MediaFile: file,
		},
		Choices: connector.ChoiceLimit{
			Quick: 20, Buttons: 20, List: 100, Columns: 1,
			Label: connector.Length{Max: 120, Unit: connector.Runes},
			Value: connector.Length{Max: 1_000, Unit: connector.Runes},
		},
		PartsPerCall: 20,
		MixMedia:     true,
		Idempotent:   true,
		Receipts:     []canon.Delivery{canon.Delivered, canon.Read},
		Concurrency:  64,
	}
}
