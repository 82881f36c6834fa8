package wecom

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// Routes: tickets and installations come to the callback address itself (指令回调),
// messages of a corporation below it (数据回调). Both are verified by GET.
func (s *suite) Routes() []connector.Route {
	return []connector.Route{{Method: http.MethodGet}, {Method: http.MethodPost}, {Method: http.MethodGet, Path: "/*"}, {Method: http.MethodPost, Path: "/*"}}
}

// Unseal checks signature and receiver: the application itself for its own
// affairs, the corporation for messages, the provider when an address is
// verified (90968 加解密方案, receiveid).
func (s *suite) Unseal(raw connector.Raw) (connector.Opened, error) {
	c := *s.corp
	if raw.Method != http.MethodGet {
		c.id = s.id
		if raw.Path != "" {
			c.id = strings.TrimPrefix(raw.Path, "/")
			c.agent = s.sub(canon.RemoteID(c.id)).agent
			if !corpID.MatchString(c.id) {
				return connector.Opened{}, errSealed
			}
		}
	}
	return c.Unseal(raw)
}

// maxTicket is the longest ticket (90628) or authorisation code (90642), in bytes.
const maxTicket = 512

// affair is what WeCom tells the provider.
type affair struct{ kind, ticket, corp, code string }

func (s *suite) affair(body []byte) (affair, error) {
	n, err := parse(body)
	if err != nil {
		return affair{}, err
	}
	a := affair{n.at("InfoType"), n.at("SuiteTicket"), n.at("AuthCorpId"), n.at("AuthCode")}
	switch {
	case n.at("SuiteId") != s.id, a.kind == "":
		return a, errors.New("this is for another application, or says nothing")
	case len(a.ticket) > maxTicket, len(a.code) > maxTicket, a.corp != "" && !corpID.MatchString(a.corp):
		return a, errShape
	}
	return a, nil
}

// Decode reads an affair of the application, or a message or event of a member.
func (s *suite) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	if path := v.Raw().Path; path != "" {
		corp := canon.RemoteID(strings.TrimPrefix(path, "/"))
		n, err := parse(v.Body())
		if err != nil {
			return connector.Batch{}, err
		}
		if b, ok, err := s.kfAffair(corp, n); ok {
			return b, err
		}
		return s.sub(corp).decode(n)
	}
	a, err := s.affair(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	token := "token:" + KindSuite + ":" + a.corp
	switch {
	case a.kind == "suite_ticket" && a.ticket != "":
		// The first one lets everything begin.
		return connector.Batch{Refresh: s.waiting.Load(), Keep: []connector.Kept{{Name: ticketName, Value: a.ticket, For: ticketLife}}}, nil
	case a.kind == "cancel_auth" && a.corp != "":
		return connector.Batch{Keep: []connector.Kept{{Name: "permanent:" + a.corp}, {Name: token}}}, nil
	case a.kind == "change_auth" && a.corp != "":
		return connector.Batch{Refresh: true, Keep: []connector.Kept{{Name: token}}}, nil // with what was allowed before
	case (a.kind == "create_auth" || a.kind == "reset_permanent_code") && a.code != "":
		return connector.Batch{Refresh: true, Keep: []connector.Kept{{Name: codeSlot(a.code), Value: a.code, For: codeLife}}}, nil
	}
	return connector.Batch{}, nil // people and departments, orders, licences: not ours
}

// maxLight is the longest callback looked at once more for a light, in bytes: those
// that turn one hold a ticket or a name.
const maxLight = 4 << 10

// Ack answers "success" to what WeCom tells the provider (90613), and like an
// application's to messages. A corporation that removed the application turns
// red.
func (s *suite) Ack(raw connector.Raw, outcome connector.Outcome) connector.Reply {
	reply := s.corp.Ack(raw, outcome)
	if raw.Path != "" || outcome != connector.Committed {
		return reply
	}
	reply.Body = []byte("success")
	if len(raw.Body) > maxLight {
		return reply
	}
	opened, err := s.Unseal(raw)
	if err != nil {
		return reply
	}
	switch a, err := s.affair(opened.Body); {
	case err != nil:
	case a.kind == "suite_ticket":
		if s.waiting.CompareAndSwap(true, false) {
			s.state(goodSuite())
		}
	case a.kind == "cancel_auth":
		s.stateOf(canon.RemoteID(a.corp), errNotAuthorised())
		for _, id := range s.named {
			if corp, ok := serviceOf(id); ok && string(corp) == a.corp {
				s.dim(id, errNotAuthorised())
			}
		}
	}
	return reply
}
