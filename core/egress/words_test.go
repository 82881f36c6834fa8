package egress

import (
	"regexp"
	"strings"
	"testing"
)

// The look before the expressions must never miss what they would match.
func TestWordsAreFoundWhereverAnExpressionWouldMatch(t *testing.T) {
	telling := regexp.MustCompile(`(?i)token|secret|passw|pwd|key|credential|auth|signature|ticket|cookie|session`)
	for _, s := range []string{
		"", "t", "tok", "toke", "token", "x-TOKEN-y", "PassWord", "pwd", "…pwd", "Api-Key", "aut", "Authorization", "sessio", "sessionid",
		"ſecret", "to\u212aen", "\u212aey", "Webhook-Signature", "客户的 secret 在此", "content-length", strings.Repeat("to", 50) + "ken",
	} {
		if telling.MatchString(s) && !tellingWords.in(s) {
			t.Errorf("%q was overlooked", s)
		}
		if jsonField.MatchString(`"`+s+`":"v"`) && !fieldWords.in(s) {
			t.Errorf("the field %q was overlooked", s)
		}
		if formField.MatchString(s+"=v") && !fieldWords.in(s) {
			t.Errorf("the parameter %q was overlooked", s)
		}
	}
	for _, s := range []string{"", "content-length", "Host", "你好", "Date"} {
		if tellingWords.in(s) {
			t.Errorf("%q tells nothing", s)
		}
	}
}
