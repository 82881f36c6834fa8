package api

import (
	"context"
	"sync"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// LoginStep is one step of linking by QR code, pair code, OAuth or password.
type LoginStep struct {
	Txn     string         `json:"txn" doc:"Names this login: go on at /accounts/{id}/login/{txn}"`
	Kind    string         `json:"kind" enum:"show,input,visit,done" doc:"show display until it changes, ask for fields, visit url, or done"`
	Text    connector.Text `json:"text,omitzero"`
	Display *LoginDisplay  `json:"display,omitempty"`
	Fields  []FormField    `json:"fields,omitempty"`
	URL     string         `json:"url,omitempty"`
	Expires time.Time      `json:"expires,omitzero"`
}

// LoginDisplay is something to show.
type LoginDisplay struct {
	Kind string `json:"kind" enum:"qr,code"`
	Data string `json:"data"`
}

type loginInput struct {
	ByID
	Body *struct {
		Flow string `json:"flow,omitempty" maxLength:"40" doc:"Which way, where the channel knows several"`
	}
}

type loginNext struct {
	ByID
	Txn  string `path:"txn" maxLength:"100"`
	Body *struct {
		Input connector.Values `json:"input,omitempty" doc:"The fields asked for; nothing: wait for a change"`
	}
}

// logins keeps the logins under way in this process. Safe for concurrent use.
type logins struct {
	mu  sync.Mutex
	all map[string]openLogin
}

type openLogin struct {
	tenant, link canon.ID
	step         connector.Step
	until        time.Time
}

// loginLife is how long a login may rest between two steps.
const loginLife = 15 * time.Minute

func newLogins() *logins { return &logins{all: map[string]openLogin{}} }

func (l *logins) keep(txn string, o openLogin, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, v := range l.all {
		if now.After(v.until) {
			delete(l.all, k)
		}
	}
	o.until = now.Add(loginLife)
	l.all[txn] = o
}

func (l *logins) find(txn string, tenant, link canon.ID) (openLogin, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o, ok := l.all[txn]
	return o, ok && o.tenant == tenant && o.link == link
}

func (l *logins) drop(txn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, txn)
}

func (a *API) addLogins() {
	add(a, route{method: "POST", path: "/accounts/{id}/login", tag: "Channels", may: auth.AccountWrite, act: "account.login", summary: "Begin signing an account in step by step"},
		func(ctx context.Context, c *call, in *loginInput) (*answer[LoginStep], error) {
			v, conn, err := a.connOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			l, ok := conn.(connector.Login)
			if !ok {
				return nil, &core.Fault{Kind: core.FaultConflict, Code: "no_login",
					Text:   connector.Text{EN: "This channel is not signed in step by step.", ZH: "该渠道不支持分步登录。"},
					Remedy: connector.Text{EN: "Fill in its form instead.", ZH: "请直接填写账号配置。"}}
			}
			flow := ""
			if in.Body != nil {
				flow = in.Body.Flow
			}
			step, err := l.Begin(ctx, flow)
			if err != nil {
				return nil, shown(err)
			}
			return a.stepped(ctx, c, v, step)
		})
	add(a, route{method: "POST", path: "/accounts/{id}/login/{txn}", tag: "Channels", may: auth.AccountWrite, act: "account.login", summary: "Go on signing an account in"},
		func(ctx context.Context, c *call, in *loginNext) (*answer[LoginStep], error) {
			v, conn, err := a.connOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			l, ok := conn.(connector.Login)
			o, found := a.logins.find(in.Txn, c.who.Tenant, v.Link)
			if !ok || !found {
				return nil, core.NotFound("login")
			}
			var input connector.Values
			if in.Body != nil {
				input = in.Body.Input
			}
			step, err := l.Next(ctx, o.step, input)
			if err != nil {
				return nil, shown(err)
			}
			return a.stepped(ctx, c, v, step)
		})
	add(a, route{method: "DELETE", path: "/accounts/{id}/login/{txn}", tag: "Channels", may: auth.AccountWrite, act: "account.login", summary: "Give signing an account in up", status: 204},
		func(ctx context.Context, c *call, in *struct {
			ByID
			Txn string `path:"txn" maxLength:"100"`
		}) (*none, error) {
			v, conn, err := a.connOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			l, ok := conn.(connector.Login)
			o, found := a.logins.find(in.Txn, c.who.Tenant, v.Link)
			if !ok || !found {
				return nil, core.NotFound("login")
			}
			a.logins.drop(in.Txn)
			if err := l.Cancel(ctx, o.step); err != nil {
				return nil, shown(err)
			}
			return nil, c.note(ctx, in.ID.String(), "cancelled")
		})
}

// shown words a connector's error for people.
func shown(err error) error {
	e := connector.AsError(err)
	text := e.Shown
	if text.EN == "" {
		text = connector.Text{EN: "The platform refused or did not answer.", ZH: "平台拒绝了请求或没有响应。"}
	}
	return &core.Fault{Kind: core.FaultConflict, Code: "platform_" + string(e.Class), Text: text, Remedy: connector.Text{EN: "Try again in a moment.", ZH: "请稍后重试。"}}
}

// stepped keeps the step or, when the login is done, what it brought.
func (a *API) stepped(ctx context.Context, c *call, v core.Account, step connector.Step) (*answer[LoginStep], error) {
	out := LoginStep{Txn: step.Txn, Kind: string(step.Kind), Text: step.Text, Fields: formFields(step.Fields), URL: step.URL, Expires: step.Expires}
	if step.Display.Kind != "" {
		out.Display = &LoginDisplay{step.Display.Kind, step.Display.Data}
	}
	if step.Kind != connector.StepDone {
		a.logins.keep(step.Txn, openLogin{tenant: c.who.Tenant, link: v.Link, step: step}, c.scope.Now())
		return &answer[LoginStep]{out}, c.note(ctx, v.ID.String(), string(step.Kind))
	}
	a.logins.drop(step.Txn)
	if _, err := a.granted(ctx, c, v, connector.Granted{Config: step.Result, Accounts: step.Accounts}); err != nil {
		return nil, err
	}
	return &answer[LoginStep]{out}, a.reload(ctx, c, v.Link)
}
