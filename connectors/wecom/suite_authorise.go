package wecom

import (
	"context"
	"errors"
	"io"
	"net/url"
	"regexp"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// corpID is what a corporation is called; what is not one was never authorised.
var corpID = regexp.MustCompile(`^w[wxp][0-9A-Za-z_-]{8,62}$`)

// Authorize makes the address of the page where an administrator installs the
// application (90597 从服务商网站发起授权).
func (s *suite) Authorize(ctx context.Context, _ connector.Account, back connector.Back) (connector.Visit, error) {
	var got struct {
		Code    string `json:"pre_auth_code"`
		Expires int64  `json:"expires_in"`
	}
	if err := s.asSuite(ctx, "service/get_pre_auth_code", nil, &got); err != nil {
		return connector.Visit{}, err
	}
	// 90602 设置授权配置: 0 in earnest, 1 a test.
	var session struct {
		Code string `json:"pre_auth_code"`
		Info struct {
			Type int `json:"auth_type"`
		} `json:"session_info"`
	}
	if session.Code = got.Code; s.test {
		session.Info.Type = 1
	}
	var done struct{}
	if err := s.asSuite(ctx, "service/set_session_info", session, &done); err != nil {
		return connector.Visit{}, err
	}
	q := url.Values{"suite_id": {s.id}, "pre_auth_code": {got.Code}, "redirect_uri": {back.URL}, "state": {back.State}}
	return connector.Visit{URL: s.page + "/3rdapp/install?" + q.Encode(), Expires: s.env.Clock().Add(time.Duration(got.Expires) * time.Second)}, nil
}

// Authorized spends the code the administrator came back with.
func (s *suite) Authorized(ctx context.Context, returned url.Values) (connector.Granted, error) {
	code := returned.Get("auth_code")
	if code == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "no_code", Err: errors.New("the page led back without a code"),
			Shown: text("WeCom led back without an authorisation: the application was not installed.", "企业微信未返回授权码：应用未完成安装。")}
	}
	id, err := s.installed(ctx, code)
	if err != nil {
		return connector.Granted{}, err
	}
	known, err := s.about(ctx, id)
	if err != nil {
		return connector.Granted{}, err
	}
	// Its service accounts come with it; where they cannot be listed now, their
	// first message is kept until somebody links them.
	services, err := s.managed(ctx, id)
	if err != nil {
		services = nil
	}
	return connector.Granted{Accounts: append([]connector.Account{{RemoteID: id, Name: known.Name}}, services...)}, nil
}

// Upload is UploadFor where there is one corporation.
func (s *suite) Upload(ctx context.Context, key canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	if len(s.named) != 1 {
		return "", 0, &connector.Error{Class: connector.Internal, Code: "no_account", Err: errors.New("a file belongs to one corporation")}
	}
	return s.at(s.named[0]).Upload(ctx, key, info, body)
}

// Refresh keeps the tokens fresh and turns the corporations' lights.
func (s *suite) Refresh(ctx context.Context) error {
	if _, err := s.suiteToken(ctx); err != nil {
		e := connector.AsError(err)
		s.waiting.Store(e.Code == "no_ticket")
		s.state(light(e))
		return err
	}
	s.waiting.Store(false)
	s.state(goodSuite())
	if err := s.spend(ctx); err != nil {
		return err
	}
	services := map[canon.RemoteID][]canon.RemoteID{}
	for _, id := range s.named {
		if corp, ok := serviceOf(id); ok {
			services[corp] = append(services[corp], id)
			continue
		}
		if !corpID.MatchString(string(id)) {
			s.state(connector.State{Account: id, Health: connector.HealthPoor, Code: "not_authorised",
				Text:   text("No corporation has been authorised yet.", "尚未有企业授权。"),
				Remedy: text("Press “Authorise” on the account's page and have the corporation's administrator install the application.", "请在账号页面点击“去授权”，由企业管理员安装应用。")})
			continue
		}
		known, err := s.about(ctx, id)
		if err != nil {
			return err
		}
		s.know(id, known)
		_, err = s.sub(id).accessToken(ctx)
		if e := connector.AsError(err); e == nil {
			s.state(connector.State{Account: id, Health: connector.HealthGood, Code: "ok", Text: text("Authorised and working", "已授权，运行正常")})
		} else if e.Scope == connector.ScopeLink {
			s.state(light(e))
		} else {
			s.stateOf(id, e)
		}
	}
	for corp, ids := range services {
		s.tend(ctx, corp, ids)
	}
	return nil
}

// Pulse asks for the application's own token: the Secret of a service provider
// opens no corporation, not even its own. Without a ticket there is nothing to
// feel; Refresh says so.
func (s *suite) Pulse(ctx context.Context) error {
	_, err := s.suiteToken(ctx)
	if e := connector.AsError(err); e != nil && e.Code == "no_ticket" {
		return nil
	}
	return err
}

func (s *suite) stateOf(id canon.RemoteID, e *connector.Error) {
	l := light(e)
	l.Account = id
	s.state(l)
}

func goodSuite() connector.State {
	return connector.State{Health: connector.HealthGood, Code: "ok", Text: text("WeCom sends its ticket and takes the credentials.", "suite_ticket 推送正常，凭据有效。")}
}

// light words a failure.
func light(e *connector.Error) connector.State {
	l := connector.State{Health: connector.HealthPoor, Code: e.Code, Text: e.Shown, Remedy: text("It is tried again by itself.", "系统会自动重试。")}
	if l.Text.EN == "" {
		l.Text = text("WeCom could not be reached.", "无法连接企业微信服务器。")
	}
	if e.Class == connector.NeedsLogin {
		l.Health, l.Remedy = connector.HealthBad, text("Correct the application's settings and save.", "请更正第三方应用配置并保存。")
		if e.Scope == connector.ScopeAccount {
			l.Remedy = text("Press “Authorise again” on the account's page.", "请在账号页面点击“重新授权”。")
		}
	}
	return l
}

// Probe checks the callback's keys and, once a ticket has come, the credentials.
func (s *suite) Probe(ctx context.Context, report func(connector.Check)) error {
	if err := s.step(report, text("Signature and encryption of callbacks", "回调签名与加解密"), func() (connector.Text, error) {
		return text("Both callback addresses are sealed with these keys.", "两个回调地址均使用此 Token 和 EncodingAESKey。"), s.roundTrip()
	}); err != nil {
		return err
	}
	return s.step(report, text("SuiteID, Secret and ticket", "SuiteID、Secret 与 suite_ticket"), func() (connector.Text, error) {
		// A code nobody is sent with: the cheapest call in the application's name.
		var pre struct{}
		err := s.asSuite(ctx, "service/get_pre_auth_code", nil, &pre)
		if e := connector.AsError(err); e != nil && e.Code == "no_ticket" {
			return e.Shown, nil
		}
		return connector.Text{}, err
	})
}
