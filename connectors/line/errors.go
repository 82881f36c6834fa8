package line

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/connector"
)

var (
	saysLogin = text("LINE does not accept the credentials of this channel. Check the channel ID and channel secret, or issue a new long-lived token.",
		"LINE 不接受该频道的凭据。请检查 Channel ID 和 Channel secret，或重新签发长期 access token。")
	saysWait = text("LINE asks for a pause. It is sent again by itself.", "LINE 要求暂缓发送，系统会自动重发。")
)

// catalogue is what LINE's refusals mean. The reference ("Status codes", "Error
// responses") has no codes but the status; its messages tell the rest apart.
var catalogue = []struct {
	status int
	says   string // within the message, in lower case; "": any
	class  connector.Class
	scope  connector.Scope
	code   string
	shown  connector.Text
}{
	{http.StatusBadRequest, "invalid reply token", connector.Transient, "", "invalid_reply_token",
		text("The reply token was used or is over. The message is sent as a push message.", "回复令牌已使用或已过期，将改用推送消息发送。")},
	{http.StatusBadRequest, "'to'", connector.Gone, "", "bad_recipient",
		text("LINE does not know this customer for this account. They may belong to another provider, or have left.", "LINE 在该账号下找不到此客户，可能属于其他提供者或已离开。")},
	{http.StatusBadRequest, "", connector.Invalid, "", "400",
		text("LINE refuses this content. Shorten or change the message.", "LINE 拒绝此内容，请缩短或修改消息。")},
	{http.StatusUnauthorized, "", connector.NeedsLogin, connector.ScopeLink, "401", saysLogin},
	{http.StatusForbidden, "", connector.NeedsLogin, connector.ScopeLink, "403",
		text("This channel may not do this. Check its plan and permissions in LINE Official Account Manager.", "该频道无此权限，请在 LINE Official Account Manager 中检查套餐和权限。")},
	{http.StatusNotFound, "", connector.Gone, "", "404",
		text("LINE does not have this any more.", "LINE 上已不存在此内容。")},
	{http.StatusGone, "", connector.Gone, "", "410",
		text("LINE has deleted this: content is kept for a limited time.", "LINE 已删除此内容：内容仅保留有限时间。")},
	{http.StatusRequestEntityTooLarge, "", connector.Invalid, "", "413",
		text("LINE refuses the message as too large. Send less at a time.", "消息过大，LINE 拒绝接收，请减少一次发送的内容。")},
	{http.StatusUnsupportedMediaType, "", connector.Invalid, "", "415",
		text("LINE refuses this kind of content.", "LINE 不接受此类型的内容。")},
	{http.StatusTooManyRequests, "monthly limit", connector.WindowClosed, "", "monthly_limit",
		text("The messages of this month are used up. Raise the plan in LINE Official Account Manager, or wait for the customer to write: a reply within a minute is free.",
			"本月可发送的消息数已用完。请在 LINE Official Account Manager 升级套餐，或等客户来信：一分钟内回复不计费。")},
	{http.StatusTooManyRequests, "", connector.RateLimited, connector.ScopeAccount, "429", saysWait},
}

// failure makes an error of what the SDK returned: an answer that is no success,
// or none.
func (c *Conn) failure(res *http.Response, err error) *connector.Error {
	var e *connector.Error
	if errors.As(err, &e) {
		return e
	}
	if res == nil {
		if err == nil {
			err = errors.New("LINE's answer is empty")
		}
		return &connector.Error{Class: connector.Internal, Code: "sdk", Err: errors.New(c.hide(err.Error()))}
	}
	if res.StatusCode/100 == 2 {
		// LINE took it; what it said of it did not arrive whole.
		return &connector.Error{Class: connector.Uncertain, Code: "unreadable", Err: errors.New("LINE's answer cannot be read")}
	}
	return c.refusal(res)
}

// refusal reads an answer that is no success.
func (c *Conn) refusal(res *http.Response) *connector.Error {
	var said messaging_api.ErrorResponse
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // the SDK has read it: this is memory
	_ = json.Unmarshal(body, &said)                            // without words, the status tells enough
	words := said.Message
	for _, d := range said.Details {
		words += " " + d.Property + ": " + d.Message + ";"
	}
	words = connector.Length{Max: 300, Unit: connector.Graphemes}.Head(c.hide(strings.TrimSuffix(words, ";")), "…")
	status := strconv.Itoa(res.StatusCode)
	e := &connector.Error{Class: connector.Invalid, Code: status, Err: errors.New("LINE answered " + status + ": " + words),
		Shown: text("LINE answered "+status+". Look at LINE's status page and try again later.", "LINE 返回 "+status+"，请查看 LINE 服务状态，稍后重试。")}
	if res.StatusCode >= 500 {
		e.Class = connector.Uncertain
		e.RetryAfter = connector.RetryAfter(res.Header, c.env.Clock())
		return e
	}
	for _, row := range catalogue {
		if row.status == res.StatusCode && strings.Contains(strings.ToLower(words), row.says) {
			e.Class, e.Scope, e.Code, e.Shown = row.class, row.scope, row.code, row.shown
			break
		}
	}
	switch {
	case e.Code == "invalid_reply_token":
		e.TicketSpent = true
	case e.Class == connector.RateLimited:
		e.RetryAfter = connector.RetryAfter(res.Header, c.env.Clock())
	case e.Class == connector.Invalid && words != "":
		e.Shown = text(e.Shown.EN+" LINE says: “"+words+"”", e.Shown.ZH+"LINE 的说明：“"+words+"”")
	}
	return e
}
