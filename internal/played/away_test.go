package played_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
	"parley/internal/testenv"
)

// An agent's network is cut at any moment for up to two minutes, over and over,
// while the others go on. Each time the client takes itself for current again,
// what it holds is what the hub answers whoever asks anew, byte for byte.
func TestR16_AfterEveryLossTheClientHoldsWhatTheHubHolds(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			losses := 4
			if testenv.Long() {
				losses = 500
			}
			address := database
			if database == "postgres" {
				address = testenv.Postgres(t)
			}
			newAway(t, address).goes(losses)
		})
	}
}

// away is the rig: two clients, one of somebody who sees all and one of somebody
// who does not, and an office.
type away struct {
	t      *testing.T
	h      *played.Hub
	clock  *played.Clock
	chance *rand.Rand
	*office
	clients []*client
	beyond  int // losses during which the feed forgot what happened
}

func newAway(t *testing.T, database string) *away {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("PARLEY_TEST_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("PARLEY_TEST_SEED: %v", err)
		}
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	clock := &played.Clock{}
	platform, err := fake.New(secret, fake.WithoutLog(), fake.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	h := played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}, API: true, Database: database, Clock: clock.Now})
	a := &away{t: t, h: h, clock: clock, chance: rand.New(rand.NewPCG(seed, 16))}
	a.office = newOffice(t, h, platform, a.chance)
	ann := a.hires("Ann", "ann@example.com", "supervisor")
	lee := a.hires("Lee", "lee@example.com", "limited", a.teams[0])
	for range 2 * customers {
		a.writes()
	}
	a.clients = []*client{signIn(t, h, "Ann", "ann@example.com", ann), signIn(t, h, "Lee", "lee@example.com", lee)}
	for _, c := range a.clients {
		if err := c.answer(nil); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// goes lets the lines be cut so many times.
func (a *away) goes(losses int) {
	a.t.Helper()
	a.office.looks()
	for _, c := range a.clients {
		a.turns(c)
	}
	a.same("before the first loss")
	start, sum := time.Now(), 0
	for round := 1; sum < losses; round++ {
		a.round()
		sum = 0
		for _, c := range a.clients {
			sum += c.cable.cuts
		}
		a.same(fmt.Sprintf("round %d, after %d losses", round, sum))
	}
	a.t.Logf("%d losses of network in %s, %d of them beyond what the feed remembers; meanwhile: %v", sum, time.Since(start).Round(time.Second), a.beyond, a.did)
}

// turns lets a client look at other things.
func (a *away) turns(c *client) {
	a.t.Helper()
	o := a.office
	lists := []order{
		{"status": []string{"open"}, "sort": "newest"},
		{"status": []string{"agent"}, "owner": []string{"me"}, "sort": "newest"},
		{"status": []string{"queue"}, "sort": "waiting"},
		{"status": []string{"bot"}, "sort": "newest"},
		{"status": []string{"closed"}, "sort": "newest"},
		{"status": []string{"snoozed"}, "owner": []string{"me"}, "sort": "newest"},
		{"status": []string{"open"}, "sort": "priority"},
		{"status": []string{"open"}, "tag": []canon.ID{o.tags[0]}, "sort": "newest"},
		{"status": []string{"open"}, "team": []canon.ID{o.teams[0]}, "sort": "newest"},
	}
	a.chance.Shuffle(len(lists), func(i, j int) { lists[i], lists[j] = lists[j], lists[i] })
	talks, people := []canon.ID{}, []canon.ID{}
	for range 1 + a.chance.IntN(2) {
		talk := one(o, o.talks)
		if len(talks) == 0 || talks[0] != talk.ID {
			talks = append(talks, talk.ID)
		}
		if len(people) == 0 || people[0] != talk.Contact {
			people = append(people, talk.Contact)
		}
	}
	c.does(order{"do": "show", "lists": lists[:2+a.chance.IntN(3)], "conversations": talks, "contacts": people, "book": a.chance.IntN(3) == 0 && c.name == "Ann"}, nil)
}

// round is what happens around one loss of each client, or of one.
func (a *away) round() {
	a.t.Helper()
	a.office.looks()
	// Mostly little happens; now and then more than the feed tells in one answer.
	events := a.chance.IntN(25)
	if a.chance.IntN(25) == 0 {
		events = 250 + a.chance.IntN(200)
	}
	victims := a.clients
	if n := a.chance.IntN(4); n < 2 {
		victims = a.clients[n : n+1]
	}
	for _, c := range victims {
		if a.chance.IntN(3) == 0 {
			a.turns(c) // and is cut while it asks
		}
		if a.chance.IntN(3) == 0 {
			c.does(order{"do": "further", "nth": a.chance.IntN(10)}, nil)
		}
		how := []cableState{refuses, silent}[a.chance.IntN(2)]
		if a.chance.IntN(2) == 0 {
			c.cable.cutAfter(1+a.chance.IntN(30_000), how)
			continue
		}
		for range a.chance.IntN(4) {
			a.happens()
		}
		c.cable.cut(how)
		if how == refuses && a.chance.IntN(4) == 0 {
			c.does(order{"do": "tell", "event": "offline"}, nil)
			c.told = true
		}
	}
	span := time.Duration(a.chance.Int64N(int64(2 * time.Minute)))
	var waits []func()
	for i := range events {
		a.happens()
		if i == events/2 {
			waits = a.pass(victims, span)
		}
	}
	if waits == nil {
		waits = a.pass(victims, span)
	}
	for _, done := range waits {
		done()
	}
	for _, c := range victims {
		if a.chance.IntN(3) == 0 {
			a.speaks(c)
		}
	}
	if a.chance.IntN(12) == 0 {
		a.forgets()
	}
	for _, c := range victims {
		if !c.cable.isCut() { // too little was said for it to break by itself
			c.cable.cut(refuses)
		}
		c.cable.mend(a.chance.IntN(2) == 0)
		if a.chance.IntN(4) == 0 { // for a moment only
			c.cable.cutAfter(1+a.chance.IntN(20_000), refuses)
		}
		if c.told || a.chance.IntN(4) == 0 { // a browser that said it is offline says when it is not
			c.does(order{"do": "tell", "event": "online"}, nil)
			c.told = false
		}
	}
	for range a.chance.IntN(10) {
		a.happens()
	}
	for _, c := range victims {
		if a.chance.IntN(3) == 0 {
			a.speaks(c)
		}
		c.cable.mend(true)
	}
}

// pass lets the hub and the clients grow older.
func (a *away) pass(clients []*client, span time.Duration) (waits []func()) {
	a.t.Helper()
	a.clock.Pass(span)
	for _, c := range clients {
		waits = append(waits, c.begins(order{"do": "pass", "millis": span.Milliseconds()}))
	}
	return waits
}

// speaks has the client's own agent do something, connected or not.
func (a *away) speaks(c *client) {
	a.t.Helper()
	talk := one(a.office, a.talks).ID
	switch a.chance.IntN(3) {
	case 0:
		c.does(order{"do": "act", "conversation": talk, "act": []string{"take", "close", "read"}[a.chance.IntN(3)]}, nil)
	default:
		c.does(order{"do": "say", "conversation": talk, "text": "我来回答"}, nil)
	}
}

// forgets lets go of all the feed has.
func (a *away) forgets() {
	a.t.Helper()
	a.beyond++
	for {
		n, err := a.h.Store.For(a.h.Tenant).PruneFeed(a.t.Context(), a.h.Store.Now().Add(time.Hour), 200)
		if err != nil {
			a.t.Fatal(err)
		}
		if n < 200 {
			return
		}
	}
}

// rests waits until nothing is under way in the hub and returns the number of
// its last entry.
func (a *away) rests() (last int64) {
	a.t.Helper()
	scope := a.h.Store.For(a.h.Tenant)
	a.h.Until("nothing is under way in the hub", func() bool {
		lag, err := scope.Lag(a.t.Context())
		if err != nil {
			a.t.Fatal(err)
		}
		if last, _, err = scope.FeedSeq(a.t.Context()); err != nil {
			a.t.Fatal(err)
		}
		return lag.Inbox.IsZero() && lag.Outbox.IsZero() && lag.Feed.IsZero()
	})
	return last
}

// same waits until the clients take themselves for current and compares them
// with what the hub answers now.
func (a *away) same(when string) {
	a.t.Helper()
	for _, c := range a.clients {
		c.cable.mend(true)
	}
	var wrong []string
	for range 20 {
		last := a.rests()
		if a.settles(last); a.rests() != last {
			continue // what the client itself did is told by now
		}
		wrong = nil
		for _, c := range a.clients {
			wrong = append(wrong, a.compares(c)...)
		}
		if a.rests() == last { // or something happened while one compared
			break
		}
	}
	if len(wrong) > 0 {
		a.t.Fatalf("%s:\n%s", when, strings.Join(wrong[:min(len(wrong), 6)], "\n"))
	}
}

// settles waits until each client says that it is current.
func (a *away) settles(last int64) {
	a.t.Helper()
	for _, c := range a.clients {
		var why string
		if c.does(order{"do": "settle", "seq": last}, &why); why != "" {
			a.t.Fatalf("%s is %s: %s", c.name, why, c.err)
		}
	}
}

func (a *away) compares(c *client) (wrong []string) {
	a.t.Helper()
	var got struct {
		Held, Size int
		Differ     []struct{ Key, Held, Hub string }
	}
	c.does(order{"do": "compare"}, &got)
	for _, d := range got.Differ {
		held, hub := around(d.Held, d.Hub)
		wrong = append(wrong, fmt.Sprintf("%s holds of %s\n\t%s\nand the hub\n\t%s", c.name, d.Key, held, hub))
	}
	if got.Held < 10 {
		wrong = append(wrong, fmt.Sprintf("%s holds %d answers only", c.name, got.Held))
	}
	return wrong
}

// around shows two texts from a little before they part.
func around(a, b string) (string, string) {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	cut := func(s string) string { return s[max(0, min(at-200, len(s))):min(len(s), at+1500)] }
	return cut(a), cut(b)
}
