package canon

import (
	"encoding/json"
	"time"
)

// The samples fill every field of every part and event; TestComplete fails
// when a type or a field of the vocabulary is missing here.

var (
	sampleID   = must(ParseID("0190f3a2-7c1e-7abc-8def-0123456789ab"))
	sampleFile = must(ParseID("0190f3a2-7c1e-7abc-8def-0123456789ac"))
	sampleTime = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var sampleImage = Media{
	Kind: MediaImage, File: sampleFile, RemoteID: "r-1", URL: "https://cdn.example.com/a.jpg", State: MediaPending,
	Name: "收据.jpg", MIME: "image/jpeg", Size: 120345, Width: 1200, Height: 800, Caption: "这张收据", Inline: "cid1@example.com",
	Why: Words{EN: "too large", ZH: "文件过大"},
}

type partSample struct {
	name     string
	part     Part
	fallback string
	// texts are what a person reads, in the order EachText visits them.
	texts []string
}

var partSamples = []partSample{
	{"text", Text{Body: "Hello <b>你好</b> 👩‍👩‍👧 — it's here", HTML: "Hello <b>你好</b>", Spans: []Span{
		{Start: 0, Length: 5, Style: SpanBold}, {Start: 6, Length: 2, Style: SpanLink, URL: "https://example.com/?a=1&b=2"},
	}}, "Hello <b>你好</b> 👩‍👩‍👧 — it's here\nhttps://example.com/?a=1&b=2", []string{"Hello <b>你好</b> 👩‍👩‍👧 — it's here"}},
	{"text_plain", Text{Body: "line one\nline \"two\"\t\\ \u2028 end"}, "line one\nline \"two\"\t\\ \u2028 end", []string{"line one\nline \"two\"\t\\ \u2028 end"}},
	{"media_image", sampleImage, "[Image: 收据.jpg] 这张收据", []string{"这张收据"}},
	{"media_voice", Media{Kind: MediaVoice, File: sampleFile, Name: "v.ogg", MIME: "audio/ogg", Millis: 4200, Wave: []byte{0, 127, 255}}, "[Voice message 5 s]", nil},
	{"media_file", Media{Kind: MediaFile, URL: "https://cdn.example.com/x", Name: "a b.pdf"}, "[File: a b.pdf]", nil},
	{"media_odd", Media{Kind: "hologram"}, "[File]", nil},
	{"location", Location{Lat: 31.230416, Lon: 121.473701, Title: "人民广场", Address: "上海市黄浦区"},
		"人民广场\n上海市黄浦区\nhttps://www.openstreetmap.org/?mlat=31.230416&mlon=121.473701", []string{"人民广场", "上海市黄浦区"}},
	{"sticker", Sticker{Image: Media{Kind: MediaImage, File: sampleFile}, RemoteID: "st-1", Pack: "cats", Emoji: "😺"}, "😺", nil},
	{"sticker_words", Sticker{RemoteID: "st-3", Pack: "446", Words: "hello, hi"}, "[Sticker: hello, hi]", []string{"hello, hi"}},
	{"sticker_bare", Sticker{RemoteID: "st-2"}, "[Sticker]", nil},
	{"contact", Contact{Name: "李雷", Org: "Parley", Phones: []string{"+8613800000000"}, Emails: []string{"li@example.com"}, VCard: "BEGIN:VCARD"},
		"李雷\nParley\n+8613800000000\nli@example.com", nil},
	{"choices", Choices{Style: ChoiceList, Prompt: "请选择", Footer: "谢谢", Taken: "order", Options: []Option{
		{Kind: OptionReply, Label: "查订单", Value: "order", Detail: "最近三个月", Section: "订单"},
		{Kind: OptionURL, Label: "官网", URL: "https://example.com"},
		{Kind: OptionApp, Label: "小程序", AppID: "wx1", Path: "pages/index"},
	}}, "请选择\n1. 查订单\n2. 官网 https://example.com\n3. 小程序\n谢谢", []string{"请选择", "谢谢", "查订单", "最近三个月", "订单", "官网", "小程序"}},
	{"choices_scale", Choices{Style: ChoiceButtons, Prompt: "满意吗？", Scale: true, Taken: "2", Offers: []string{"回复很快"}, Said: "很好", Options: []Option{
		{Kind: OptionReply, Label: "不满意", Value: "1"}, {Kind: OptionReply, Label: "满意", Value: "2"},
	}}, "满意吗？\n1. 不满意\n2. 满意", []string{"满意吗？", "回复很快", "不满意", "满意"}},
	{"template", Template{Name: "order_shipped", Locale: "zh_CN", Text: "您的订单 1042 已发货", Params: []TemplateParam{
		{Slot: "body.1", Text: "1042"}, {Slot: "header.1", File: sampleFile, Media: MediaImage}, {Slot: "url", Text: "https://example.com/o/1042", Leads: LeadURL},
	}}, "您的订单 1042 已发货", nil},
	{"template_bare", Template{Name: "order_shipped", Locale: "zh_CN"}, "[order_shipped]", nil},
	{"card", Card{Kind: CardOrder, Ref: "A-1042", Title: "订单", Text: "两件", URL: "https://example.com/o/1042", Image: Media{Kind: MediaImage, File: sampleFile},
		Price: "¥128.00", Status: "已发货", AppID: "wx1", Path: "pages/order", Fields: []Field{{Name: "carrier", Label: "快递", Value: "顺丰"}, {Name: "eta", Value: "明天"}}},
		"订单\n两件\n#A-1042\n¥128.00 已发货\n快递: 顺丰\neta: 明天\nhttps://example.com/o/1042", []string{"订单", "两件", "已发货", "快递", "顺丰", "明天"}},
	{"opaque", Opaque{Name: "poll", Text: "投票：午饭吃什么", Raw: json.RawMessage(`{"type":"poll","question":"午饭吃什么"}`)}, "投票：午饭吃什么", []string{"投票：午饭吃什么"}},
	{"opaque_bare", Opaque{Name: "poll"}, "[poll]", nil},
}

type eventSample struct {
	name  string
	event Event
}

var sampleMessage = Message{
	ID: sampleID, RemoteID: "m-7", ClientID: "c-7", Parts: []Part{Text{Body: "你好"}, sampleImage},
	ReplyTo: &Ref{ID: sampleID, RemoteID: "m-6"}, Quote: "之前的话", Subject: "订单 1042", Locale: "zh-CN",
	Headers: []Field{{Name: "References", Value: "<a@example.com>"}},
}

var eventSamples = []eventSample{
	{"posted", Posted{Message: sampleMessage}},
	{"edited", Edited{Target: "m-7", Message: TextMessage("你好！")}},
	{"revoked", Revoked{Target: "m-7"}},
	{"reacted", Reacted{Target: "m-7", Emoji: "👍", Removed: true}},
	{"receipt", Receipt{Target: "m-8", State: Failed, Through: true, RemoteID: "r-8", Until: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), Code: "45015", Reason: "out of time", Late: true}},
	{"membership", Membership{Kind: MemberSubscribed, Member: Peer{ID: "u-2", Name: "韩梅梅"}}},
	{"action", Action{Kind: ActionForm, Value: "order", Label: "查订单", Target: "m-8", Fields: []Field{{Name: "phone", Label: "电话", Value: "138"}}}},
	{"call", Call{Kind: CallOffered, Call: "call-1", Video: true}},
	{"session", Session{Kind: SessionReturned, Desk: "kf_1", Reason: "timeout"}},
	{"unknown", Unknown{Name: "poll_vote", Raw: json.RawMessage(`{"type":"poll_vote","n":[1,2.5e3,null]}`), Says: Words{EN: "Voted", ZH: "已投票"}}},
}

var sampleEnvelope = Envelope{
	ID: sampleID, Account: "main", Thread: ThreadKey{Account: "main", Peer: "u-1", Thread: "t-1"},
	From: Peer{ID: "u-1", Name: "王小明", Avatar: "https://cdn.example.com/u1.png", Locale: "zh-CN", Phone: "+86138", Email: "w@example.com",
		Also: []Alias{{Kind: "unionid", ID: "o-1", Verified: true}}, Ours: true, Verified: true},
	EventID: "ev-1", Time: sampleTime.Add(123456 * time.Microsecond), Order: 17, Group: "album-1",
	Ticket: &Ticket{Opaque: []byte("ticket"), Expires: sampleTime.Add(time.Minute), Calls: 1, Parts: 5},
	Entry:  &Entry{Kind: "qr", Value: "shop-1", Title: "门店", URL: "https://example.com/s1"},
	Visit: &Visit{Page: "https://example.com/p", Title: "商品", Referrer: "https://search.example.com", Engine: "baidu", Keyword: "手机",
		Campaign: Campaign{Source: "a", Medium: "b", Name: "c", Term: "d", Content: "e"}, Browser: "Chrome 140", System: "Windows 11", Device: "desktop",
		Model: "iPhone 16 Pro", Carrier: "中国移动", App: "Shop 3.2.1", Address: "203.0.113.7", Language: "zh-CN", TimeZone: "Asia/Shanghai", Screen: "1920x1080",
		Trail: []PageView{{URL: "https://example.com/", Title: "首页", At: sampleTime}}},
	Raw: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Event: Posted{Message: TextMessage("你好")},
}
