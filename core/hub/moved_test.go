package hub_test

import (
	"testing"

	"parley/core"
	"parley/core/canon"
)

// TestGroupGoesOnUnderAnotherID: what is written after a platform gave a group
// another id continues its conversation, and answers go there.
func TestGroupGoesOnUnderAnotherID(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("g-1", "before")
		r.seesText("g-1", "you said before")
		before := r.the("g-1")
		r.deliver(r.event("g-1", canon.Membership{Kind: canon.MemberMoved, Member: canon.Peer{ID: "g-2"}}))
		eventually(t, "the thread has the new id", func() bool {
			_, found := r.find("g-2")
			return found
		})
		r.send("g-2", "after")
		r.seesText("g-2", "you said after")
		if after := r.the("g-2"); after.ID != before.ID || after.Contact != before.Contact {
			t.Errorf("another conversation: %s of %s, before %s of %s", after.ID, after.Contact, before.ID, before.Contact)
		}
		if _, found := r.find("g-1"); found {
			t.Error("the old id still names somebody")
		}
		// A second group that moves to an id already in use stays where it is.
		r.send("g-3", "another")
		r.deliver(r.event("g-3", canon.Membership{Kind: canon.MemberMoved, Member: canon.Peer{ID: "g-2"}}))
		r.send("g-3", "still here")
		r.seesText("g-3", "you said another", "you said still here")
	})
}

// TestWhoOfAGroupSpeaks: each line of a group has the name of its speaker.
func TestWhoOfAGroupSpeaks(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		for _, name := range []string{"Tom", "Ann", "Tom"} {
			e := r.says("g-1", "I am "+name)
			e.From = canon.Peer{ID: canon.RemoteID("u-" + name), Name: name}
			r.deliver(e)
		}
		eventually(t, "all are heard", func() bool { return len(r.said("g-1")) >= 3 })
		for _, m := range r.messages("g-1") {
			if text := m.Content.Plain(); m.From == core.FromCustomer && text != "I am "+m.Name {
				t.Errorf("%q says %q", m.Name, text)
			}
		}
	})
}
