package http

import (
	"context"
	"fmt"
	nethttp "net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/microcosm-cc/bluemonday"

	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this connector in the API.
const Kind = "http"

// Driver is the generic connector.
type Driver struct{}

// New returns the driver.
func New() connector.Driver { return Driver{} }

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Spec describes the connector.
func (Driver) Spec() connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: text("HTTP", "通用 HTTP"),
		Help: text("Connect your own application, or any platform, with signed JSON in both directions. You need an address that takes POST requests.",
			"用签名的 JSON 双向接入您自己的应用或任意平台。需要一个能接收 POST 请求的地址。"),
		Row:     "own",
		Form:    form(),
		Ceiling: capabilities(0),
		Docs:    "docs/http-connector.md",
	}
}

func form() connector.Form {
	return connector.Form{
		Fields: []connector.Field{
			{
				Name: "api_base", Kind: connector.FieldURL, Label: text("Address of your application", "您的应用地址"),
				Help: text("Messages to customers are posted to this address with /messages behind it. Leave it empty to receive only.",
					"发给客户的消息会 POST 到此地址加 /messages。只接收消息时可留空。"),
				Example: "https://app.example.com/parley",
			},
			{
				Name: "secret", Kind: connector.FieldSecret, Label: text("Signing secret", "签名密钥"), Required: true, Generate: true, Min: 12, Max: 1000,
				Help: text("Signs both directions (Standard Webhooks). Leave it empty and one is made. While replacing it, write the new one, a space, and the old one: the first signs, both are accepted.",
					"用于双向签名（Standard Webhooks）。留空则自动生成。更换时依次填写新密钥、空格、旧密钥：用第一个签名，两个都接受。"),
			},
			{
				Name: "account", Kind: connector.FieldText, Label: text("Account id", "账号标识"), Default: "main", Max: 100, Pattern: `[^\s]+`, Example: "main", Advanced: true,
				Help: text("What your application calls this account. Envelopes that name no account belong to it.",
					"您的应用对该账号的称呼。未注明账号的消息归入此账号。"),
			},
			{
				Name: "max_text", Kind: connector.FieldNumber, Label: text("Longest text", "最长文本"), Default: "0", Min: 0, Max: 1_000_000, Advanced: true,
				Help: text("How many characters one text may have; longer ones are divided. 0 means no limit.",
					"单条文本的最大字符数，超出会拆分。0 表示不限。"),
			},
		},
		Check: func(v connector.Values) []connector.FieldError {
			if _, err := NewSigner(v["secret"]); err != nil {
				return []connector.FieldError{{Field: "secret", Text: text(
					"This is no usable secret: "+err.Error()+". Write whsec_ with base64, or at least 12 characters.",
					"密钥不可用。请填写 whsec_ 开头的 base64，或至少 12 个字符。")}}
			}
			if u, err := url.Parse(v["api_base"]); err != nil || u.RawQuery != "" || u.Fragment != "" {
				return []connector.FieldError{{Field: "api_base", Text: text(
					"Write the address without ? and #.", "地址中不要包含 ? 和 #。")}}
			}
			return nil
		},
	}
}

// Conn is one link.
type Conn struct {
	env     connector.Env
	signer  *Signer
	base    string // without a slash at the end; "" when the link only receives
	account canon.RemoteID
	caps    connector.Capabilities
	hide    func(string) string // takes the link's secrets out of a text
	clean   func() *bluemonday.Policy
}

var (
	_ connector.Webhook = (*Conn)(nil)
	_ connector.Fetcher = (*Conn)(nil)
	_ connector.Editor  = (*Conn)(nil)
	_ connector.Revoker = (*Conn)(nil)
	_ connector.Reactor = (*Conn)(nil)
	_ connector.Typer   = (*Conn)(nil)
	_ connector.Marker  = (*Conn)(nil)
	_ connector.Prober  = (*Conn)(nil)
)

// Open makes a Conn of a completed form.
func (Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	signer, err := NewSigner(link.Config["secret"])
	if err != nil {
		return nil, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_secret", Err: fmt.Errorf("opening an http link: %w", err)}
	}
	limit, _ := strconv.Atoi(link.Config["max_text"]) // the form checked it; none is no limit
	c := &Conn{
		env: env, signer: signer,
		base:    strings.TrimRight(link.Config["api_base"], "/"),
		account: canon.RemoteID(link.Config["account"]),
		caps:    capabilities(limit),
		clean:   sync.OnceValue(markup),
	}
	values := link.Config
	c.hide = func(s string) string { return form().RedactText(values, s) }
	if len(link.Accounts) == 1 {
		c.account = link.Accounts[0].RemoteID
	}
	if c.account == "" {
		c.account = "main"
	}
	if c.env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("opening an http link: no HTTP client was lent")}
	}
	if c.env.Clock == nil {
		c.env.Clock = time.Now
	}
	return c, nil
}

// markup is what a customer's text may carry: no images, which tell their
// server who reads, and nothing that runs.
func markup() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "b", "strong", "i", "em", "u", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "span")
	p.AllowStandardURLs()
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// Close lets go of nothing: the client belongs to the hub.
func (c *Conn) Close(context.Context) error { return nil }

// Capabilities are the same for every thread; one is a group's.
func (c *Conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := c.caps
	caps.Group = strings.HasPrefix(string(key.Peer), groupPrefix)
	return caps
}

// groupPrefix begins the peer of a thread on which several people write.
const groupPrefix = "group:"

func capabilities(maxText int) connector.Capabilities {
	c := connector.Capabilities{
		Parts: map[string]connector.Level{},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsEdit: connector.Full, connector.OpsRevoke: connector.Full, connector.OpsReact: connector.Full,
			connector.OpsReply: connector.Full, connector.OpsTyping: connector.Full, connector.OpsMarkRead: connector.Full,
			connector.OpsFetch: connector.Full, connector.OpsProbe: connector.Full,
		},
		Text:    connector.Length{Max: maxText, Unit: connector.Runes},
		Caption: connector.Length{Max: maxText, Unit: connector.Runes},
		Subject: connector.Length{Max: 500, Unit: connector.Runes},
		HTML:    true, Spans: true,
		Media: map[canon.MediaKind]connector.MediaLimit{},
		Choices: connector.ChoiceLimit{
			Quick: 50, Buttons: 50, List: 200, Columns: 8,
			Label: connector.Length{Max: 500, Unit: connector.Runes},
			Value: connector.Length{Max: 2000, Unit: connector.Runes},
		},
		PartsPerCall: 20, MixMedia: true,
		TypingEvery: 5 * time.Second,
		Idempotent:  true,
		Receipts:    []canon.Delivery{canon.Sent, canon.Delivered, canon.Read, canon.Failed},
	}
	for _, key := range connector.PartKeys() {
		c.Parts[key] = connector.Full
	}
	for _, kind := range []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaAudio, canon.MediaVideo, canon.MediaAnimation, canon.MediaFile} {
		c.Media[kind] = connector.MediaLimit{}
	}
	return c
}

// Routes: callbacks are posted to the callback address itself, and those who have
// a file ask below it where to put it.
func (c *Conn) Routes() []connector.Route {
	return []connector.Route{{Method: nethttp.MethodPost}, {Method: nethttp.MethodPost, Path: uploadPath}}
}
