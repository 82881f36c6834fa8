package hub_test

import (
	"fmt"
	"testing"

	"parley/internal/testenv"
)

// While the database is away a callback is refused, to be repeated; when it is
// back everything goes on by itself.
func TestR03_ACallbackIsRefusedWhileTheDatabaseIsAway(t *testing.T) {
	url, server := testenv.PrivatePostgres(t)
	r := newRig(t, url, true)
	r.send("ann", "before")
	r.seesText("ann", "you said before")
	for round := range 2 {
		if err := server.Stop(); err != nil { // a killed parent leaves children that may still commit
			t.Fatal(err)
		}
		e := r.says("ann", fmt.Sprintf("away %d", round))
		if code := r.deliver(e); code != 503 {
			t.Fatalf("answered %d while the database was away", code)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the repeat is taken", func() bool { return r.deliver(e) == 200 })
		want := []string{"you said before"}
		for i := range round + 1 {
			want = append(want, fmt.Sprintf("you said away %d", i))
		}
		r.seesText("ann", want...)
	}
}
