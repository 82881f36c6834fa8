package main

import (
	"strings"
	"testing"

	"parley/core/setting"
)

// said is what a command line prints, and how it ends.
func said(t *testing.T, line ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	c := program(&environment{ctx: t.Context()})
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(line)
	err := c.Execute()
	return out.String(), err
}

func TestHelpListsEverySetting(t *testing.T) {
	out, err := said(t, "--help")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out), " ")
	for _, row := range setting.Table() {
		for _, want := range []string{row.Flag() + "=" + row.Form, row.Env()} {
			if !strings.Contains(text, want) {
				t.Errorf("--help lacks %q:\n%s", want, out)
			}
		}
	}
	for _, line := range strings.Split(out, "\n") {
		if len([]rune(line)) > helpWidth {
			t.Errorf("wider than a terminal: %q", line)
		}
	}
}

// TestHelpOfACommandIsItsOwn: what the command takes, and where settings stand.
func TestHelpOfACommandIsItsOwn(t *testing.T) {
	out, err := said(t, "user", "reset", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Usage: parley user reset <email> [flags]", "--second-factor", "--tenant=NAME", "(default default)", `"parley --help"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the help lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "--storage-url") || strings.Contains(out, "--fault") {
		t.Errorf("the help lists what other commands take:\n%s", out)
	}
}

// TestHelpOfAGroupListsItsCommands, each with the sentence it has everywhere.
func TestHelpOfAGroupListsItsCommands(t *testing.T) {
	out, err := said(t, "user", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Usage: parley user <command> [flags]", "  user reset <email> [flags]\n    Give somebody a new password"} {
		if !strings.Contains(out, want) {
			t.Errorf("the help lacks %q:\n%s", want, out)
		}
	}
}

// TestAWrongCommandLineSaysWhatIsRight, and runs nothing.
func TestAWrongCommandLineSaysWhatIsRight(t *testing.T) {
	for line, want := range map[string]string{
		"frobnicate":               `unknown command "frobnicate"`,
		"serve now":                `unknown command "now"`,
		"token":                    "name one of: create",
		"token delete":             `no "delete"; name one of: create`,
		"user reset":               "the address they sign in with",
		"user reset a@b.example c": "the address they sign in with",
		"user reset a@b.example --link --password x": "password",
		"serve --colour":                `"parley serve --help" lists`,
		"demo --language fr":            "neither zh nor en",
		"token create --life tomorrow":  "--life",
		"conntest --set secret":         "NAME=VALUE",
		"conntest --json":               "--url or --replay",
		"emulate telegram --fault sulk": "--fault: sulk",
	} {
		out, err := said(t, strings.Fields(line)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parley %s: %v, want %q; it printed:\n%s", line, err, want, out)
		}
	}
}
