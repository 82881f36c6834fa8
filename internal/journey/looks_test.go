package journey

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// look is what the walk of browser/looks.mjs is told.
type look struct {
	Demo     string   `json:"demo"`
	Empty    string   `json:"empty"`
	Email    string   `json:"email"`
	Password string   `json:"password"`
	Known    []string `json:"known"`
	Long     bool     `json:"long"`
	Shots    string   `json:"shots,omitempty"`
}

// seen is what it found: everything once, with the first place it was met at.
type seen struct {
	Found []struct {
		Place  string `json:"place"`
		Kind   string `json:"kind"`
		What   string `json:"what"`
		Detail string `json:"detail"`
		Times  int    `json:"times"`
	} `json:"found"`
	Seen      []string       `json:"seen"`
	Rewritten map[string]int `json:"rewritten"`
	Spent     map[string]int `json:"spent"`
}

// Every page, empty, full, loading and failing, with what can be open on it: axe
// finds nothing in either theme, nothing leaves its box or the screen at 1440 and
// at 390 though every word is longer and every name of the worst kind, and no
// word comes from anywhere but the language files and the hub.
func TestU18_EveryPageHoldsEverybody(t *testing.T) {
	t.Parallel()
	demo, empty := prepareHub(t, "sqlite"), prepareHub(t, "sqlite")
	demo.args = []string{"demo", "--language", "en"}
	demo.start(t)
	empty.start(t)
	b, err := workshop.browser()
	if err != nil {
		t.Fatal(err)
	}
	plan := look{Demo: demo.url, Empty: empty.url, Email: "lin@demo.example", Password: "demo-lin-2026",
		Known: sameInEveryLanguage, Long: os.Getenv("PARLEY_TEST_LONG") != "", Shots: os.Getenv("PARLEY_TEST_SHOTS")}
	raw, err := b.ask(command{Op: "looks", Options: plan})
	if err != nil {
		t.Fatal(err)
	}
	var out seen
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d places; milliseconds: %v", len(out.Seen), out.Spent)
	if len(out.Seen) < 80 || out.Rewritten["application"] == 0 || out.Rewritten["panel"] == 0 {
		t.Errorf("only %d places were seen, words rewritten: %v", len(out.Seen), out.Rewritten)
	}
	for _, f := range out.Found {
		where := f.Place
		if f.Times > 1 {
			where = fmt.Sprintf("%s and %d more", where, f.Times-1)
		}
		t.Errorf("%s: %s: %s\n    %s", where, f.Kind, f.What, strings.ReplaceAll(f.Detail, "\n", "\n    "))
	}
}

// sameInEveryLanguage are names that no language file holds.
var sameInEveryLanguage = []string{
	"Increase Value", "Decrease Value", // the component library knows no others
	"px",
}
