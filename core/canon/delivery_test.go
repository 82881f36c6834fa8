package canon

import (
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var (
	everyState = []Delivery{Held, Queued, Sending, Sent, Delivered, Read, Failed, Unconfirmed, Cancelled}
	reported   = []Delivery{Sent, Delivered, Read, Failed} // what a platform may say
)

func TestDeliveryTable(t *testing.T) {
	for _, c := range []struct{ from, next, want Delivery }{
		{Held, Queued, Queued}, {Queued, Held, Queued}, {Held, Sending, Sending}, {Queued, Sending, Sending}, {Sending, Sent, Sent}, {Sent, Delivered, Delivered}, {Delivered, Read, Read},
		{Read, Delivered, Read}, {Read, Sent, Read}, {Delivered, Sent, Delivered}, {Sent, Sending, Sent},
		{Unconfirmed, Sent, Sent}, {Unconfirmed, Read, Read}, {Failed, Delivered, Delivered}, // a late receipt lifts
		{Sent, Failed, Failed}, {Failed, Sent, Failed}, // a bounce, in either order
		{Delivered, Failed, Delivered}, {Read, Failed, Read}, // it arrived
		{Cancelled, Sent, Cancelled}, {Queued, Cancelled, Cancelled}, {Sent, Cancelled, Sent},
		{Sent, "shipped", Sent}, {"", Sent, Sent},
	} {
		if got := c.from.Advance(c.next); got != c.want {
			t.Errorf("%s, then %s: %s, want %s", c.from, c.next, got, c.want)
		}
	}
}

func TestDeliveryNeverMovesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.SampledFrom(everyState).Draw(t, "from")
		for _, next := range rapid.SliceOf(rapid.SampledFrom(append(everyState, "", "odd"))).Draw(t, "reports") {
			after := state.Advance(next)
			if rank[after] < rank[state] {
				t.Fatalf("%s moved back to %s on %s", state, after, next)
			}
			if state == Cancelled && after != Cancelled {
				t.Fatalf("cancelled became %s", after)
			}
			if after.Advance(next) != after {
				t.Fatalf("%s reported twice moves %s twice", next, state)
			}
			state = after
		}
	})
}

func TestReportsInAnyOrderEndAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := rapid.SliceOf(rapid.SampledFrom(reported)).Draw(t, "reports")
		play := func() Delivery {
			state := Sending
			for _, r := range reports {
				state = state.Advance(r)
			}
			return state
		}
		first := play()
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))).Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		if again := play(); again != first {
			t.Fatalf("%v end in %s, in another order in %s", reports, again, first)
		}
	})
}

func TestLeast(t *testing.T) {
	for _, c := range []struct {
		rows []Delivery
		want Delivery
	}{
		{nil, Queued}, {[]Delivery{Sent}, Sent}, {[]Delivery{Read, Sent, Delivered}, Sent}, {[]Delivery{Read, Queued}, Queued},
		{[]Delivery{Read, Failed, Queued}, Failed}, {[]Delivery{Unconfirmed, Read}, Unconfirmed}, {[]Delivery{Unconfirmed, Queued}, Unconfirmed},
		{[]Delivery{Unconfirmed, Failed}, Failed}, {[]Delivery{Cancelled, Sent}, Cancelled},
	} {
		for range 3 { // in any order of the rows
			if got := Least(c.rows); got != c.want {
				t.Errorf("%v shows %s, want %s", c.rows, got, c.want)
			}
			rand.Shuffle(len(c.rows), func(i, j int) { c.rows[i], c.rows[j] = c.rows[j], c.rows[i] })
		}
	}
	for _, s := range everyState {
		if !s.Valid() || !slices.Contains(everyState, s) {
			t.Errorf("%s is not valid", s)
		}
	}
	if Delivery("odd").Valid() || Delivery("").Valid() {
		t.Error("a state nobody knows is valid")
	}
}
