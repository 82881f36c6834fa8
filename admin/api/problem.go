package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/store"
)

// Problem is an error as RFC 9457 has it, in the caller's language.
type Problem struct {
	Type      string         `json:"type" doc:"Address of the error's description in these documents"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable word for programs" example:"not_found"`
	Detail    string         `json:"detail" doc:"What is the matter, in the caller's language"`
	Field     string         `json:"field,omitempty" doc:"What it is about, such as body.name" example:"body.name"`
	Remedy    string         `json:"remedy,omitempty" doc:"What to do about it"`
	RequestID string         `json:"request_id"`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"All fields, where several are wrong"`

	after time.Duration
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.after > 0 {
		h.Set("Retry-After", fmt.Sprint(int((p.after+time.Second-1)/time.Second)))
	}
	return h
}

func problem(status int, code, lang, requestID, field string, text, remedy connector.Text) *Problem {
	return &Problem{Type: "/api/docs#error-" + code, Title: http.StatusText(status), Status: status, Code: code,
		Detail: text.In(lang), Field: field, Remedy: remedy.In(lang), RequestID: requestID}
}

// invalidFields is what several wrong fields of a form come to.
type invalidFields struct {
	prefix string
	fields []connector.FieldError
}

func (e *invalidFields) Error() string { return fmt.Sprintf("%d fields are not right", len(e.fields)) }

// asProblem words an error for the caller. Anything that is not theirs to mend
// is "internal", without its text.
func asProblem(err error, lang, requestID string) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		p.RequestID = requestID
		return p
	}
	var slow *auth.SlowDown
	if errors.As(err, &slow) {
		p := problem(http.StatusTooManyRequests, "slow_down", lang, requestID, "", textSlow, remedySlow)
		p.after = slow.After
		return p
	}
	var many *invalidFields
	if errors.As(err, &many) {
		return many.problem(lang, requestID)
	}
	var refused *file.Refusal
	if errors.As(err, &refused) {
		return refusedFile(refused, lang, requestID)
	}
	if errors.Is(err, errCursor) {
		return problem(http.StatusBadRequest, "bad_cursor", lang, requestID, "query.cursor", textCursor, remedyCursor)
	}
	if errors.Is(err, auth.ErrUnknown) {
		return problem(http.StatusUnauthorized, "signed_out", lang, requestID, "", textSignedOut, remedySignedOut)
	}
	if f, ok := core.AsFault(err); ok {
		return problem(faultStatus(f), f.Code, lang, requestID, f.Field, f.Text, f.Remedy)
	}
	if store.Unavailable(err) {
		p := problem(http.StatusServiceUnavailable, "store_away", lang, requestID, "", textAway, remedyAway)
		p.after = 5 * time.Second
		return p
	}
	return problem(http.StatusInternalServerError, "internal", lang, requestID, "", textInternal, remedyInternal)
}

func faultStatus(f *core.Fault) int {
	switch f.Kind {
	case core.FaultNotFound:
		return http.StatusNotFound
	case core.FaultConflict:
		return http.StatusConflict
	case core.FaultForbidden:
		return http.StatusForbidden
	case core.FaultBusy:
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

func (e *invalidFields) problem(lang, requestID string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "invalid", lang, requestID, "", textInvalid, remedyInvalid)
	for _, f := range e.fields {
		p.Errors = append(p.Errors, FieldProblem{Field: strings.TrimSuffix(e.prefix+f.Field, "."), Detail: f.Text.In(lang)})
	}
	if len(p.Errors) > 0 {
		p.Field, p.Detail = p.Errors[0].Field, p.Errors[0].Detail
	}
	return p
}

func refusedFile(r *file.Refusal, lang, requestID string) *Problem {
	status := http.StatusUnprocessableEntity
	if r.Code == file.TooLarge {
		status = http.StatusRequestEntityTooLarge
	}
	text, ok := refusals[r.Code]
	if !ok {
		text = connector.Text{EN: "This file cannot be taken.", ZH: "无法接收该文件。"}
	}
	return problem(status, r.Code, lang, requestID, "body", text, connector.Text{EN: "Send another file.", ZH: "请换一个文件。"})
}

var refusals = map[string]connector.Text{
	file.TooLarge:     {EN: "The file is larger than may be sent here.", ZH: "文件超过允许的大小。"},
	file.ImageTooBig:  {EN: "The picture has too many pixels.", ZH: "图片尺寸过大。"},
	file.ImageDamaged: {EN: "The picture is damaged.", ZH: "图片已损坏。"},
	file.ImageFormat:  {EN: "Pictures of this kind cannot be taken.", ZH: "不支持该图片格式。"},
}

var (
	textSlow        = connector.Text{EN: "There were too many tries.", ZH: "尝试次数过多。"}
	remedySlow      = connector.Text{EN: "Wait a moment, then try again.", ZH: "请稍候再试。"}
	textSignedOut   = connector.Text{EN: "Nobody is signed in.", ZH: "尚未登录或登录已失效。"}
	remedySignedOut = connector.Text{EN: "Sign in, or send an API token in the Authorization header.", ZH: "请登录，或在 Authorization 请求头中提供 API 令牌。"}
	textAway        = connector.Text{EN: "The database cannot be reached just now.", ZH: "数据库暂时无法访问。"}
	remedyAway      = connector.Text{EN: "Nothing was changed. Try again in a moment.", ZH: "未做任何更改，请稍后重试。"}
	textInternal    = connector.Text{EN: "Something went wrong on our side.", ZH: "服务器内部出错。"}
	remedyInternal  = connector.Text{EN: "Try again; if it stays, give the request id to whoever runs this installation.", ZH: "请重试；若仍失败，请将请求编号提供给系统管理员。"}
	textInvalid     = connector.Text{EN: "Some fields are not right.", ZH: "部分字段不正确。"}
	remedyInvalid   = connector.Text{EN: "Correct the fields named and send again.", ZH: "请更正所列字段后重新提交。"}
	textMay         = connector.Text{EN: "You may not do this.", ZH: "没有权限执行此操作。"}
	remedyMay       = connector.Text{EN: "Ask an administrator of your business.", ZH: "请联系管理员。"}
)

// forbidden refuses somebody who may not do this.
func forbidden(p auth.Permission) error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "forbidden", Text: connector.Text{
		EN: strings.TrimSuffix(textMay.EN, ".") + ": it takes the permission " + string(p) + ".", ZH: strings.TrimSuffix(textMay.ZH, "。") + "，需要权限 " + string(p) + "。"}, Remedy: remedyMay}
}
