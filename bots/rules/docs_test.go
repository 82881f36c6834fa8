package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/core/orchestrate"
)

// The page for designers must be true of the code.

func readDocs(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/bots.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// cells splits a row of a table; a bar inside code is written \|.
func cells(line string) []string {
	line = strings.ReplaceAll(line, `\|`, "\x00")
	var all []string
	for _, cell := range strings.Split(strings.Trim(line, "| \n"), "|") {
		all = append(all, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
	}
	return all
}

func TestDocsExamplesMatch(t *testing.T) {
	tried := 0
	for line := range strings.Lines(readDocs(t)) {
		row := cells(line)
		if len(row) != 4 || Match(row[0]).rank() == 2 && row[0] != string(MatchKeyword) {
			continue
		}
		rule := []Rule{{Match: Match(row[0]), Patterns: []string{strings.Trim(row[1], "`")}}}
		for col, want := range map[int]int{2: 1, 3: 0} {
			for _, q := range strings.Split(row[col], " · ") {
				tried++
				if got := len(matched(rule, strings.Trim(q, "`"))); got != want {
					t.Errorf("%s %s: %s is matched %d times, the page says %d", row[0], row[1], q, got, want)
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d examples were found", tried)
	}
}

func TestDocsNameEveryColumnAndWarning(t *testing.T) {
	page := readDocs(t)
	for _, col := range columns() {
		if !strings.Contains(page, fmt.Sprintf("| `%s` | %s |", col.name, col.zh)) {
			t.Errorf("the column %s (%s) is not on the page", col.name, col.zh)
		}
	}
	for _, kind := range []WarningKind{WarnDuplicate, WarnShadowed, WarnHuman, WarnUnreachable, WarnOff, WarnUnused, WarnNumbers} {
		if !strings.Contains(page, "`"+string(kind)+"`") {
			t.Errorf("the warning %s is not on the page", kind)
		}
	}
}

func TestDocsWishesForAPerson(t *testing.T) {
	page := readDocs(t)
	_, section, _ := strings.Cut(page, "## To a person")
	section, _, _ = strings.Cut(section, "## Rules as a table")
	bot := NewBot(Blank("zh"))
	for _, c := range []struct {
		text  string
		human bool
	}{
		{"人工", true}, {"我要人工", true}, {"你好，帮我接一下人工客服谢谢", true}, {"agent please", true}, {"can I speak to an agent", true},
		{"人工智能是什么", false}, {"what is a travel agent", false}, {"这个我弄不来，转人工吧", true}, {"不要转人工", false},
		{"I don't want to talk to a person", false}, {"你是真人吗", false},
	} {
		if !strings.Contains(strings.ReplaceAll(section, "\n  ", " "), "`"+c.text+"`") {
			t.Errorf("%q is not on the page", c.text)
		}
		a, _ := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: c.text})
		if (a.Handoff != nil) != c.human {
			t.Errorf("%q hands over: %v, the page says %v", c.text, a.Handoff != nil, c.human)
		}
	}
}
