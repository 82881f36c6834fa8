package house

import (
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
		makers   []string
		words    string
		apart    []string // explained by their status, not in a row of their own
	}{
		{"wechat", []string{"refuse"}, "wechat", nil},
		{"wecom", []string{"no"}, "wecom", nil},
		{"meta", []string{"no"}, "meta/graph", nil},
		{"telegram", []string{"failure"}, "telegram", []string{"429", "500"}},
	} {
		answered, err := Answered(filepath.Join(root, "connectors/emulate", c.emulator), c.makers...)
		if err != nil {
			t.Fatal(err)
		}
		explained, err := Explained(filepath.Join(root, "connectors", c.words))
		if err != nil {
			t.Fatal(err)
		}
		if len(answered) < 4 {
			t.Errorf("the emulator of %s answers %d codes", c.emulator, len(answered))
		}
		for code, where := range answered {
			if explained[code] == "" && !slices.Contains(c.apart, code) {
				t.Errorf("%s: connectors/%s has no words for %s", where, c.words, code)
			}
		}
		t.Logf("%s: %d codes", c.emulator, len(answered))
	}
}
