package setting

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

type commandLine struct {
	Flags
	Serve struct{} `cmd:"" default:"1" help:"Run the hub."`
	Other struct{} `cmd:"" help:"Something else."`
}

func parser(t *testing.T, line *commandLine, out *strings.Builder) *kong.Kong {
	t.Helper()
	line.Flags = NewFlags()
	parser, err := kong.New(line, kong.Name("parley"), kong.Writers(out, out), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

func TestFlagsReachTheSettings(t *testing.T) {
	var line commandLine
	var out strings.Builder
	if _, err := parser(t, &line, &out).Parse([]string{"serve", "--listen", ":9000", "--data-dir=/srv/data", "--redis-url=", "--config", "x.yaml"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"listen": ":9000", "data_dir": "/srv/data", "redis_url": ""}
	if diff := cmp.Diff(want, line.Given()); diff != "" {
		t.Errorf("given (-want +got):\n%s", diff)
	}
	src := line.Sources([]string{"PARLEY_REDIS_URL=redis://h"})
	if src.File != "x.yaml" || len(src.Environ) != 1 {
		t.Errorf("sources %+v", src)
	}
	src.File = file(t, "")
	loaded := load(t, src)
	if loaded.Listen != ":9000" || !loaded.RedisURL.Empty() {
		t.Errorf("listen %s, Redis %q: a flag set to nothing must win over the environment", loaded.Listen, loaded.RedisURL.Reveal())
	}
}

func TestHelpListsEverySetting(t *testing.T) {
	var line commandLine
	var out strings.Builder
	// After the help the parser would end the process; here it goes on and misses a command.
	if _, err := parser(t, &line, &out).Parse([]string{"--help"}); out.Len() == 0 {
		t.Fatalf("no help: %v", err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, row := range Table() {
		for _, want := range []string{row.Flag() + "=" + row.Form, row.Env()} {
			if !strings.Contains(text, want) {
				t.Errorf("--help lacks %q:\n%s", want, out.String())
			}
		}
	}
}
