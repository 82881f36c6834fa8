package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/core/canon"
	"parley/core/connector"
)

// What may be asked before the chat. Name, e-mail and phone are kept with the
// contact; everything with the conversation.
const (
	askName   = "name"
	askEmail  = "email"
	askPhone  = "phone"
	askText   = "text"
	askChoice = "choice"
)

// question is one thing a visitor is asked before their first message. The form
// of the link holds a JSON list of them.
type question struct {
	Name     string           `json:"name"` // stable: what the answer is kept under
	Kind     string           `json:"kind"`
	Required bool             `json:"required,omitempty"`
	Label    connector.Text   `json:"label"` // empty for name, e-mail and phone: the chat's own words
	Options  []connector.Text `json:"options,omitempty"`
}

const (
	questionsMost = 8
	optionsMost   = 20
	labelMost     = 80
	answerMost    = 500
)

var (
	questionName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)
	phoneForm    = regexp.MustCompile(`^\+?[0-9 ()./-]{5,30}$`)
	ownLabels    = map[string]connector.Text{
		askName:  {EN: "Name", ZH: "称呼"},
		askEmail: {EN: "E-mail", ZH: "邮箱"},
		askPhone: {EN: "Phone", ZH: "电话"},
	}
)

// parseQuestions reads what the link asks. The words are those of earlier
// versions.
func parseQuestions(text string) ([]question, error) {
	switch text {
	case "", "none":
		return nil, nil
	case "name":
		return []question{{Name: askName, Kind: askName, Required: true}}, nil
	case "contact":
		return []question{{Name: askName, Kind: askName, Required: true}, {Name: askEmail, Kind: askEmail}, {Name: askPhone, Kind: askPhone}}, nil
	}
	var out []question
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, invalid("ask", "This is not a list of questions.", "问题列表无法识别。")
	}
	if len(out) > questionsMost {
		return nil, invalid("ask", fmt.Sprintf("Ask at most %d things.", questionsMost), fmt.Sprintf("最多询问 %d 项。", questionsMost))
	}
	seen := map[string]bool{}
	for i := range out {
		q := &out[i]
		if err := q.check(); err != nil {
			return nil, err
		}
		if seen[q.Name] {
			return nil, invalid("ask", "Ask each thing once.", "同一项不能重复询问。")
		}
		seen[q.Name] = true
	}
	return out, nil
}

func (q *question) check() error {
	tidy := func(t connector.Text) connector.Text {
		return connector.Text{EN: line(t.EN, labelMost), ZH: line(t.ZH, labelMost)}
	}
	q.Label = tidy(q.Label)
	_, own := ownLabels[q.Kind]
	switch {
	case !questionName.MatchString(q.Name), own != (q.Name == askName || q.Name == askEmail || q.Name == askPhone), own && q.Name != q.Kind:
		return invalid("ask", "A question has no usable name.", "问题缺少有效的名称。")
	case !own && q.Kind != askText && q.Kind != askChoice:
		return invalid("ask", "There is no such kind of question.", "没有这种问题类型。")
	case !own && q.Label == (connector.Text{}):
		return invalid("ask", "Write what is asked, in Chinese or English.", "请填写问题的中文或英文名称。")
	case q.Kind != askChoice:
		q.Options = nil
		return nil
	}
	for i := range q.Options {
		q.Options[i] = tidy(q.Options[i])
	}
	q.Options = slices.DeleteFunc(q.Options, func(t connector.Text) bool { return t == connector.Text{} })
	if n := len(q.Options); n < 2 || n > optionsMost {
		return invalid("ask", fmt.Sprintf("Offer 2 to %d choices for “%s”.", optionsMost, either(q.Label, "en")), fmt.Sprintf("“%s”需要 2 到 %d 个选项。", either(q.Label, "zh"), optionsMost))
	}
	return nil
}

// label is the question in a language, in the other where it was written in one.
func (q question) label(lang string) string {
	return either(q.Label, lang, ownLabels[q.Kind])
}

func either(t connector.Text, lang string, instead ...connector.Text) string {
	for _, one := range append([]connector.Text{t}, instead...) {
		if s := or(or(one.In(lang), one.EN), one.ZH); s != "" {
			return s
		}
	}
	return ""
}

// questionWire is a question as the panel draws it.
type questionWire struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Label    string   `json:"label"`
	Required bool     `json:"required,omitempty"`
	Options  []string `json:"options,omitempty"`
}

func (s *site) questions(lang string) []questionWire {
	out := make([]questionWire, len(s.ask))
	for i, q := range s.ask {
		out[i] = questionWire{Name: q.Name, Kind: q.Kind, Label: q.label(lang), Required: q.Required}
		for _, o := range q.Options {
			out[i].Options = append(out[i].Options, either(o, lang))
		}
	}
	return out
}

// asks reports whether a visitor has to answer before anything else. Whoever
// the host site vouches for does not.
func (s *site) asks(v visitor) bool { return len(s.ask) > 0 && v.User == "" && !v.Asked }

// unanswered is the answer to whoever writes first.
var unanswered = trouble{status: 422, code: "ask", text: connector.Text{EN: "Please answer the questions first.", ZH: "请先填写聊天前的问题。"}}

// answers checks what a visitor answered; the code of the error names the
// question.
func (s *site) answers(in map[string]string, lang string) ([]canon.Field, error) {
	var out []canon.Field
	for _, q := range s.ask {
		value, err := q.answer(in[q.Name], lang)
		if err != nil {
			return nil, err
		}
		if value != "" {
			out = append(out, canon.Field{Name: q.Name, Label: q.label(lang), Value: value})
		}
	}
	return out, nil
}

func (q question) answer(value, lang string) (string, error) {
	n := utf8.RuneCountInString(value)
	value = line(value, answerMost)
	switch {
	case value == "" && q.Required:
		return "", invalid(q.Name, "Please fill in: "+q.label("en"), "请填写"+q.label("zh")+"。")
	case value == "":
		return "", nil
	case n > answerMost:
		return "", invalid(q.Name, fmt.Sprintf("%s: at most %d characters.", q.label("en"), answerMost), fmt.Sprintf("%s不能超过 %d 字。", q.label("zh"), answerMost))
	case q.Kind == askEmail && !mailAddress(value):
		return "", invalid(q.Name, "This is not an e-mail address, such as name@example.com.", "邮箱格式不正确，例如 name@example.com。")
	case q.Kind == askPhone && !phoneForm.MatchString(value):
		return "", invalid(q.Name, "This is not a phone number, such as +44 20 7946 0018.", "电话号码格式不正确，例如 138 0000 0000。")
	case q.Kind == askChoice && !slices.ContainsFunc(q.Options, func(o connector.Text) bool { return either(o, lang) == value }):
		return "", invalid(q.Name, "Choose one of what is offered.", "请从选项中选择。")
	}
	return strings.TrimSpace(value), nil
}
