package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The names of what an application keeps with its link.
const (
	ticketName     = "suite_ticket"
	suiteTokenName = "suite_token"
)

// ticketLife is how long a ticket counts; a new one comes every ten minutes
// (90628 推送suite_ticket).
const ticketLife = 30 * time.Minute

// suiteToken is the application's own token, made of the newest ticket (90600
// 获取第三方应用凭证).
func (s *suite) suiteToken(ctx context.Context) (string, error) {
	return s.env.Cache.Once(ctx, suiteTokenName, func(ctx context.Context) (string, time.Duration, error) {
		ticket, ok, err := s.env.Cache.Get(ctx, ticketName)
		if err != nil {
			return "", 0, err
		}
		if !ok {
			return "", 0, errNoTicket()
		}
		ask := struct {
			ID     string `json:"suite_id"`
			Secret string `json:"suite_secret"`
			Ticket string `json:"suite_ticket"`
		}{s.id, s.secret, ticket}
		var out struct {
			Token   string `json:"suite_access_token"`
			Expires int64  `json:"expires_in"`
		}
		if err := s.posted(ctx, "service/get_suite_token", nil, ask, &out); err != nil {
			return "", 0, err
		}
		return out.Token, lifeOf(out.Expires), nil
	})
}

func lifeOf(seconds int64) time.Duration {
	life := time.Duration(seconds) * time.Second
	return max(life-refreshEarly, life/2)
}

func errNoTicket() *connector.Error {
	return &connector.Error{Class: connector.Transient, Scope: connector.ScopeLink, Code: "no_ticket", RetryAfter: time.Minute,
		Shown: text("WeCom has not sent its ticket yet. Enter the callback address as 指令回调URL; the ticket comes within ten minutes.",
			"尚未收到企业微信推送的 suite_ticket。请把回调地址填入“指令回调URL”，十分钟内会收到推送。")}
}

// posted is one exchange that no member sees anything of.
func (s *suite) posted(ctx context.Context, op string, query url.Values, ask, out any) error {
	x := exchange{op: op, path: "/cgi-bin/" + op, query: query, mime: "application/json"}
	if ask != nil {
		body, err := encode(ask)
		if err != nil {
			return &connector.Error{Class: connector.Internal, Err: err}
		}
		x.body = body
	}
	raw, err := s.exchange(ctx, x)
	if err != nil {
		return connector.Harmless(err)
	}
	return connector.Harmless(s.read(op, raw, out))
}

// asSuite calls in the application's own name, and once more with a fresh token
// when the one it has is refused.
func (s *suite) asSuite(ctx context.Context, op string, ask, out any) error {
	for again := false; ; again = true {
		token, err := s.suiteToken(ctx)
		if err != nil {
			return err
		}
		err = masked(s.posted(ctx, op, url.Values{"suite_access_token": {token}}, ask, out), token)
		if e := connector.AsError(err); e == nil || again || e.Code != "40082" && e.Code != "42009" {
			return err
		}
		if err := s.forget(ctx, suiteTokenName, token); err != nil {
			return err
		}
	}
}

// forget drops a kept value unless somebody has replaced it.
func (s *suite) forget(ctx context.Context, name, was string) error {
	if now, ok, err := s.env.Cache.Get(ctx, name); err != nil || !ok || now != was {
		return err
	}
	return s.env.Cache.Delete(ctx, name)
}

// corpToken is a corporation's token for the application (90605 获取企业凭证).
func (s *suite) corpToken(ctx context.Context, id canon.RemoteID) (string, time.Duration, error) {
	code, ok, err := s.env.Cache.Get(ctx, "permanent:"+string(id))
	if err != nil {
		return "", 0, err
	}
	if !ok {
		return "", 0, errNotAuthorised()
	}
	ask := struct {
		Corp string `json:"auth_corpid"`
		Code string `json:"permanent_code"`
	}{string(id), code}
	var out struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	err = masked(s.asSuite(ctx, "service/get_corp_token", ask, &out), code)
	if e := connector.AsError(err); e != nil {
		if e.Code == "40084" || e.Code == "40013" { // of this corporation alone
			again := *e
			again.Scope = connector.ScopeAccount
			return "", 0, &again
		}
		return "", 0, err
	}
	return out.Token, lifeOf(out.Expires), nil
}

// codeLife is how long an authorisation code counts (90642 授权通知事件).
const codeLife = 10 * time.Minute

// codeSlots is how many codes can wait to be spent: WeCom says whose a code is
// only when it is.
const codeSlots = 8

// codeSlot is where a code waits.
func codeSlot(code string) string {
	sum := sha256.Sum256([]byte(code))
	return slotName(int(sum[0]) % codeSlots)
}

func slotName(n int) string { return "code:" + strconv.Itoa(n) }

// spend takes up installations nobody came back with: done in WeCom's own market,
// or in a browser that was closed.
func (s *suite) spend(ctx context.Context) error {
	for n := range codeSlots {
		code, ok, err := s.env.Cache.Get(ctx, slotName(n))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		corp, err := s.installed(ctx, code)
		if err == nil {
			err = s.came(ctx, corp)
		}
		if e := connector.AsError(err); e != nil && e.Retryable() {
			return err
		}
		// Spent or over: what is known already decides.
		if err := s.forget(ctx, slotName(n), code); err != nil {
			return err
		}
	}
	return nil
}

// errNotAuthorised says that a corporation has not installed the application, or
// removed it.
func errNotAuthorised() *connector.Error {
	return &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeAccount, Code: "not_authorised", Err: errors.New("no permanent code"),
		Shown: text("The corporation has not installed your application, or removed it. Authorise it again on its page.",
			"该企业尚未授权或已取消授权您的应用，请在账号页面重新授权。")}
}

// installed spends an authorisation code and keeps what it brings (90603
// 获取企业永久授权码). The code is good once: whoever brings it again gets the same
// corporation.
func (s *suite) installed(ctx context.Context, code string) (canon.RemoteID, error) {
	ask := struct {
		Code string `json:"auth_code"`
	}{code}
	var out struct {
		Token     string `json:"access_token"`
		Expires   int64  `json:"expires_in"`
		Permanent string `json:"permanent_code"`
		Corp      struct {
			ID   string `json:"corpid"`
			Name string `json:"corp_name"`
		} `json:"auth_corp_info"`
		Info struct {
			Agents []struct {
				ID json.Number `json:"agentid"`
			} `json:"agent"`
		} `json:"auth_info"`
	}
	if err := masked(s.asSuite(ctx, "service/get_permanent_code", ask, &out), code); err != nil {
		return "", err
	}
	if out.Corp.ID == "" || out.Permanent == "" || len(out.Info.Agents) == 0 {
		return "", &connector.Error{Class: connector.Invalid, Code: "no_corp", Err: errors.New("the answer names no corporation"),
			Shown: text("WeCom names no corporation. Begin again.", "企业微信未返回授权企业信息，请重新授权。")}
	}
	known, _ := json.Marshal(about{Agent: out.Info.Agents[0].ID.String(), Name: out.Corp.Name}) // texts always encode
	for _, k := range []connector.Kept{
		{Name: "permanent:" + out.Corp.ID, Value: out.Permanent, For: kept},
		{Name: "about:" + out.Corp.ID, Value: string(known), For: kept},
		{Name: "token:" + KindSuite + ":" + out.Corp.ID, Value: out.Token, For: lifeOf(out.Expires)},
	} {
		if err := s.env.Cache.Set(ctx, k.Name, k.Value, k.For); err != nil {
			return "", err
		}
	}
	return canon.RemoteID(out.Corp.ID), nil
}
