package house

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
)

// Every code an emulator answers has a sentence in both languages, which says what
// to do, in the connector that meets it. That both languages are there is held by
// the type of a text and the tests of the catalogues.
func TestC03_EveryCodeOfTheEmulatorsHasWords(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		emulator string
		makers   []Maker
		words    string
		// in are functions of the connector that word a code which stands in no row.
		in map[string]string
		// apart never reach the connector: success there, or said on a phone alone.
		apart []string
	}{
		{"wechat", []Maker{{Name: "refuse"}, {Name: "refuse", Field: "code"}}, "wechat", nil, nil},
		{"wecom", []Maker{{Name: "no"}, {Name: "no", Field: "code"}}, "wecom", nil, nil},
		{"meta", []Maker{{Name: "no"}, {Name: "no", Field: "code"}}, "meta/graph", nil, nil},
		{"telegram", []Maker{{Name: "failure"}, {Name: "failure", Field: "code"}}, "telegram", map[string]string{"429": "refusal", "500": "refusal"}, nil},
		{"line", []Maker{{Name: "refused", Arg: 1}, {Name: "refusal", Field: "status"}}, "line", nil, []string{"409"}},
		{"whatsapp", []Maker{{Name: "Rule", Field: "Code"}}, "whatsapp",
			map[string]string{"402": "bannedFor", "406": "bannedForGood", "405": "outdated", "410": "notFetched", "closed": "disconnected", "device_removed": "loggedOut", "replaced": "replaced"},
			[]string{"no such code", "signature", "wrong code", "other number"}},
		{"mail", []Maker{{Name: "SMTPError", Field: "Code"}, {Name: "refused", Field: "code"}}, "email",
			map[string]string{"535": "authRefused", "550": "refusal", "553": "refusal", "invalid_client": "tokenRefused", "invalid_grant": "tokenRefused"},
			[]string{"redirect_uri_mismatch", "unsupported_response_type", "invalid_scope", "unsupported_grant_type"}},
	} {
		answered, err := Answered(filepath.Join(root, "connectors/emulate", c.emulator), c.makers...)
		if err != nil {
			t.Fatal(err)
		}
		words := filepath.Join(root, "connectors", c.words)
		explained, err := Explained(words)
		if err != nil {
			t.Fatal(err)
		}
		worded, err := Worded(words, slices.Collect(maps.Values(c.in))...)
		if err != nil {
			t.Fatal(err)
		}
		if len(answered) < 3 {
			t.Errorf("the emulator of %s answers %d codes", c.emulator, len(answered))
		}
		for code, where := range answered {
			if explained[code] == "" && !worded[c.in[code]] && !slices.Contains(c.apart, code) {
				t.Errorf("%s: connectors/%s has no words for %s", where, c.words, code)
			}
		}
		for _, code := range append(slices.Collect(maps.Keys(c.in)), c.apart...) {
			if answered[code] == "" {
				t.Errorf("the emulator of %s does not answer %s any more", c.emulator, code)
			}
		}
		t.Logf("%s: %d codes", c.emulator, len(answered))
	}
}
