package wecom

import (
	"errors"
	"strconv"
	"time"

	"parley/core/connector"
)

// meaning is what an error code of the platform means for a message.
type meaning struct {
	class connector.Class
	scope connector.Scope
	wait  time.Duration
	shown connector.Text
}

// scoped is an error about as much as scope says.
func scoped(e *connector.Error, scope connector.Scope) *connector.Error {
	out := *e
	out.Scope = scope
	return &out
}

// refusal makes an error of a code. One the catalogue does not know is refused
// content: the platform said no, so it did not take the call.
func (c *corp) refusal(op string, code int64, said string) *connector.Error {
	m, known := catalogue(code)
	if !known {
		m = meaning{class: connector.Invalid, shown: text(
			"WeCom refused it with code "+strconv.FormatInt(code, 10)+". Look the code up at open.work.weixin.qq.com/devtool/query.",
			"企业微信返回错误码 "+strconv.FormatInt(code, 10)+"，可在 open.work.weixin.qq.com/devtool/query 查询原因。")}
	}
	if c.tokens != nil && m.scope == connector.ScopeLink {
		m.scope = connector.ScopeAccount
	}
	words := connector.Length{Max: 200, Unit: connector.Runes}.Head(c.hide(said), "…")
	return &connector.Error{
		Class: m.class, Scope: m.scope, Code: strconv.FormatInt(code, 10), RetryAfter: m.wait, Shown: m.shown,
		Err: errors.New(op + " was refused: " + words),
	}
}
