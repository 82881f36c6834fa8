package connector

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// hidden stands where a secret was.
const hidden = "••••"

// Redact returns the values as people and programs may see them: of a secret
// only that it is set and, when it is long, its last four characters.
func (f Form) Redact(v Values) Values {
	out := make(Values, len(v))
	for name, value := range v {
		if field, ok := f.Field(name); ok && field.Kind == FieldSecret && value != "" {
			value = mask(value)
		}
		out[name] = value
	}
	return out
}

func mask(secret string) string {
	if runes := []rune(strings.TrimSpace(secret)); len(runes) >= 12 {
		return hidden + string(runes[len(runes)-4:])
	}
	return hidden
}

// Keep returns in, with every secret that is missing, or given in the form
// Redact shows it in, taken from old: a form sent back unchanged changes nothing.
func (f Form) Keep(old, in Values) Values {
	out := make(Values, len(in))
	for name, value := range in {
		out[name] = value
	}
	for _, name := range f.Secrets() {
		if v := strings.TrimSpace(out[name]); old[name] != "" && (v == "" || v == mask(old[name])) {
			out[name] = old[name]
		}
	}
	return out
}

// RedactText takes the secrets among the values out of a text, in every
// spelling in which they travel.
func (f Form) RedactText(v Values, text string) string {
	for _, word := range f.Spellings(v) {
		text = strings.ReplaceAll(text, word, hidden)
	}
	return text
}

// Spellings lists the secrets among the values as they may turn up elsewhere:
// plain, escaped for addresses and JSON, base64, hexadecimal; longest first.
// Secrets of fewer than six bytes are left out: blanking them would garble
// harmless text.
func (f Form) Spellings(v Values) []string {
	var words []string
	for _, name := range f.Secrets() {
		for _, s := range append(strings.Fields(v[name]), strings.TrimSpace(v[name])) {
			if len(s) < 6 {
				continue
			}
			quoted, _ := json.Marshal(s) // a string always marshals
			words = append(words, s, url.QueryEscape(s), url.PathEscape(s), string(quoted[1:len(quoted)-1]),
				strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "="),
				strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(s)), "="),
				hex.EncodeToString([]byte(s)))
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(words)
}
