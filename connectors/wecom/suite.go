package wecom

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// KindSuite is the word for applications corporations installed from a service
// provider.
const KindSuite = "wecomsuite"

// NewSuite returns the driver of a service provider's application (第三方应用): its
// messages with the members of every corporation that installed it.
func NewSuite() connector.Driver { return suiteDriver{pollEvery} }

type suiteDriver struct{ poll time.Duration }

// suiteCapabilities are the most an account of either kind can do: the
// application at a corporation, or a service account of it.
func suiteCapabilities() connector.Capabilities {
	c := withoutMenu(appCapabilities())
	for key, level := range kfCapabilities().Parts {
		if level == connector.Full || level == connector.Partial && c.Parts[key] != connector.Full {
			c.Parts[key] = level
		}
	}
	c.Ops[connector.OpsDesk] = connector.Full
	c.Ops[connector.OpsRevoke] = connector.Full // of a service account
	c.Ops[connector.OpsAuthorize] = connector.Full
	return c
}

// withoutMenu: 90231 is for a corporation's own applications. That of a service
// provider's has its menu in the provider's console, the same at every corporation.
func withoutMenu(c connector.Capabilities) connector.Capabilities {
	delete(c.Ops, connector.OpsMenu)
	c.Menu = connector.MenuLimit{}
	return c
}

// Spec describes the kind.
func (suiteDriver) Spec() connector.Spec {
	return connector.Spec{
		Kind: KindSuite,
		Name: text("WeCom service provider", "企业微信服务商（第三方应用）"),
		Help: text("Members of corporations that install your third-party application write to it, and customers on WeChat to the service accounts it may manage. You need its SuiteID and Secret, once for all corporations.",
			"企业安装您的第三方应用后，成员可在应用中咨询，微信用户可咨询企业授权的微信客服账号。只需填写一次 SuiteID 和 Secret，适用于所有授权企业。"),
		Row: "china", Form: suiteForm(), Ceiling: suiteCapabilities(), ManyAccounts: true,
		Docs: "docs/connectors/wecomsuite.md", Callbacks: suiteCallbacks(),
	}
}

// suiteCallbacks are the two addresses of an application (90595 基本概念介绍).
func suiteCallbacks() []connector.Callback {
	return []connector.Callback{
		{Name: text("Command callback (指令回调URL)", "指令回调URL"),
			Help: text("In the service provider's console on the application's page, under 回调配置. WeCom sends its ticket here every ten minutes, and tells of installations.",
				"服务商管理后台应用详情页的“回调配置”。企业微信每十分钟向此地址推送 suite_ticket，并通知授权变化。")},
		{Path: "/$CORPID$", Name: text("Data callback (数据回调URL)", "数据回调URL"),
			Help: text("In the same place, exactly as it stands: WeCom puts each corporation's ID in place of $CORPID$. What members and customers write comes here.",
				"同一位置，原样填写（含 $CORPID$）：企业微信会自动替换为各授权企业的 CorpID。成员和客户的消息推送到此地址。")},
	}
}

// DefaultPage is where administrators install an application.
const DefaultPage = "https://open.work.weixin.qq.com"

func suiteForm() connector.Form {
	f := shared("90595", text("On the application's page in the service provider's console: Secret.", "服务商管理后台应用详情页中的 Secret。"),
		connector.Field{
			Name: "suite_id", Kind: connector.FieldText, Label: text("SuiteID", "SuiteID"), Required: true, Min: 1, Max: 64, Pattern: `[0-9A-Za-z_-]+`, Example: "ww1234567890abcdef",
			Help: text("On the application's page in the service provider's console: SuiteID.", "服务商管理后台应用详情页中的 SuiteID。"),
		})
	f.Fields[0].Label = text("Corporation ID of the service provider", "服务商企业ID")
	f.Fields[0].Help = text("Your own, not that of a corporation that installs: WeCom verifies the callback addresses with it.", "服务商自己的企业ID（CorpID），企业微信用它校验回调地址。")
	f.Fields = append(f.Fields,
		connector.Field{
			Name: "page_base", Kind: connector.FieldURL, Label: text("Address of the installation page", "授权安装页地址"), Default: DefaultPage, Advanced: true,
			Help: text("Where administrators install the application.", "管理员安装应用的页面地址。"),
		},
		connector.Field{
			Name: "test", Kind: connector.FieldSwitch, Label: text("Test authorisation", "测试授权"), Default: "false", Advanced: true,
			Help: text("On while the application is not published: WeCom lets corporations of its test list install it.", "应用未上线时开启，仅允许测试企业安装。"),
		})
	return f
}

// Same is the application of the service provider.
func (suiteDriver) Same(v connector.Values) string {
	return v["suite_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}

// suite is one application of a service provider with the corporations that
// installed it.
type suite struct {
	*corp   // of the provider: its keys, and calls in the application's own name
	id      string
	page    string
	test    bool
	named   []canon.RemoteID
	waiting atomic.Bool // for the first ticket

	poll time.Duration

	mu     sync.Mutex
	subs   map[canon.RemoteID]*app          // by corporation
	dimmed map[canon.RemoteID]bool          // service accounts whose light Refresh turned
	again  map[canon.RemoteID]chan struct{} // has a corporation that waits asked at once

	arrived chan struct{} // a corporation nobody linked installed the application
}

var (
	_ connector.Webhook         = (*suite)(nil)
	_ connector.Streamer        = (*suite)(nil)
	_ connector.Desk            = (*suite)(nil)
	_ connector.Authorizer      = (*suite)(nil)
	_ connector.Refresher       = (*suite)(nil)
	_ connector.Uploader        = (*suite)(nil)
	_ connector.AccountUploader = (*suite)(nil)
	_ connector.Fetcher         = (*suite)(nil)
	_ connector.Revoker         = (*suite)(nil)
	_ connector.Profiler        = (*suite)(nil)
	_ connector.Prober          = (*suite)(nil)
)

// Open makes a Conn for one application. What is known of the corporations comes
// from the link's kept values.
func (d suiteDriver) Open(ctx context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := openCorp(KindSuite, suiteForm(), link, env)
	if err != nil {
		return nil, err
	}
	v := link.Config
	s := &suite{corp: c, id: v["suite_id"], page: strings.TrimRight(v["page_base"], "/"), test: v["test"] == "true", poll: d.poll,
		subs: map[canon.RemoteID]*app{}, dimmed: map[canon.RemoteID]bool{}, again: map[canon.RemoteID]chan struct{}{}, arrived: make(chan struct{}, 1)}
	if s.page == "" {
		s.page = DefaultPage
	}
	for _, a := range link.Accounts {
		if a.RemoteID == "" {
			continue
		}
		corp, _ := serviceOf(a.RemoteID)
		known, err := s.about(ctx, corp)
		if err != nil {
			return nil, err
		}
		s.named = append(s.named, a.RemoteID)
		s.subs[corp] = s.made(corp, known)
	}
	return s, nil
}

// about is what is known of a corporation.
type about struct {
	Agent string `json:"agent"`
	Name  string `json:"name"`
}

// kept is how long what must not be lost is kept: a permanent code counts until
// the corporation removes the application.
const kept = 10 * 365 * 24 * time.Hour

func (s *suite) about(ctx context.Context, id canon.RemoteID) (a about, err error) {
	raw, ok, err := s.env.Cache.Get(ctx, "about:"+string(id))
	if err != nil || !ok {
		return a, err
	}
	return a, json.Unmarshal([]byte(raw), &a)
}

// made is the application at one corporation, as if it were that corporation's
// own, but for how it comes by tokens.
func (s *suite) made(id canon.RemoteID, known about) *app {
	c := *s.corp
	c.id, c.agent = string(id), known.Agent
	c.tokens = func(ctx context.Context) (string, time.Duration, error) { return s.corpToken(ctx, id) }
	return &app{corp: &c, account: id}
}

// sub is the application at a corporation; of one nobody linked, nothing is known.
func (s *suite) sub(id canon.RemoteID) *app {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.subs[id]; a != nil {
		return a
	}
	return s.made(id, about{})
}

// know has the application at a corporation follow what is known of it.
func (s *suite) know(id canon.RemoteID, known about) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.subs[id]; a == nil || a.agent != known.Agent {
		s.subs[id] = s.made(id, known)
	}
}

// Capabilities are those of an application, or of customer service.
func (s *suite) Capabilities(t canon.ThreadKey) connector.Capabilities {
	c := withoutMenu(s.at(t.Account).Capabilities(t))
	c.Ops[connector.OpsAuthorize] = connector.Full
	return c
}

// Revokes says that messages can be taken back.
func (s *suite) Revokes() {}

// Send makes one call with the token of the corporation.
func (s *suite) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	return s.at(r.Account.RemoteID).Send(ctx, r)
}

// UploadFor hands a file to the corporation.
func (s *suite) UploadFor(ctx context.Context, a connector.Account, key canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	return s.at(a.RemoteID).Upload(ctx, key, info, body)
}

// Fetch brings what a member or a customer sent.
func (s *suite) Fetch(ctx context.Context, a connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	return s.at(a.RemoteID).Fetch(ctx, a, m)
}

// Profile looks up a member of the corporation, or a customer.
func (s *suite) Profile(ctx context.Context, a connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	return s.at(a.RemoteID).Profile(ctx, a, peer)
}
