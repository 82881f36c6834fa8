package cloud

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this connector in the API.
const Kind = "whatsappcloud"

// Driver is the connector; it holds no state of any account.
type Driver struct{}

// New returns the driver.
func New() connector.Driver { return Driver{} }

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Spec describes the channel.
func (Driver) Spec() connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: text("WhatsApp Business", "WhatsApp 商业平台"),
		Help: text("Connect a phone number of the official WhatsApp Cloud API. You need a Meta app with the product WhatsApp and a system user's token.",
			"接入官方 WhatsApp Cloud API 的号码。需要已添加 WhatsApp 产品的 Meta 应用和系统用户令牌。"),
		Row: "world", Form: form(), Ceiling: capabilities(), ManyAccounts: true, NeedsHTTPS: true,
		Docs: "docs/connectors/whatsappcloud.md",
	}
}

// manual is where Meta explains the platform.
const manual = "https://developers.facebook.com/documentation/business-messaging/whatsapp/"

func form() connector.Form {
	token := graph.TokenField("whatsapp_business_messaging, whatsapp_business_management")
	token.Docs = manual + "access-tokens"
	fields := []connector.Field{
		{
			Name: "account", Kind: connector.FieldText, Required: true, Pattern: `[0-9]{5,20}`, Example: "106540352242922",
			Label: text("Phone number ID", "电话号码编号（Phone number ID）"),
			Help: text("App Dashboard → WhatsApp → API Setup → Phone number ID: not the phone number itself.",
				"应用面板 → WhatsApp → API Setup → Phone number ID（不是电话号码本身）。"),
		},
		{
			Name: "waba_id", Kind: connector.FieldText, Required: true, Pattern: `[0-9]{5,20}`, Example: "102290129340398",
			Label: text("WhatsApp Business Account ID", "WhatsApp 商业账号编号（WABA ID）"),
			Help: text("Stands below the phone number ID on the same page. Templates and the subscription belong to it.",
				"在同一页面电话号码编号下方。模板和回调订阅都属于它。"),
		},
		token,
		graph.SecretField(),
		graph.VerifyField(),
	}
	return connector.Form{Docs: manual + "get-started", Fields: append(fields, graph.AddressFields(graph.Address)...)}
}

// Conn is one link: the numbers of one WhatsApp business account.
type Conn struct {
	graph.Hook
	env      connector.Env
	api      *graph.Client
	token    string
	waba     string
	account  canon.RemoteID // of the form; account-wide news is filed under it
	hook     string
	linked   bool // by now, and not only tried
	verify   string
	threads  graph.Threads
	life     graph.Life // of the token
	settings connector.Capabilities
}

var (
	_ connector.Webhook   = (*Conn)(nil)
	_ connector.Fetcher   = (*Conn)(nil)
	_ connector.Reactor   = (*Conn)(nil)
	_ connector.Typer     = (*Conn)(nil)
	_ connector.Marker    = (*Conn)(nil)
	_ connector.Templater = (*Conn)(nil)
	_ connector.Installer = (*Conn)(nil)
	_ connector.Prober    = (*Conn)(nil)
)

// Open makes a Conn of a completed form.
func (Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	if env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("opening a WhatsApp link: no HTTP client was lent")}
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	v := link.Config
	c := &Conn{
		Hook:  graph.NewHook(v["app_secret"], v["verify_token"]),
		env:   env,
		api:   &graph.Client{HTTP: env.HTTP, Base: graph.Base(v), Secret: v["app_secret"], Now: env.Clock},
		token: v["access_token"], waba: v["waba_id"], account: canon.RemoteID(v["account"]),
		hook: link.HookURL, linked: graph.Linked(link), verify: v["verify_token"], settings: capabilities(),
	}
	return c, nil
}

// Close lets go of nothing: the client belongs to the hub.
func (c *Conn) Close(context.Context) error { return nil }

// Capabilities are the same for every thread but for the window, and that some
// are groups.
func (c *Conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := c.settings
	caps.Window = c.threads.Window(key, caps.Window)
	caps.Group = strings.HasPrefix(string(key.Peer), groupPrefix)
	return caps
}

// Same is the phone number.
func (Driver) Same(v connector.Values) string {
	return v["account"] + " at " + graph.Base(v)
}
