package wechat

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Routes: tickets and authorisations come to the callback address itself,
// messages of an account below it, by the account's AppID.
func (c *ComponentConn) Routes() []connector.Route {
	return []connector.Route{{Method: http.MethodPost}, {Method: http.MethodPost, Path: "/*"}}
}

// Unseal checks signature and time, and decrypts.
func (c *ComponentConn) Unseal(raw connector.Raw) (connector.Opened, error) {
	body, _, err := c.api.seal.open(raw, c.api.env.Clock())
	return connector.Opened{Body: body}, err
}

// Rehearse is a notice about nothing, sealed as the platform's are.
func (c *ComponentConn) Rehearse() (connector.Raw, error) {
	now := c.api.env.Clock()
	body, err := c.api.seal.close([]byte("<xml><AppId>"+c.api.appID+"</AppId></xml>"), now)
	if err != nil {
		return connector.Raw{}, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_keys", Err: err,
			Shown: text("Copy the message encryption key again, all 43 characters.", "请重新复制 43 位消息加解密 Key。")}
	}
	var s sealed
	if err := xml.Unmarshal(body, &s); err != nil {
		return connector.Raw{}, &connector.Error{Class: connector.Internal, Err: err}
	}
	q := url.Values{"timestamp": {s.TimeStamp}, "nonce": {s.Nonce.Text}, "encrypt_type": {"aes"}, "msg_signature": {s.MsgSignature.Text}}
	return connector.Raw{Method: http.MethodPost, Query: q.Encode(), Header: http.Header{}, Body: body}, nil
}

// componentNotice is what the platform tells its developer, not an account.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/authorize_event.html
type componentNotice struct {
	XMLName     xml.Name `xml:"xml"`
	AppID       string   `xml:"AppId"`
	InfoType    string   `xml:"InfoType"`
	Ticket      string   `xml:"ComponentVerifyTicket"`
	Account     string   `xml:"AuthorizerAppid"`
	Code        string   `xml:"AuthorizationCode"`
	CodeExpires string   `xml:"AuthorizationCodeExpiredTime"`
}

// maxWord is the longest ticket or code taken, in bytes.
const maxWord = 512

func (c *ComponentConn) notice(body []byte) (n componentNotice, err error) {
	if len(body) > maxBody || bytes.Count(body, []byte("<")) > maxTags || isJSON(body) {
		return n, errors.New("the body is no notice")
	}
	if err = harmless(body); err != nil {
		return n, err
	}
	if err := whole(body, &n); err != nil {
		return n, errors.New("the body is no notice: " + plainly(err))
	}
	switch {
	case n.AppID != c.api.appID:
		return n, errors.New("the notice is for another third-party platform")
	case n.InfoType == "":
		return n, errors.New("the notice has no InfoType")
	case n.Account != "" && !appID.MatchString(n.Account), len(n.Ticket) > maxWord, len(n.Code) > maxWord:
		return n, errors.New("the notice names no account, or holds too much")
	}
	return n, nil
}

// Decode reads a notice, or one message or event of an account.
func (c *ComponentConn) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	if path := v.Raw().Path; path != "" {
		id := strings.TrimPrefix(path, "/")
		if !appID.MatchString(id) {
			return connector.Batch{}, errors.New("the address names no account")
		}
		return c.sub(canon.RemoteID(id)).Decode(ctx, v)
	}
	n, err := c.notice(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	g := &authorizer{c.platform, canon.RemoteID(n.Account)}
	switch {
	case n.InfoType == "component_verify_ticket" && n.Ticket != "":
		// The first one lets everything begin.
		return connector.Batch{Refresh: c.waiting.Load(), Keep: []connector.Kept{{Name: ticketName, Value: n.Ticket, For: ticketLife}}}, nil
	case n.InfoType == "unauthorized" && n.Account != "":
		return connector.Batch{Keep: []connector.Kept{{Name: g.name("refresh")}, {Name: g.name("code")}, {Name: g.name("token")}}}, nil
	case (n.InfoType == "authorized" || n.InfoType == "updateauthorized") && n.Account != "" && n.Code != "":
		// Other permissions, other tokens: the next call makes them of the code, and
		// nobody may come back to the hub with it.
		return connector.Batch{Refresh: true, Keep: append([]connector.Kept{{Name: g.name("code"), Value: n.Code, For: n.codeLife(v.Raw().Arrived)}, {Name: g.name("token")}}, c.waitingFor(g.id)...)}, nil
	}
	return connector.Batch{}, nil // what else the platform tells its developer (registrations, audits)
}

// codeLife is how long a code counts: an hour as a rule.
func (n componentNotice) codeLife(now time.Time) time.Duration {
	if at, err := strconv.ParseInt(n.CodeExpires, 10, 64); err == nil {
		if left := time.Unix(at, 0).Sub(now); left > 0 && left < 24*time.Hour {
			return left
		}
	}
	return 10 * time.Minute
}

// Ack answers "success". An account that took its authorisation back turns red.
func (c *ComponentConn) Ack(raw connector.Raw, outcome connector.Outcome) connector.Reply {
	if raw.Path != "" {
		return c.sub(canon.RemoteID(strings.TrimPrefix(raw.Path, "/"))).Ack(raw, outcome)
	}
	if outcome == connector.Committed {
		c.noted(raw)
	}
	return c.api.answer(outcome)
}

// noted turns lights by a notice that is kept.
func (c *ComponentConn) noted(raw connector.Raw) {
	if len(raw.Body) > maxSeen {
		return // those that turn lights are small
	}
	body, _, err := c.api.seal.open(raw, raw.Arrived)
	if err != nil {
		return
	}
	n, err := c.notice(body)
	if err != nil {
		return
	}
	switch n.InfoType {
	case "component_verify_ticket":
		if c.waiting.CompareAndSwap(true, false) {
			c.api.env.State(goodPlatform())
		}
	case "unauthorized":
		c.sayOf(canon.RemoteID(n.Account), errNotAuthorised())
	}
}

// Hold is how long a callback may be kept open.
func (c *ComponentConn) Hold() time.Duration { return hold }

// Reply writes an answer of an official account into the response.
func (c *ComponentConn) Reply(raw connector.Raw, r connector.Request) connector.Reply {
	s := c.sub(canon.RemoteID(strings.TrimPrefix(raw.Path, "/")))
	if raw.Path == "" || s.mini {
		return connector.Reply{}
	}
	return OfficialConn{s}.Reply(raw, r)
}
