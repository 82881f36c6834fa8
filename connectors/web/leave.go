package web

import (
	"strings"
	"unicode/utf8"

	"parley/core/canon"
	"parley/core/connector"
)

// LeaveMessage is the Value of the Action a leave-message form arrives as. Its
// fields are "name", "email", "phone" and "text".
const LeaveMessage = "leave_message"

type leaveRequest struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
	Text  string `json:"text"`
}

// form takes in what a visitor left while nobody serves.
func (x *exchange) form() {
	var in leaveRequest
	if err := x.body(&in); err != nil {
		x.fail(err)
		return
	}
	if !x.site.offline {
		x.fail(notFound)
		return
	}
	fields, err := in.fields(x.lang, x.options.Limits.TextRunes)
	if err == nil {
		err = x.may(x.r.Context())
	}
	if err != nil {
		x.fail(err)
		return
	}
	e := x.envelope(x.account, x.visitor, "form:"+in.ID, canon.Action{Kind: canon.ActionForm, Value: LeaveMessage, Fields: fields})
	// What someone types into a form is their word, not a verified identity.
	if x.visitor.User == "" {
		e.From.Name, e.From.Email, e.From.Phone = fieldOf(fields, "name"), fieldOf(fields, "email"), fieldOf(fields, "phone")
	}
	x.done(x.commit(x.r.Context(), e))
}

func (in leaveRequest) fields(lang string, most int) ([]canon.Field, error) {
	if !clientKey(in.ID) {
		return nil, invalid("id", "The form has no usable id.", "表单缺少有效编号。")
	}
	name, email, phone, text := line(in.Name, 60), line(in.Email, 200), line(in.Phone, 40), strings.TrimSpace(words(in.Text))
	switch {
	case text == "":
		return nil, invalid("text", "Write what it is about.", "请填写留言内容。")
	case utf8.RuneCountInString(text) > most:
		return nil, invalid("text", "The message is too long.", "留言内容过长。")
	case email == "" && phone == "":
		return nil, invalid("email", "Leave an e-mail address or a phone number, so that we can answer.", "请留下邮箱或电话，方便我们回复您。")
	case email != "" && !mailAddress(email):
		return nil, invalid("email", "This is not an e-mail address, such as name@example.com.", "邮箱格式不正确，例如 name@example.com。")
	}
	var out []canon.Field
	for _, f := range []canon.Field{
		{Name: "text", Label: connector.Text{EN: "Message", ZH: "留言"}.In(lang), Value: text},
		{Name: "name", Label: connector.Text{EN: "Name", ZH: "称呼"}.In(lang), Value: name},
		{Name: "email", Label: connector.Text{EN: "E-mail", ZH: "邮箱"}.In(lang), Value: email},
		{Name: "phone", Label: connector.Text{EN: "Phone", ZH: "电话"}.In(lang), Value: phone},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out, nil
}

func mailAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && strings.Contains(s[at:], ".") && !strings.HasSuffix(s, ".") && !strings.ContainsAny(s, " <>,;\"")
}

func fieldOf(fields []canon.Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
