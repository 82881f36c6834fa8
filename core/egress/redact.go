package egress

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hidden stands where a secret was.
const hidden = "••••"

// shortest is the length from which a known secret is replaced wherever it
// occurs. A shorter one would blank out harmless text, and says little.
const shortest = 4

// Redactor takes secrets out of what people may read: the known ones in every
// spelling in which they travel (plain, percent, JSON, base64, Basic), and
// unknown ones by the name of their header, parameter or field. A nil Redactor
// works and knows names only. It is safe for concurrent use; make one per link.
type Redactor struct {
	words []string // longest first, so that one inside another is not left in part
	first [256]bool
	most  int
}

// NewRedactor makes a redactor of a link's secrets. "user:password" pairs for
// Basic authentication are covered by the header's name.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		r.learn(spellings(s))
	}
	return r
}

func (r *Redactor) learn(words []string) {
	for _, word := range words {
		if len(word) >= shortest && !slices.Contains(r.words, word) {
			r.words = append(r.words, word)
			r.first[word[0]] = true
			r.most = max(r.most, len(word))
		}
	}
	slices.SortFunc(r.words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// both knows the secrets of two redactors.
func both(a, b *Redactor) *Redactor {
	if a == nil || a == b {
		return b
	}
	if b == nil {
		return a
	}
	r := &Redactor{}
	r.learn(a.words)
	r.learn(b.words)
	return r
}

func spellings(s string) []string {
	if len(s) < shortest {
		return nil
	}
	quoted, _ := json.Marshal(s) // a string always marshals
	ascii := strconv.QuoteToASCII(s)
	return []string{
		s,
		url.QueryEscape(s),
		url.PathEscape(s),
		strings.ReplaceAll(url.QueryEscape(s), "+", "%20"),
		string(quoted[1 : len(quoted)-1]), // with \u0026 for &
		strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s),
		ascii[1 : len(ascii)-1],
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "="),
		strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(s)), "="),
	}
}

// Text replaces the known secrets and the values of fields with telling names.
func (r *Redactor) Text(s string) string {
	return redactFields(r.known(s, len(s)))
}

// known replaces known secrets that begin within the first limit bytes and cuts
// the rest off. The caller passes more than limit, by at least the longest
// secret, so that none is cut in two and left.
func (r *Redactor) known(s string, limit int) string {
	limit = min(limit, len(s))
	if r == nil || len(r.words) == 0 {
		return s[:limit]
	}
	var out strings.Builder
	from := 0
	for i := 0; i < limit; {
		if r.first[s[i]] {
			if n := r.match(s[i:]); n > 0 {
				out.WriteString(s[from:i])
				out.WriteString(hidden)
				i += n
				from = i
				continue
			}
		}
		i++
	}
	if from == 0 {
		return s[:limit]
	}
	if from < limit {
		out.WriteString(s[from:limit])
	}
	return out.String()
}

func (r *Redactor) match(s string) int {
	for _, word := range r.words {
		if strings.HasPrefix(s, word) {
			return len(word)
		}
	}
	return 0
}

// longest is how many bytes past a cut must be kept for [Redactor.known].
func (r *Redactor) longest() int {
	if r == nil {
		return 0
	}
	return r.most
}

var (
	jsonField = regexp.MustCompile(`(?i)"([a-z0-9_.-]*(?:token|secret|passw|pwd|api_?key|credential|authorization|signature|ticket|cookie)[a-z0-9_-]*)"\s*:\s*"(?:[^"\\]|\\.)*"?`)
	formField = regexp.MustCompile(`(?i)(^|[?&;\s])([a-z0-9_.%-]*(?:token|secret|passw|pwd|api_?key|credential|signature|ticket)[a-z0-9_-]*)=[^&\s"<>]*`)
	xmlField  = regexp.MustCompile(`(?i)<([a-z0-9_]*(?:token|secret|passw|ticket)[a-z0-9_]*)>[^<]*`)
	// botPath is Telegram's way of carrying its token, also when it is not known here.
	botPath = regexp.MustCompile(`(?i)bot[0-9]+(?::|%3a)[a-z0-9_-]{20,}`)
)

// redactFields hides values by the names of JSON, form and XML fields: the fresh
// token of a token endpoint is known to nobody yet.
func redactFields(s string) string {
	if fieldWords.in(s) {
		s = jsonField.ReplaceAllString(s, `"$1":"`+hidden+`"`)
		s = formField.ReplaceAllString(s, `${1}${2}=`+hidden)
		s = xmlField.ReplaceAllString(s, `<$1>`+hidden)
	}
	return hideBots(s)
}

func hideBots(s string) string {
	if !mayHoldBot(s) {
		return s
	}
	return botPath.ReplaceAllString(s, "bot"+hidden)
}

// mayHoldBot reports whether "bot" stands before a digit: the expression is slow,
// and many a text speaks of bots.
func mayHoldBot(s string) bool {
	for i := 0; i+3 < len(s); i++ {
		if s[i]|0x20 == 'b' && s[i+1]|0x20 == 'o' && s[i+2]|0x20 == 't' && s[i+3]-'0' <= 9 {
			return true
		}
	}
	return false
}

// URL writes an address without user, secret segments and secret parameters.
func (r *Redactor) URL(u *url.URL) string {
	if u == nil {
		return ""
	}
	var out strings.Builder
	if u.Scheme != "" {
		out.WriteString(u.Scheme + "://")
	}
	out.WriteString(u.Host)
	out.WriteString(hideBots(r.known(u.EscapedPath(), len(u.EscapedPath()))))
	if u.RawQuery != "" {
		out.WriteByte('?')
		for i, pair := range strings.Split(u.RawQuery, "&") {
			if i > 0 {
				out.WriteByte('&')
			}
			name, value, _ := strings.Cut(pair, "=")
			if tellingWords.in(name) || strings.EqualFold(name, "sig") || strings.EqualFold(name, "code") {
				value = hidden
			}
			out.WriteString(r.known(name, len(name)))
			if value != "" {
				out.WriteString("=" + r.known(value, len(value)))
			}
		}
	}
	return out.String()
}

// Header copies h without the values of headers that carry credentials.
func (r *Redactor) Header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			switch {
			case credential(name):
				v = hidden
			case name == "Location" || name == "Referer" || name == "Content-Location" || name == "Link":
				if u, err := url.Parse(v); err == nil {
					v = r.URL(u)
				}
				v = r.Text(v)
			default:
				v = r.known(v, len(v))
			}
			out[name] = append(out[name], v)
		}
	}
	return out
}

var plainHeaders = map[string]bool{
	"Idempotency-Key": true, "X-Idempotency-Key": true, "X-Line-Retry-Key": true, "Sec-Websocket-Key": true,
}

// credential tells headers that carry a secret by their names: Authorization,
// Cookie, X-…-Token, X-Api-Key, X-Hub-Signature and their like.
func credential(name string) bool {
	return !plainHeaders[http.CanonicalHeaderKey(name)] && tellingWords.in(name)
}
