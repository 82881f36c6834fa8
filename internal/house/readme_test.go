package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/core/setting"
)

// helpCommand is a command as the program's own help lists it, with the
// sentence below it.
var helpCommand = regexp.MustCompile(`(?m)^  ([a-z][a-z ]*?)(?: (?:<|\[).*)?\n((?:    .+\n?)+)`)

// readmeCommand is a row of README's table.
var readmeCommand = regexp.MustCompile("(?m)^\\| `parley ([a-z ]+)` \\| (.+) \\|$")

// TestReadmeListsTheCommands compares README's table with what the built
// program says of itself.
func TestReadmeListsTheCommands(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	program, _ := built(t)
	help, err := exec.CommandContext(t.Context(), program, "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("parley --help: %v\n%s", err, help)
	}
	_, list, found := strings.Cut(string(help), "\nCommands:\n")
	if !found {
		t.Fatalf("the help lists no commands:\n%s", help)
	}
	have, want := commandsIn(readmeCommand, readme(t, root)), commandsIn(helpCommand, list)
	if len(want) < 10 {
		t.Errorf("only %d commands were found in the help:\n%s", len(want), list)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("README's commands (-parley --help +README):\n%s", diff)
	}
}

// commandsIn maps commands to their sentences.
func commandsIn(list *regexp.Regexp, text string) map[string]string {
	out := map[string]string{}
	for _, found := range list.FindAllStringSubmatch(text, -1) {
		out[strings.TrimSpace(found[1])] = strings.Join(strings.Fields(found[2]), " ")
	}
	return out
}

// The table of settings stands between these lines.
const (
	tableBegins = "|---|---|---|\n"
	tableEnds   = "\n<!-- end -->"
)

// TestReadmeListsTheSettings compares README's table with core/setting; with
// UPDATE_GOLDEN=1 it writes it.
func TestReadmeListsTheSettings(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	text := readme(t, root)
	head, rest, begun := strings.Cut(text, tableBegins)
	have, tail, ended := strings.Cut(rest, tableEnds)
	if !begun || !ended {
		t.Fatal("README has no table of settings")
	}
	want := settingsTable()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(head+tableBegins+want+tableEnds+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("README's settings are out of date; write them with UPDATE_GOLDEN=1 (-core/setting +README):\n%s", diff)
	}
}

func settingsTable() string {
	bars := strings.NewReplacer("|", `\|`)
	var b strings.Builder
	for _, row := range setting.Table() {
		standard := ""
		if row.Default != "" {
			standard = "`" + row.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s `%s` |\n", row.Env(), standard, bars.Replace(row.Help), bars.Replace(row.Form))
	}
	return b.String()
}

func readme(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocumentsLinkToWhatIsThere follows every relative link of the documents.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, file := range append(files, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`).FindAllSubmatch(text, -1) {
			to := string(found[1])
			if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(to))); err != nil {
				t.Errorf("%s links to %s, which is not there", filepath.Base(file), to)
			}
		}
	}
	if links < 5 {
		t.Errorf("only %d links were followed", links)
	}
}

// TestPlantedCommands shows that the patterns find what they should.
func TestPlantedCommands(t *testing.T) {
	help := "  serve [flags]\n    Run the hub.\n\n  user reset <email> [flags]\n    Give somebody a new password and end\n    their sessions.\n\n  version [flags]\n    Print it.\n\nRun \"parley <command> --help\" for more.\n"
	want := map[string]string{"serve": "Run the hub.", "user reset": "Give somebody a new password and end their sessions.", "version": "Print it."}
	if diff := cmp.Diff(want, commandsIn(helpCommand, help)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"user reset": "Give."}, commandsIn(readmeCommand, "| `parley user reset` | Give. |\n")); diff != "" {
		t.Error(diff)
	}
}
