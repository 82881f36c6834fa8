package hub_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// ticketed makes the platform one that gives a ticket with every message.
func ticketed(r *rig) {
	r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) { c.Tickets, c.MixMedia = true, true }
	r.act = func(_ context.Context, t orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
		var a orchestrate.Answer
		for _, line := range strings.Fields(t.Text) {
			a.Messages = append(a.Messages, canon.TextMessage("re "+line))
		}
		return a, nil
	}
}

// sendWith is a message of the customer with a ticket of the given words.
func (r *rig) sendWith(peer, text, ticket string, life time.Duration) {
	r.t.Helper()
	e := r.says(peer, text)
	e.Ticket = &canon.Ticket{Opaque: []byte(ticket), Expires: time.Now().Add(life).UTC(), Calls: 1, Parts: 5}
	if code := r.deliver(e); code != 200 {
		r.t.Fatalf("callback answered %d", code)
	}
}

// outs are the calls to a peer: by which ticket, and how many parts.
func (r *rig) outs(peer string) []string {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	var out []string
	for _, c := range r.p.calls {
		if c.Thread.Peer != canon.RemoteID(peer) {
			continue
		}
		by := "-"
		if c.Ticket != nil {
			by = string(c.Ticket.Opaque)
		}
		out = append(out, fmt.Sprintf("%s %s", by, strings.ReplaceAll(c.Message.Fallback(), "\n", "+")))
	}
	return out
}

func (r *rig) went(peer string, want ...string) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("calls %q, were %q", want, r.outs(peer)), func() bool { return slices.Equal(r.outs(peer), want) })
}

func TestATicketCarriesWhatIsSaidTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", ticketed)
		r.sendWith("ann", "a b c", "ticket-canary-1", time.Minute)
		r.went("ann", "ticket-canary-1 re a+re b+re c")
		for _, text := range []string{"re a", "re b", "re c"} {
			r.inState("ann", text, canon.Sent)
		}
		// It is used up: what comes after goes without.
		r.send("ann", "d")
		r.went("ann", "ticket-canary-1 re a+re b+re c", "- re d")
		// One that is over is not tried.
		r.sendWith("ann", "e", "ticket-canary-2", -time.Second)
		r.went("ann", "ticket-canary-1 re a+re b+re c", "- re d", "- re e")
	})
}

func TestOfTwoTicketsTheOneThatEndsFirstIsUsed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", ticketed)
		c, lin := r.serving("bob")
		r.sendWith("bob", "x", "late", time.Hour)
		r.sendWith("bob", "y", "soon", time.Minute)
		eventually(t, "both messages are handled", func() bool { return r.waiting() == 0 })
		before := len(r.outs("bob"))
		for _, text := range []string{"one", "two", "three"} {
			r.post(c.ID, lin, text)
			r.inState("bob", text, canon.Sent)
		}
		if got := r.outs("bob")[before:]; !slices.Equal(got, []string{"soon one", "late two", "- three"}) {
			t.Errorf("calls %q", got)
		}
	})
}

func TestMoreThanATicketTakesGoesWithoutIt(t *testing.T) {
	r := newRigWith(t, "sqlite", "acted", ticketed)
	r.sendWith("ann", "a b c d e f g", "t", time.Minute)
	r.went("ann", "t re a+re b+re c+re d+re e", "- re f", "- re g")
}

func TestATicketsWordsAreSealed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) { ticketed(r); r.p.bare = true })
		r.sendWith("ann", "a", "ticket-canary-7", time.Minute)
		r.went("ann", "ticket-canary-7 re a")
		r.inState("ann", "re a", canon.Sent)
		r.nowhereStored("ticket-canary-7")
		r.nowhereStored(base64.StdEncoding.EncodeToString([]byte("ticket-canary-7")))
	})
}

func TestASpentTicketIsFollowedByACallWithout(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", ticketed)
		r.p.fail = []error{&connector.Error{Class: connector.Transient, Code: "invalid_ticket", TicketSpent: true}}
		r.sendWith("ann", "a b", "t", time.Minute)
		r.went("ann", "t re a+re b", "- re a", "- re b")
		r.inState("ann", "re b", canon.Sent)
	})
}

func TestADoubtfulTicketIsTriedOnceMoreAndNeverFollowedByACallWithout(t *testing.T) {
	unsure := &connector.Error{Class: connector.Uncertain, Code: "cut"}
	spent := &connector.Error{Class: connector.Transient, Code: "invalid_ticket", TicketSpent: true}
	for name, c := range map[string]struct {
		fail  []error
		state canon.Delivery
	}{
		"it had not arrived":  {[]error{unsure}, canon.Sent},
		"it may have arrived": {[]error{unsure, spent}, canon.Unconfirmed},
		"in doubt again":      {[]error{unsure, unsure}, canon.Unconfirmed},
		"then no connection":  {[]error{unsure, &connector.Error{Class: connector.Transient}, spent}, canon.Unconfirmed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, "sqlite", "acted", ticketed)
			r.p.fail = c.fail
			r.sendWith("ann", "a b", "t", time.Minute)
			r.inState("ann", "re a", c.state)
			r.inState("ann", "re b", c.state)
			for _, out := range r.outs("ann") {
				if out != "t re a+re b" {
					t.Errorf("%q was tried", out)
				}
			}
		})
	}
}

func TestWhatIsRefusedTogetherIsSentApart(t *testing.T) {
	r := newRigWith(t, "sqlite", "acted", ticketed)
	r.p.on = func(q connector.Request) error {
		if strings.Contains(q.Message.Fallback(), "bad") {
			return &connector.Error{Class: connector.Invalid, Code: "refused"}
		}
		return nil
	}
	r.sendWith("ann", "bad good", "t", time.Minute)
	r.inState("ann", "re bad", canon.Failed)
	r.inState("ann", "re good", canon.Sent)
	r.went("ann", "t re bad+re good", "t re bad", "- re good")
}

func TestACrashWithATicketInFlightDoublesNothing(t *testing.T) {
	for name, again := range map[string]error{
		"the ticket was used": &connector.Error{Class: connector.Transient, Code: "invalid_ticket", TicketSpent: true},
		"the ticket is good":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				r := newRigWith(t, url, "acted", ticketed)
				arrived, hold := make(chan bool), make(chan bool)
				r.p.when(func(connector.Request) error {
					arrived <- true
					<-hold
					return errors.New("the process is gone")
				})
				r.sendWith("ann", "a b", "t", time.Minute)
				<-arrived
				r.p.when(func(connector.Request) error { return again })
				r.crash()
				close(hold)
				want := canon.Sent
				if again != nil {
					want = canon.Unconfirmed
				}
				r.inState("ann", "re a", want)
				r.inState("ann", "re b", want)
				r.went("ann", "t re a+re b", "t re a+re b")
			})
		})
	}
}
