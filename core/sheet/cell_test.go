package sheet

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestX08_Guard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@\t\n\x00 ＝＋－＠a")), 0, 6, -1).Draw(t, "s")
		g := Guard(s)
		if Unguard(g) != s {
			t.Fatalf("%q guarded is %q, unguarded %q", s, g, Unguard(g))
		}
		if strings.IndexAny(g, "=+-@\t\x00") == 0 || strings.HasPrefix(g, "＝") {
			t.Fatalf("%q is not guarded: %q", s, g)
		}
	})
}
