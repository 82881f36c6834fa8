package connector

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// FieldKind is what a field of a form holds.
type FieldKind string

// The kinds of field.
const (
	FieldText   FieldKind = "text"
	FieldSecret FieldKind = "secret" // sealed at rest, never read back
	FieldURL    FieldKind = "url"
	FieldHost   FieldKind = "host"
	FieldNumber FieldKind = "number"
	FieldSwitch FieldKind = "switch" // "true" or "false"
	FieldChoice FieldKind = "choice"
	FieldList   FieldKind = "list" // one value a line
)

// Form is the single source of the linking form: it makes the page, the JSON
// Schema, the documentation, the redaction and the validation.
type Form struct {
	Fields []Field
	// Docs is the address of the platform's own page on where these values are; ""
	// where they are the business's own, or each provider's.
	Docs string
	// Check looks at the whole form after every field passed; optional.
	Check func(Values) []FieldError `json:"-"`
}

// Field is one field of a form.
type Field struct {
	Name     string // key in Values and in the API
	Kind     FieldKind
	Label    Text
	Help     Text   // where to find the value, in the platform's own words
	Docs     string // address of the platform's page on it, where that is not the form's
	Default  string
	Example  string
	Required bool
	Advanced bool // folded away at first
	Apart    bool // changed on a page of its own: plain forms leave it out
	// Generate has Complete make a random secret ("whsec_" and 32 bytes in
	// base64) when the field is left empty. Take the old values over with Keep
	// before completing a changed form, or the secret changes with it.
	Generate bool
	Pattern  string
	Min, Max int // of a number; of the runes of a text when Max > 0
	Options  []FieldOption
	// When shows the field only if another field has one of these values.
	When   string
	WhenIn []string
}

// FieldOption is one value of a choice.
type FieldOption struct {
	Value string
	Label Text
}

// FieldError names a field and what to do about it.
type FieldError struct {
	Field string
	Text  Text
}

func (e FieldError) Error() string { return e.Field + ": " + e.Text.EN }

// Secrets returns the names of secret fields.
func (f Form) Secrets() []string {
	var names []string
	for _, field := range f.Fields {
		if field.Kind == FieldSecret {
			names = append(names, field.Name)
		}
	}
	return names
}

// Field returns the field of that name.
func (f Form) Field(name string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Complete returns values with defaults filled in, and what is wrong with them.
func (f Form) Complete(in Values) (Values, []FieldError) {
	out := make(Values, len(f.Fields))
	var bad []FieldError
	for name := range in {
		if _, ok := f.Field(name); !ok {
			bad = append(bad, FieldError{name, Text{
				EN: "There is no such field. Fields: " + strings.Join(f.names(), ", ") + ".",
				ZH: "没有这个字段。可用字段：" + strings.Join(f.names(), "、") + "。",
			}})
		}
	}
	for _, field := range f.Fields {
		v := strings.TrimSpace(in[field.Name])
		if v == "" {
			v = field.Default
		}
		if !field.shown(in, out) {
			continue
		}
		if v == "" && field.Generate {
			v = NewSecret()
		}
		if v == "" {
			if field.Required {
				bad = append(bad, FieldError{field.Name, Text{EN: "Fill this in.", ZH: "请填写此项。"}})
			}
			continue
		}
		if msg := field.check(v); msg.EN != "" {
			bad = append(bad, FieldError{field.Name, msg})
			continue
		}
		out[field.Name] = v
	}
	if len(bad) == 0 && f.Check != nil {
		bad = f.Check(out)
	}
	slices.SortStableFunc(bad, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
	return out, bad
}

// NewSecret returns a random secret in the form of Standard Webhooks.
func NewSecret() string {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
}

func (f Form) names() []string {
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = field.Name
	}
	return names
}

func (f Field) shown(in, done Values) bool {
	if f.When == "" {
		return true
	}
	v := done[f.When]
	if v == "" {
		v = in[f.When]
	}
	return slices.Contains(f.WhenIn, v)
}

func (f Field) check(v string) Text {
	switch f.Kind {
	case FieldURL:
		u, err := url.Parse(v)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			return Text{EN: "Write a whole address such as https://example.com.", ZH: "请填写完整地址，例如 https://example.com。"}
		}
	case FieldHost:
		if strings.ContainsAny(v, "/@ \t\r\n") {
			return Text{EN: "Write only the host name, such as mail.example.com.", ZH: "只填写主机名，例如 mail.example.com。"}
		}
	case FieldNumber:
		n, err := strconv.Atoi(v)
		if f.Max == 0 && (err != nil || n < f.Min) {
			return Text{EN: fmt.Sprintf("Write a whole number from %d on.", f.Min), ZH: fmt.Sprintf("请填写不小于 %d 的整数。", f.Min)}
		}
		if err != nil || n < f.Min || (f.Max > 0 && n > f.Max) {
			return Text{EN: fmt.Sprintf("Write a whole number from %d to %d.", f.Min, f.Max), ZH: fmt.Sprintf("请填写 %d 到 %d 的整数。", f.Min, f.Max)}
		}
		return Text{}
	case FieldSwitch:
		if v != "true" && v != "false" {
			return Text{EN: "Write true or false.", ZH: "请填写 true 或 false。"}
		}
	case FieldChoice:
		if !slices.ContainsFunc(f.Options, func(o FieldOption) bool { return o.Value == v }) {
			values := make([]string, len(f.Options))
			for i, o := range f.Options {
				values[i] = o.Value
			}
			return Text{EN: "Choose one of: " + strings.Join(values, ", ") + ".", ZH: "请选择其一：" + strings.Join(values, "、") + "。"}
		}
	}
	if f.Pattern != "" {
		re, err := regexp.Compile("^(?:" + f.Pattern + ")$")
		if err != nil || !re.MatchString(v) {
			if f.Example != "" {
				return Text{EN: "This does not look right. Example: " + f.Example, ZH: "格式不正确，例如：" + f.Example}
			}
			return Text{EN: "This does not look right.", ZH: "格式不正确。"}
		}
	}
	if n := len([]rune(v)); f.Max > 0 && (n > f.Max || n < f.Min) {
		return Text{EN: fmt.Sprintf("Write %d to %d characters.", f.Min, f.Max), ZH: fmt.Sprintf("请填写 %d 到 %d 个字符。", f.Min, f.Max)}
	}
	return Text{}
}
