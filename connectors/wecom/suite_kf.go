package wecom

import (
	"context"
	"errors"
	"slices"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// A corporation may let the application manage service accounts of its own
// (97713: the permission 微信客服 → 管理账号、分配会话和收发消息). Each is an account of
// the link, named by the corporation and its open_kfid.

// serviceOf is the corporation of a service account; ok is false for the
// application itself at a corporation.
func serviceOf(id canon.RemoteID) (corp canon.RemoteID, ok bool) {
	head, _, ok := strings.Cut(string(id), "/")
	return canon.RemoteID(head), ok
}

// at is what serves an account.
func (s *suite) at(id canon.RemoteID) interface {
	connector.Conn
	connector.Uploader
	connector.Fetcher
	connector.Profiler
} {
	if corp, ok := serviceOf(id); ok {
		return s.service(corp)
	}
	return s.sub(id)
}

// service is WeChat customer service of a corporation. Its token is that of the
// application there: WeCom gives a service provider one for both.
func (s *suite) service(corp canon.RemoteID) *kf {
	c := *s.sub(corp).corp
	k := &kf{corp: &c, poll: s.poll, of: string(corp) + "/"}
	for _, id := range s.named {
		if strings.HasPrefix(string(id), k.of) {
			k.accounts = append(k.accounts, id)
		}
	}
	if say := s.env.State; say != nil {
		c.env.State = func(x connector.State) { // it speaks of this corporation alone
			only := x.Account
			for _, id := range k.accounts {
				if only != "" && id != only || x.Health == connector.HealthGood && s.isDimmed(id) {
					continue // others can be fetched; this one may not
				}
				x.Account = id
				say(x)
			}
		}
	}
	return k
}

// kfAffair reads what WeCom tells about service accounts at a corporation's data
// callback; ok is false when it is about something else. It carries no message:
// there is something to fetch, or to ask about.
func (s *suite) kfAffair(corp canon.RemoteID, n node) (b connector.Batch, ok bool, err error) {
	if n.at("MsgType") != "event" {
		return b, false, nil
	}
	switch k := s.service(corp); n.at("Event") {
	case "kf_msg_or_event":
		b, err = k.decode(n)
		return b, true, err
	case "kf_account_auth_change": // 97713 客服账号授权变更事件
		if _, ok := n.created(); !ok || n.at("ToUserName") != string(corp) {
			return b, true, errShape
		}
		for _, x := range n.kids {
			if x.name == "AuthAddOpenKfId" && x.text != "" && len(x.text) <= maxName {
				b.Wakes = append(b.Wakes, connector.Wake{Key: k.of + x.text})
			}
		}
		b.Refresh = true
		return b, true, nil
	}
	return b, false, nil
}

// managed are the service accounts that a corporation lets the application
// manage; none where it gave no permission for customer service.
func (s *suite) managed(ctx context.Context, corp canon.RemoteID) ([]connector.Account, error) {
	out, err := s.service(corp).List(ctx)
	if e := connector.AsError(err); e != nil && (e.Code == "48002" || e.Code == "60011" || e.Code == "95012") {
		return nil, nil
	}
	return out, err
}

// tend turns the lights of a corporation's service accounts by what it allows.
// That messages are fetched, the stream says.
func (s *suite) tend(ctx context.Context, corp canon.RemoteID, ids []canon.RemoteID) {
	known, err := s.about(ctx, corp)
	var all []connector.Account
	if err == nil {
		s.know(corp, known)
		all, err = s.managed(ctx, corp)
	}
	if e := connector.AsError(err); e != nil {
		for _, id := range ids {
			s.dim(id, e)
		}
		return
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(a connector.Account) bool { return a.RemoteID == id }) {
			s.dim(id, scoped(s.refusal("kf/account/list", 95017, "the application does not manage the account"), connector.ScopeAccount))
			continue
		}
		s.mu.Lock()
		was := s.dimmed[id]
		delete(s.dimmed, id)
		again := s.again[corp]
		s.mu.Unlock()
		if was {
			s.state(connector.State{Account: id, Health: connector.HealthGood, Code: "ok", Text: text("Authorised and working", "已授权，运行正常")})
		}
		select {
		case again <- struct{}{}:
		default: // nobody waits
		}
	}
}

// dim turns the light of a service account, until tend finds it well.
func (s *suite) dim(id canon.RemoteID, e *connector.Error) {
	s.mu.Lock()
	s.dimmed[id] = true
	s.mu.Unlock()
	s.stateOf(id, e)
}

func (s *suite) isDimmed(id canon.RemoteID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dimmed[id]
}

// Take brings a customer's chat here, Return passes it to the corporation's own
// desk. A member's chat with the application has none.
func (s *suite) Take(ctx context.Context, t canon.ThreadKey) error {
	corp, ok := serviceOf(t.Account)
	if !ok {
		return errNoDesk()
	}
	return s.service(corp).Take(ctx, t)
}

// Return passes a customer's chat to the corporation's own desk.
func (s *suite) Return(ctx context.Context, t canon.ThreadKey) error {
	corp, ok := serviceOf(t.Account)
	if !ok {
		return errNoDesk()
	}
	return s.service(corp).Return(ctx, t)
}

func errNoDesk() error {
	return &connector.Error{Class: connector.Unsupported, Code: "no_desk", Err: errors.New("an application's chat has no desk at WeCom"),
		Shown: text("Only chats of WeChat customer service can be passed to WeCom's own desk.", "仅微信客服会话可以转给企业微信接待。")}
}
