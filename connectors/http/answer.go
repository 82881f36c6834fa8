package http

import (
	"context"
	"encoding/json"
	"errors"
	nethttp "net/http"
	"strconv"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Answer is what the application says of a call: that it took it, or why not.
type Answer struct {
	RemoteID canon.RemoteID   `json:"remote_id,omitempty"` // its name of the message; the key when left out
	State    canon.Delivery   `json:"state,omitempty"`     // "sent" (default) or "delivered"
	At       time.Time        `json:"at,omitzero"`
	Also     []canon.RemoteID `json:"also,omitempty"` // when one call made several messages

	// Gone lists tokens of the call's push that lead nowhere any more: the hub
	// forgets them.
	Gone []string `json:"gone,omitempty"`

	Code  string          `json:"code,omitempty"`  // of a failure: "window_closed", "unsupported", or its own
	Text  string          `json:"text,omitempty"`  // for the agent
	Scope connector.Scope `json:"scope,omitempty"` // of a 429: "thread", "account" (default) or "link"
	// Taken is false when a failure surely left nothing behind: the call is
	// then repeated.
	Taken *bool `json:"taken,omitempty"`
}

// settle makes a receipt or an error of an answer.
func (c *Conn) settle(ctx context.Context, call Call, status int, header nethttp.Header, body []byte) (connector.Receipt, error) {
	var a Answer
	readable := json.Unmarshal(body, &a) == nil
	if readable && call.Push != nil && len(a.Gone) > 0 {
		c.drop(ctx, call, a.Gone)
	}
	// 409 says that the key was taken before: success.
	if status/100 == 2 || status == nethttp.StatusConflict {
		if !readable {
			a = Answer{} // it took the call, whatever it says
		}
		r := connector.Receipt{RemoteID: a.RemoteID, State: canon.Sent, At: a.At.UTC(), Also: a.Also}
		if r.RemoteID == "" {
			r.RemoteID = canon.RemoteID(call.Key)
		}
		if a.State == canon.Delivered {
			r.State = canon.Delivered
		}
		if a.At.IsZero() {
			r.At = time.Time{}
		}
		return r, nil
	}
	return connector.Receipt{}, c.failure(status, header, a)
}

func (c *Conn) failure(status int, header nethttp.Header, a Answer) *connector.Error {
	e := &connector.Error{Code: a.Code, Err: errors.New("the application answered " + strconv.Itoa(status))}
	if e.Code == "" {
		e.Code = strconv.Itoa(status)
	}
	if len(e.Code) > 64 {
		e.Code = e.Code[:64]
	}
	e.Code = c.hide(e.Code)
	notTaken := a.Taken != nil && !*a.Taken
	remedy := text("Look at what your application says of it.", "请查看您的应用的说明。")
	switch {
	case status == nethttp.StatusTooManyRequests:
		e.Class, e.Scope = connector.RateLimited, connector.ScopeAccount
		if a.Scope == connector.ScopeThread || a.Scope == connector.ScopeLink {
			e.Scope = a.Scope
		}
		e.RetryAfter = connector.RetryAfter(header, c.env.Clock())
		remedy = text("It is sent again by itself.", "系统会自动重发。")
	case status >= 500 && notTaken, status == nethttp.StatusRequestTimeout, status == nethttp.StatusTooEarly:
		e.Class = connector.Transient
		e.RetryAfter = connector.RetryAfter(header, c.env.Clock())
		remedy = text("It is sent again by itself.", "系统会自动重发。")
	case status >= 500 || status < 300:
		e.Class = connector.Uncertain
		remedy = text("Whether it arrived is not known.", "是否送达尚不确定。")
	case status < 400:
		e.Class, e.Scope = connector.Invalid, connector.ScopeLink
		remedy = text("The application points elsewhere: write its final address into the form of the link.", "应用返回了跳转：请在接入表单中填写最终地址。")
	case status == nethttp.StatusUnauthorized || status == nethttp.StatusForbidden:
		e.Class, e.Scope = connector.NeedsLogin, connector.ScopeLink
		remedy = text("Compare the signing secret and the clocks of both sides.", "请核对双方的签名密钥和时钟。")
	case status == nethttp.StatusGone:
		e.Class = connector.Gone
		remedy = text("The customer cannot be reached here any more.", "已无法在此联系该客户。")
	case a.Code == "window_closed":
		e.Class = connector.WindowClosed
		remedy = text("Wait for the customer to write again.", "请等待客户再次发来消息。")
	case a.Code == "unsupported" || status == nethttp.StatusNotImplemented:
		e.Class = connector.Unsupported
		remedy = text("The application does not know this.", "应用不支持此操作。")
	case status == nethttp.StatusNotFound || status == nethttp.StatusMethodNotAllowed:
		e.Class = connector.Invalid
		remedy = text("Check the address of your application: it must take POST at …/messages.", "请检查应用地址：它须在 …/messages 接收 POST 请求。")
	default:
		e.Class = connector.Invalid
	}
	said := connector.Length{Max: 200, Unit: connector.Graphemes}.Head(c.hide(a.Text), "…")
	e.Shown = text(sentence("Your application answered "+strconv.Itoa(status), said, ". ")+remedy.EN,
		sentence("您的应用返回 "+strconv.Itoa(status), said, "。")+remedy.ZH)
	return e
}

func sentence(start, said, end string) string {
	if said == "" {
		return start + end
	}
	return start + ": “" + said + "”" + end
}
