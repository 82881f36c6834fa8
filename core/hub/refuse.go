package hub

import (
	"encoding/json"
	"net/http"
	"strings"

	"parley/core/connector"
)

// refuse answers a request for a chat that no connector was asked about, as a
// chat itself would.
func refuse(w http.ResponseWriter, r *http.Request, status int, code string, text connector.Text) {
	lang := "en"
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "zh") {
		lang = "zh"
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, code, text.In(lang)}) // whoever hung up is told nothing
}

var (
	textNoChat  = connector.Text{EN: "There is no such chat. Take the address anew from the page or the account.", ZH: "该聊天不存在，请从页面或渠道账号重新获取地址。"}
	textManyNew = connector.Text{EN: "Too many new chats from this address. Please wait a moment.", ZH: "来自该地址的新会话过多，请稍候。"}
)
