package messaging

import (
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// product is what tells Messenger and Instagram apart.
type product struct {
	kind, object string
	name, help   connector.Text
	account      connector.Field
	scopes       []string
	fields       []string // of the webhook
	inbox        string   // the app that is the platform's own inbox
	caps         connector.Capabilities
	docs         string   // of the platform, on where the values of the form are
	pictures     []string // fields of a person's profile
	instagram    bool
}

// The limits that are one for both, in characters. Sources: "Messenger: Send API
// reference", "Quick replies", "Button template", "Generic template".
const (
	maxTitle   = 20
	maxPayload = 1000
	maxButtons = 3
	maxPrompt  = 640 // of a button template
	maxCard    = 80  // of a card's title, and of its subtitle
	maxQuick   = 13

	window      = 24 * time.Hour
	humanWindow = 7 * 24 * time.Hour // "Human Agent"
	typingShows = 20 * time.Second

	megabyte = 1 << 20
)

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

func messenger() product {
	p := product{
		kind: "messenger", object: "page",
		name: text("Messenger", "Messenger"),
		help: text("Connect Facebook pages. You need a Meta app with the product Messenger, and a system user's token for the pages or somebody who manages them.",
			"接入 Facebook 主页。需要已添加 Messenger 产品的 Meta 应用，以及可管理主页的系统用户令牌，或由主页管理员登录授权。"),
		account: connector.Field{
			Name: "account", Kind: connector.FieldText, Required: true, Pattern: `[0-9]{5,20}`, Example: "4839274610283746",
			Label: text("Page ID", "主页编号（Page ID）"), Help: text("Page → About → Page transparency → Page ID.", "主页 → 关于 → 主页信息公开 → 主页编号。"),
		},
		docs:   "https://developers.facebook.com/documentation/business-messaging/messenger-platform/getting-started/quick-start",
		scopes: []string{"pages_messaging", "pages_manage_metadata", "pages_show_list"},
		fields: []string{
			"messages", "messaging_postbacks", "messaging_optins", "message_deliveries", "message_reads", "message_echoes",
			"message_reactions", "message_edits", "messaging_referrals", "messaging_handovers", "standby",
		},
		inbox:    "263902037430900", // "Handover protocol": the page inbox
		pictures: []string{"first_name", "last_name", "profile_pic", "locale"},
		caps:     capabilities(),
	}
	p.caps.Text = connector.Length{Max: 2000, Unit: connector.UTF16} // "message.text"
	// "Attachment Upload API": pictures of 8 MB, everything else of 25 MB.
	p.caps.Media = map[canon.MediaKind]connector.MediaLimit{
		canon.MediaImage:     {MIME: []string{"image/png", "image/jpeg", "image/gif"}, Bytes: 8 * megabyte},
		canon.MediaAnimation: {MIME: []string{"image/gif", "video/mp4"}, Bytes: 8 * megabyte},
		canon.MediaVoice:     {MIME: messengerSounds(), Bytes: 25 * megabyte},
		canon.MediaAudio:     {MIME: messengerSounds(), Bytes: 25 * megabyte},
		canon.MediaVideo:     {MIME: []string{"video/*"}, Bytes: 25 * megabyte},
		canon.MediaFile:      {Bytes: 25 * megabyte},
	}
	p.caps.Receipts = []canon.Delivery{canon.Sent, canon.Delivered, canon.Read}
	return p
}

// messengerSounds are the types of sound Messenger plays.
func messengerSounds() []string {
	return []string{"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-wav", "audio/amr"}
}

func instagram() product {
	p := product{
		kind: "instagram", object: "instagram", instagram: true,
		name: text("Instagram", "Instagram"),
		help: text("Connect Instagram professional accounts. Each must be linked to a Facebook page; you need a Meta app and a system user's token for the page.",
			"接入 Instagram 专业账号。账号须已关联 Facebook 主页；需要 Meta 应用和可管理该主页的系统用户令牌。"),
		account: connector.Field{
			Name: "account", Kind: connector.FieldText, Required: true, Pattern: `[0-9]{5,20}`, Example: "17841400008460056",
			Label: text("Instagram account ID", "Instagram 账号编号"), Help: text("Meta Business Settings → Accounts → Instagram accounts: the number under the name.", "Meta 商务管理平台 → 账户 → Instagram 账户：名称下方的编号。"),
		},
		docs:   "https://developers.facebook.com/docs/instagram-messaging/get-started",
		scopes: []string{"instagram_basic", "instagram_manage_messages", "pages_manage_metadata", "pages_show_list"},
		fields: []string{
			"messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "messaging_handover", "standby",
		},
		inbox:    "1217981644879628", // "Handover protocol": the Instagram inbox
		pictures: []string{"name", "username", "profile_pic"},
		caps:     capabilities(),
	}
	p.caps.Text = connector.Length{Max: 1000, Unit: connector.Bytes} // "Send a message: text"
	p.caps.Ops[connector.OpsReact] = connector.Partial               // a heart, whatever the emoji
	p.caps.Parts["media.animation"] = connector.Partial
	// "Upload Media for Instagram Messaging".
	p.caps.Media = map[canon.MediaKind]connector.MediaLimit{
		canon.MediaImage:     {MIME: []string{"image/png", "image/jpeg", "image/gif"}, Bytes: 8 * megabyte},
		canon.MediaAnimation: {MIME: []string{"image/gif", "video/mp4"}, Bytes: 8 * megabyte},
		canon.MediaVoice:     {MIME: []string{"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav"}, Bytes: 25 * megabyte},
		canon.MediaAudio:     {MIME: []string{"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav"}, Bytes: 25 * megabyte},
		canon.MediaVideo:     {MIME: []string{"video/mp4", "video/ogg", "video/quicktime", "video/webm"}, Bytes: 25 * megabyte},
		canon.MediaFile:      {MIME: []string{"application/pdf"}, Bytes: 25 * megabyte},
	}
	p.caps.Receipts = []canon.Delivery{canon.Sent, canon.Read}
	return p
}

// capabilities is what both can carry. Lengths count UTF-16 code units where the
// documents say characters: no text has more of those.
func capabilities() connector.Capabilities {
	chars := func(n int) connector.Length { return connector.Length{Max: n, Unit: connector.UTF16} }
	return connector.Capabilities{
		Parts: map[string]connector.Level{
			"text": connector.Full, "location": connector.Degrade, "sticker": connector.Partial, "contact": connector.Degrade, "template": connector.Degrade,
			"media.image": connector.Full, "media.voice": connector.Full, "media.audio": connector.Full, "media.video": connector.Full, "media.animation": connector.Full, "media.file": connector.Full,
			"choices.quick": connector.Full, "choices.buttons": connector.Full, "choices.list": connector.Partial,
			"card.product": connector.Full, "card.order": connector.Partial, "card.link": connector.Full, "card.article": connector.Full, "card.app": connector.Degrade,
			"opaque": connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsReply: connector.Full, connector.OpsReact: connector.Full, connector.OpsTyping: connector.Full, connector.OpsMarkRead: connector.Full,
			connector.OpsFetch: connector.Full, connector.OpsProfile: connector.Full, connector.OpsInstall: connector.Full, connector.OpsProbe: connector.Full,
			connector.OpsDesk: connector.Full, connector.OpsAuthorize: connector.Full,
			connector.OpsEdit: connector.Degrade, // a correction
		},
		Choices: connector.ChoiceLimit{
			Quick: maxQuick, Buttons: maxQuick, List: maxQuick, Columns: 1,
			Label: chars(maxTitle), Value: chars(maxPayload),
		},
		Window:      connector.Window{For: window, Person: humanWindow},
		TypingEvery: typingShows - 5*time.Second,
		Concurrency: 10,
		// "Platform rate limits": 300 messages a second of text for a page, 10
		// of files; we keep to what either takes.
		Rate: 40,
	}
}

// Driver is the connector of one of the products; it holds no state of any
// account.
type Driver struct{ product product }

// NewMessenger returns the driver of Facebook pages.
func NewMessenger() connector.Driver { return Driver{messenger()} }

// NewInstagram returns the driver of Instagram accounts.
func NewInstagram() connector.Driver { return Driver{instagram()} }

// Spec describes the channel.
func (d Driver) Spec() connector.Spec {
	p := d.product
	return connector.Spec{
		Kind: p.kind, Name: p.name, Help: p.help, Row: "world", ManyAccounts: true, NeedsHTTPS: true,
		Form:    p.form(),
		Ceiling: p.caps, Docs: "docs/connectors/" + p.kind + ".md",
	}
}

// Same is the page or account; the app, where accounts are authorised.
func (Driver) Same(v connector.Values) string {
	if v["way"] == byLogin {
		return "app " + v["app_id"] + " at " + graph.Base(v)
	}
	return v["account"] + " at " + graph.Base(v)
}
