package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/connector"
)

// maxAnswer is how much of an answer is read, in bytes: a hundred updates are
// well under it.
const maxAnswer = 16 << 20

// wire carries one call of the library: it adds the context, which the library
// does not know, classes what goes wrong on the way, and keeps the status,
// which the library drops from failed uploads.
type wire struct {
	ctx    context.Context
	client *http.Client
	status int
	moved  bool // a redirect made a GET of the call
}

func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := connector.Do(w.client, req.WithContext(w.ctx))
	if err != nil {
		_ = req.Body.Close() // or the library's writer of an upload would wait for ever
		return nil, err
	}
	w.status = resp.StatusCode
	w.moved = resp.Request != nil && resp.Request.Method != http.MethodPost
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// call calls a method and reads its result into out, unless that is nil.
func (c *conn) call(ctx context.Context, method string, params tgbotapi.Params, out any, files ...tgbotapi.RequestFile) error {
	w := &wire{ctx: ctx, client: c.env.HTTP}
	bot := &tgbotapi.BotAPI{Token: c.token, Client: w}
	bot.SetAPIEndpoint(strings.ReplaceAll(c.base, "%", "%%") + "/bot%s/%s")
	var answer *tgbotapi.APIResponse
	var err error
	if len(files) > 0 {
		answer, err = bot.UploadFiles(method, params, files)
	} else {
		answer, err = bot.MakeRequest(method, params)
	}
	if err == nil && out != nil {
		if err = json.Unmarshal(answer.Result, out); err != nil {
			err = fmt.Errorf("reading the result of %s: %w", method, err)
		}
	}
	if err == nil {
		return nil
	}
	return c.failed(w, err)
}

// failed classes what went wrong with a call.
func (c *conn) failed(w *wire, err error) *connector.Error {
	var known *connector.Error
	if errors.As(err, &known) {
		return known
	}
	var refused *tgbotapi.Error
	switch {
	case w.moved:
		return &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: "moved", Err: errors.New("the server answered with a redirect"),
			Shown: text("The Bot API server points elsewhere. Write its final address into the form of the link.", "Bot API 服务器返回了跳转，请在接入表单中填写最终地址。")}
	case errors.As(err, &refused):
		code := refused.Code
		if code == 0 {
			code = w.status
		}
		return c.refusal(code, refused.Message, refused.ResponseParameters)
	case w.status >= 400: // a proxy before the server, which does not speak JSON
		return c.refusal(w.status, http.StatusText(w.status), tgbotapi.ResponseParameters{})
	}
	return &connector.Error{Class: connector.Uncertain, Code: "unreadable", Err: errors.New(c.hide(err.Error())), Shown: unreadable}
}

var unreadable = text("The Bot API server answered something unreadable.", "Bot API 服务器返回了无法识别的内容。")

// ask calls a method that changes nothing: asking again does no harm, so
// nothing about it is uncertain.
func (c *conn) ask(ctx context.Context, method string, params tgbotapi.Params, out any) error {
	return connector.Harmless(c.call(ctx, method, params, out))
}
