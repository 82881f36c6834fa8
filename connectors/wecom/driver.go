package wecom

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The words for these channels in the API.
const (
	KindApp = "wecom"
	KindKF  = "wechatkf"
)

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// corp is what both kinds share: a corporation as one secret of it sees it.
type corp struct {
	kind   string
	id     string // CorpID
	agent  string // AgentId; "" where any application of the corporation may call back
	secret string
	token  string // signs callbacks
	aesKey string // encrypts them
	base   string // of the API, without a slash at the end
	hook   string
	env    connector.Env
	form   connector.Form
	values connector.Values
	// tokens fetches tokens of a corporation that installed the application of a
	// service provider; nil: by the Secret.
	tokens func(context.Context) (string, time.Duration, error)
}

func openCorp(kind string, form connector.Form, link connector.Link, env connector.Env) (*corp, error) {
	if env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("opening a link to WeCom: no HTTP client was lent")}
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	v := link.Config
	return &corp{
		kind: kind, id: v["corp_id"], secret: v["secret"], token: v["callback_token"], aesKey: v["encoding_aes_key"],
		base: strings.TrimRight(v["api_base"], "/"), hook: link.HookURL, env: env, form: form, values: v,
	}, nil
}

// hide takes the link's secrets out of a text.
func (c *corp) hide(s string) string { return c.form.RedactText(c.values, s) }

func (c *corp) state(s connector.State) {
	if c.env.State != nil {
		s.At = c.env.Clock()
		c.env.State(s)
	}
}

// Close lets go of nothing: client and cache belong to the hub.
func (c *corp) Close(context.Context) error { return nil }

type appDriver struct{}

// New returns the driver of applications.
func New() connector.Driver { return appDriver{} }

// Spec describes the kind.
func (appDriver) Spec() connector.Spec {
	return connector.Spec{
		Kind: KindApp,
		Name: text("WeCom application", "企业微信应用"),
		Help: text("Members of your corporation write to an application of yours in WeCom. You need its AgentId and Secret, and to set up receiving messages.",
			"企业成员在企业微信中给您的自建应用发消息。需要应用的 AgentId 和 Secret，并设置接收消息。"),
		Row: "china", Form: appForm(), Ceiling: appCapabilities(),
		Docs: "docs/connectors/wecom.md",
	}
}

// Open makes a Conn for one application.
func (appDriver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := openCorp(KindApp, appForm(), link, env)
	if err != nil {
		return nil, err
	}
	c.agent = link.Config["agent_id"]
	a := &app{corp: c, account: canon.RemoteID(c.agent)}
	if len(link.Accounts) == 1 && link.Accounts[0].RemoteID != "" {
		a.account = link.Accounts[0].RemoteID
	}
	return a, nil
}

// app is one application.
type app struct {
	*corp
	account canon.RemoteID
}

var (
	_ connector.Webhook  = (*app)(nil)
	_ connector.Uploader = (*app)(nil)
	_ connector.Fetcher  = (*app)(nil)
	_ connector.Revoker  = (*app)(nil)
	_ connector.Profiler = (*app)(nil)
	_ connector.Prober   = (*app)(nil)
	_ connector.Menuer   = (*app)(nil)
)

// pollEvery is how often accounts are asked without a nudge. sync_msg without
// the token of a callback is limited strictly (developer.work.weixin.qq.com
// 94670, which gives no number): minutes, not seconds.
const pollEvery = 2 * time.Minute

type kfDriver struct{ poll time.Duration }

// NewKF returns the driver of WeChat customer service.
func NewKF() connector.Driver { return kfDriver{pollEvery} }

// Spec describes the kind.
func (kfDriver) Spec() connector.Spec {
	return connector.Spec{
		Kind: KindKF,
		Name: text("WeChat customer service", "微信客服"),
		Help: text("Anyone on WeChat writes to a service account of your corporation. You need an application that WeCom lets call WeChat customer service; its accounts are then offered.",
			"微信用户向企业的微信客服账号咨询。需要一个“可调用接口的应用”，接入后可从列表中选择客服账号。"),
		Row: "china", Form: kfForm(), Ceiling: kfCapabilities(), ManyAccounts: true,
		Docs: "docs/connectors/wechatkf.md",
	}
}

// Open makes a Conn for one corporation.
func (d kfDriver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := openCorp(KindKF, kfForm(), link, env)
	if err != nil {
		return nil, err
	}
	k := &kf{corp: c, poll: d.poll, first: canon.RemoteID(link.Config["account"]), deskUser: link.Config["desk_user"]}
	for _, a := range link.Accounts {
		switch a.RemoteID {
		case "":
		case canon.RemoteID(a.ID.String()): // named by nobody yet
			k.waiting = append(k.waiting, a.RemoteID)
		default:
			k.accounts = append(k.accounts, a.RemoteID)
		}
	}
	if len(k.accounts) == 0 && k.first != "" {
		k.accounts = []canon.RemoteID{k.first}
	}
	return k, nil
}

// kf is WeChat customer service of one corporation, an account per open_kfid.
type kf struct {
	*corp
	poll     time.Duration
	first    canon.RemoteID   // the account of the form; "" where they are chosen of the list
	accounts []canon.RemoteID // those linked, as the hub names them
	waiting  []canon.RemoteID // those for which none was chosen yet
	deskUser string
	// of stands before an open_kfid in the hub's name of an account: "", or the
	// corporation and "/" where one link serves several.
	of string
}

// open is the platform's name of an account.
func (k *kf) open(account canon.RemoteID) string { return strings.TrimPrefix(string(account), k.of) }

var (
	_ connector.Webhook  = (*kf)(nil)
	_ connector.Streamer = (*kf)(nil)
	_ connector.Uploader = (*kf)(nil)
	_ connector.Fetcher  = (*kf)(nil)
	_ connector.Profiler = (*kf)(nil)
	_ connector.Desk     = (*kf)(nil)
	_ connector.Revoker  = (*kf)(nil)
	_ connector.Prober   = (*kf)(nil)
	_ connector.Lister   = (*kf)(nil)
)

// Same is the application of the corporation.
func (appDriver) Same(v connector.Values) string {
	return v["corp_id"] + "/" + v["agent_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}

// Same is the corporation: one link serves all its service accounts, and two would
// each fetch what the other was nudged for.
func (kfDriver) Same(v connector.Values) string {
	return v["corp_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}
