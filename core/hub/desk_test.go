package hub_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// desked is a conn whose platform has a desk of its own.
type desked struct {
	*played
	at *theirs
}

// theirs is that desk: what was asked of it, in order.
type theirs struct {
	mu     sync.Mutex
	asked  []string
	refuse error
}

func (d desked) Take(_ context.Context, key canon.ThreadKey) error {
	return d.at.ask("take " + string(key.Peer))
}
func (d desked) Return(_ context.Context, key canon.ThreadKey) error {
	return d.at.ask("return " + string(key.Peer))
}

func (d *theirs) ask(what string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, what)
	return d.refuse
}

func (d *theirs) heard() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

// TestAnAgentGivesAChatToThePlatformsDesk: nobody here is called to it whatever
// the customer writes, until the desk ends it or an agent takes it back.
func TestAnAgentGivesAChatToThePlatformsDesk(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		desk := &theirs{}
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(p *played) connector.Conn { return desked{p, desk} }
			r.p.tune = func(key canon.ThreadKey, c *connector.Capabilities) {
				if key.Peer != "plain" {
					c.Ops[connector.OpsDesk] = connector.Full
				}
			}
		})
		ada := r.agent("Ada", core.AgentOnline, 9)
		c := r.serves("ann", ada)
		v, err := r.hub.Desk.ToTheirDesk(t.Context(), r.tenant, c.ID, ada, "a matter of the shop's")
		if err != nil {
			t.Fatal(err)
		}
		if v.Owner.Kind != core.StatusQueue || v.Reason.Code != "platform_desk" || v.Reason.Text != "a matter of the shop's" || !v.WaitingSince.IsZero() {
			t.Errorf("it is with %+v for %+v, waiting since %v", v.Owner, v.Reason, v.WaitingSince)
		}
		r.send("ann", "are you there?")
		eventually(t, "the words are in the thread", func() bool { _, ok := r.line("ann", "are you there?"); return ok })
		r.hub.Desk.Drain(r.tenant)
		last := r.serves("bob", ada) // handed out after it
		if v := r.the("ann"); v.Owner.Kind != core.StatusQueue || !v.WaitingSince.IsZero() {
			t.Errorf("somebody is called to what the platform's desk has: %+v since %v", v.Owner, v.WaitingSince)
		}
		told := slices.ContainsFunc(r.messages("ann"), func(m core.Message) bool {
			return m.From == core.FromEvent && m.Sender == ada && m.Event.Owner != nil && m.Event.Owner.Reason.Text == "a matter of the shop's"
		})
		if !told {
			t.Error("the thread does not tell who gave it away, and why")
		}

		// Its people end it: who has not been answered waits for a person here.
		r.deliver(r.event("ann", canon.Session{Kind: canon.SessionEnded, Desk: "desk"}))
		if got := r.owned("ann", core.StatusAgent); got.Owner.ID != ada {
			t.Errorf("it came back to %+v", got.Owner)
		}

		// Given away once more, and taken back by hand.
		if _, err := r.hub.Desk.ToTheirDesk(t.Context(), r.tenant, c.ID, ada, "again"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, ada); err != nil {
			t.Fatal(err)
		}
		if got, want := desk.heard(), []string{"return ann", "return ann", "take ann"}; !slices.Equal(got, want) {
			t.Errorf("the platform was asked %q, not %q", got, want)
		}

		// What it refuses changes nothing here; a channel without a desk says so.
		desk.refuse = &connector.Error{Class: connector.WindowClosed, Code: "ended"}
		var refused *connector.Error
		if _, err := r.hub.Desk.ToTheirDesk(t.Context(), r.tenant, c.ID, ada, "again"); !errors.As(err, &refused) {
			t.Errorf("a refusal is %v", err)
		}
		if v := r.the("ann"); v.Owner.ID != ada {
			t.Errorf("after a refusal it is with %+v", v.Owner)
		}
		plain := r.serves("plain", ada)
		if f, ok := core.AsFault(errOf(r.hub.Desk.ToTheirDesk(t.Context(), r.tenant, plain.ID, ada, "why"))); !ok || f.Code != "no_desk" {
			t.Errorf("without a desk: %+v", f)
		}
		if f, ok := core.AsFault(errOf(r.hub.Desk.ToTheirDesk(t.Context(), r.tenant, r.closed(last, ada), ada, "why"))); !ok || f.Code != "closed" {
			t.Errorf("what is closed: %+v", f)
		}
	})
}

func errOf(_ core.Conversation, err error) error { return err }

// serves is a customer who wrote and is given to an agent.
func (r *rig) serves(peer string, agent canon.ID) core.Conversation {
	r.t.Helper()
	r.send(peer, "human")
	c := r.owned(peer, core.StatusAgent)
	if c.Owner.ID != agent {
		r.t.Fatalf("%s is with %+v", peer, c.Owner)
	}
	return c
}

func (r *rig) closed(c core.Conversation, by canon.ID) canon.ID {
	r.t.Helper()
	if _, err := r.hub.Desk.Close(r.t.Context(), r.tenant, c.ID, by); err != nil {
		r.t.Fatal(err)
	}
	return c.ID
}
