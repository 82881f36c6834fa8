package torture

import (
	"strings"
	"testing"
)

// The judge of R-01 must say no to every way of losing or doubling.
func TestR01_TheJudgeSeesLossAndDoubling(t *testing.T) {
	l := newLedger()
	for _, id := range []string{"a", "b", "c"} {
		l.send(id, "words of "+id)
	}
	l.ack("a")
	l.ack("b")
	good := []stored{{"a", "words of a"}, {"b", "words of b"}}
	for _, c := range []struct {
		name  string
		found []stored
		want  string
	}{
		{"as it should be", good, ""},
		{"an unacknowledged one arrived all the same", append(good[:2:2], stored{"c", "words of c"}), ""},
		{"lost", good[:1], "b was acknowledged and is lost"},
		{"doubled", append(good[:2:2], good[0]), "a is stored twice"},
		{"an unacknowledged one doubled", append(good[:2:2], stored{"c", "words of c"}, stored{"c", "words of c"}), "c is stored twice"},
		{"changed", []stored{{"a", "other words"}, good[1]}, "a is stored with other words"},
		{"made up", append(good[:2:2], stored{"x", "y"}), "x is stored and was never sent"},
	} {
		if got := strings.Join(l.judge(c.found), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
