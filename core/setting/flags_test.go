package setting

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// parsed are the flags of a command line.
func parsed(t *testing.T, line ...string) Flags {
	t.Helper()
	var f Flags
	set := pflag.NewFlagSet("parley", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(line); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFlagsReachTheSettings(t *testing.T) {
	f := parsed(t, "--listen", ":9000", "--data-dir=/srv/data", "--redis-url=", "--config", "x.yaml")
	want := map[string]string{"listen": ":9000", "data_dir": "/srv/data", "redis_url": ""}
	if diff := cmp.Diff(want, f.Given()); diff != "" {
		t.Errorf("given (-want +got):\n%s", diff)
	}
	src := f.Sources([]string{"PARLEY_REDIS_URL=redis://h"})
	if src.File != "x.yaml" || len(src.Environ) != 1 {
		t.Errorf("sources %+v", src)
	}
	src.File = file(t, "")
	loaded := load(t, src)
	if loaded.Listen != ":9000" || !loaded.RedisURL.Empty() {
		t.Errorf("listen %s, Redis %q: a flag set to nothing must win over the environment", loaded.Listen, loaded.RedisURL.Reveal())
	}
}
