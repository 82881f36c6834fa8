package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/core/connector"
)

// fault is an error as the Graph API writes it ("Handling errors").
type fault struct {
	Message   string `json:"message"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
	Data      struct {
		Details string `json:"details"`
	} `json:"error_data"`
}

// Refusal makes an error of an answer other than 2xx. What the platform wrote
// by itself is not passed on: it may repeat what it was given.
func Refusal(status int, header http.Header, body []byte, now time.Time) *connector.Error {
	var in struct {
		Error *fault `json:"error"`
	}
	if json.Unmarshal(body, &in) != nil || in.Error == nil {
		return unreadable(status, header, now)
	}
	f := in.Error
	e := Meaning(f.Code, f.Subcode)
	if f.Code == 100 && strings.Contains(f.Message, "appsecret_proof") {
		e = badSecret()
	}
	e.Err = fmt.Errorf("the platform answered %d with the error %s", status, e.Code)
	if e.Class == "" {
		e.Class = connector.Invalid
		if status >= 500 {
			e.Class = connector.Uncertain
		}
		if f.Transient {
			e.Class = connector.Transient
		}
		e.Shown = strange(e.Code)
	}
	if wait := connector.RetryAfter(header, now); wait > 0 {
		e.RetryAfter = wait
	}
	return e
}

func unreadable(status int, header http.Header, now time.Time) *connector.Error {
	e := &connector.Error{Class: connector.Invalid, Code: strconv.Itoa(status), Err: errors.New("the platform answered " + strconv.Itoa(status) + " without saying why")}
	e.Shown = strange(e.Code)
	switch {
	case status == http.StatusTooManyRequests:
		e.Class, e.Scope, e.RetryAfter = connector.RateLimited, connector.ScopeAccount, connector.RetryAfter(header, now)
	case status >= 500:
		e.Class = connector.Uncertain
	}
	return e
}

// badSecret is told by words alone: its number is that of any bad value.
func badSecret() *connector.Error {
	return &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "appsecret_proof", Shown: connector.Text{
		EN: "The app secret does not belong to the app of the access token. Copy both from the same app.",
		ZH: "应用密钥与访问令牌不属于同一应用。请从同一应用复制两者。",
	}}
}

func strange(code string) connector.Text {
	return connector.Text{
		EN: "Meta refused it with the error " + code + ". Look the number up in Meta's list of error codes.",
		ZH: "Meta 拒绝了请求，错误码 " + code + "。请在 Meta 的错误码列表中查询该编号。",
	}
}

// code writes an error's number, with its subcode where there is one.
func code(number, sub int) string {
	if sub == 0 {
		return strconv.Itoa(number)
	}
	return strconv.Itoa(number) + "/" + strconv.Itoa(sub)
}
