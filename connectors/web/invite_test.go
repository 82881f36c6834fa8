package web

import (
	"strings"
	"testing"
)

func TestInvitationsAreChecked(t *testing.T) {
	good, err := parseInvitations(`[{"page":"/tea*","after":5,"scroll":50,"text":{"zh":" 需要帮忙吗？\n","en":""}},{"text":{"zh":"","en":"Hi"}}]`)
	if err != nil || len(good) != 2 || good[0].Text.ZH != "需要帮忙吗？" || good[0].After != 5 || good[0].Scroll != 50 || good[0].Page != "/tea*" {
		t.Fatalf("%+v %v", good, err)
	}
	if none, err := parseInvitations(""); err != nil || none != nil {
		t.Errorf("%v %v", none, err)
	}
	one := `{"text":{"en":"x"}}`
	for text, want := range map[string]string{
		`{}`:     "not a list",
		`[{"a":`: "not a list",
		"[" + strings.Repeat(one+",", 5) + one + "]":            "at most 5",
		`[` + one + `,{"text":{"zh":" "}}]`:                     "words of invitation 2",
		`[{"after":-1,"text":{"en":"x"}}]`:                      "0 to 3600 seconds",
		`[{"after":3601,"text":{"en":"x"}}]`:                    "0 to 3600 seconds",
		`[{"scroll":101,"text":{"en":"x"}}]`:                    "0 to 100 per cent",
		`[{"page":"*a*b*c*d*e*f","text":{"en":"x"}}]`:           "five *",
		`[{"text":{"en":"x"}},{"scroll":-1,"text":{"en":"x"}}]`: "Invitation 2",
	} {
		_, err := parseInvitations(text)
		if err == nil {
			t.Errorf("%s passes", text)
			continue
		}
		if bad := fieldError("invite", err); bad[0].Field != "invite" || !strings.Contains(bad[0].Text.EN, want) || bad[0].Text.ZH == "" {
			t.Errorf("%s: %+v, want %q", text, bad, want)
		}
	}
}
