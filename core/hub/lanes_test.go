package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// poison makes every handling of a peer's messages panic; "" ends it.
func (p *platform) poison(peer canon.RemoteID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sick = peer
}

func TestR09_APoisonMessageNeverStopsALane(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.poison("bad")
		r.send("bad", "poison")
		r.send("good", "hello")
		r.seesText("good", "you said hello")
		eventually(t, "the poison is dead", func() bool { return len(r.letters(store.InboxDead)) == 1 })
		dead := r.letters(store.InboxDead)[0]
		if dead.Tries != 5 || !strings.Contains(dead.Trouble, "poisoned peer") {
			t.Fatalf("tries %d, trouble %.80q", dead.Tries, dead.Trouble)
		}
		r.p.poison("")
		r.send("bad", "and now")
		r.seesText("bad", "you said and now")
		if err := r.scope().Replay(t.Context(), dead.N, canon.ID{}); err != nil {
			t.Fatal(err)
		}
		r.hub.Desk.Wake(r.tenant)
		r.seesText("bad", "you said and now", "you said poison")
	})
}

func TestR09_ALongPoisonedLaneDoesNotStarveOthers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.poison("bad")
		var all []canon.Envelope
		for i := range 400 {
			all = append(all, r.says("bad", fmt.Sprint(i)))
		}
		if code := r.deliver(all...); code != 200 {
			t.Fatal(code)
		}
		r.send("good", "hello")
		r.seesText("good", "you said hello")
		if r.waiting() == 0 {
			t.Fatal("the poisoned lane was done first: the test shows nothing")
		}
		r.p.poison("")
		eventually(t, "the rest of the lane is handled in order", func() bool { return r.waiting() == 0 })
		last := -1
		for _, text := range r.said("bad") {
			var n int
			if _, err := fmt.Sscanf(text, "%d", &n); err == nil {
				if n <= last {
					t.Fatalf("%d after %d", n, last)
				}
				last = n
			}
		}
		if last != 399 {
			t.Fatalf("the last message is %d", last)
		}
	})
}

func TestR07_PlatformOrderCountsWithinOneCallback(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		var all []canon.Envelope
		for _, order := range []int64{3, 1, 2} {
			e := r.says("ann", fmt.Sprint(order))
			e.Order = order
			all = append(all, e)
		}
		plain := r.says("ann", "plain") // no order of its own: stays where it was committed
		r.deliver(append(all, plain)...)
		r.seesText("ann", "you said 1", "you said 2", "you said 3", "you said plain")
		// One that comes long after keeps its place whatever order it claims.
		r.later(time.Minute)
		e := r.says("ann", "late")
		e.Order = 1
		r.deliver(e)
		r.seesText("ann", "you said 1", "you said 2", "you said 3", "you said plain", "you said late")
	})
}

func (r *rig) picture(peer, group, name string) canon.Envelope {
	e := r.event(peer, canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(name), Parts: []canon.Part{
		canon.Media{Kind: canon.MediaImage, Name: name, File: canon.NewID(), MIME: "image/png"}}}})
	e.Group = group
	return e
}

func TestAnAlbumSettlesAndTakesLateMembersIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		parts := func() (messages, parts int) {
			for _, m := range r.messages("ann") {
				if m.From == core.FromCustomer {
					messages++
					parts += len(m.Content.Parts)
				}
			}
			return messages, parts
		}
		// Behind another message of the same moment the album still settles.
		r.deliver(r.says("ann", "look"), r.picture("ann", "g1", "1.png"))
		r.deliver(r.picture("ann", "g1", "2.png"))
		eventually(t, "one message holds the album", func() bool {
			m, p := parts()
			return m == 2 && p == 3
		})
		r.deliver(r.picture("ann", "g1", "3.png"))
		eventually(t, "the late member joined it", func() bool {
			m, p := parts()
			return m == 2 && p == 4
		})
		// Another message ends the waiting at once.
		r.deliver(r.picture("ann", "g2", "4.png"), r.picture("ann", "g2", "5.png"), r.says("ann", "that was all"))
		eventually(t, "the second album is one message", func() bool {
			m, p := parts()
			return m == 4 && p == 7
		})
		if n := r.p.tries("ann", "you said"); n > 6 {
			t.Fatalf("%d answers", n)
		}
	})
}

func TestWhatAPlatformSaysOfEarlierMessages(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "helo")
		r.deliver(e)
		r.seesText("ann", "you said helo")
		target := e.Event.(canon.Posted).Message.RemoteID
		r.deliver(r.event("ann", canon.Edited{Target: target, Message: canon.TextMessage("hello")}))
		eventually(t, "the edit is shown", func() bool {
			m, ok := r.line("ann", "hello")
			return ok && !m.Edited.IsZero()
		})
		answer := r.inState("ann", "you said helo", canon.Sent)
		key := r.p.posts("ann")[0].key
		r.deliver(r.event("ann", canon.Reacted{Target: remoteOf(key), Emoji: "👍"}))
		eventually(t, "the reaction is shown", func() bool {
			m, err := r.scope().Message(t.Context(), answer.ID)
			return err == nil && len(m.Reactions) == 1 && m.Reactions[0].Emoji == "👍"
		})
		r.deliver(r.event("ann", canon.Reacted{Target: remoteOf(key), Emoji: "👍", Removed: true}))
		eventually(t, "and taken off", func() bool {
			m, err := r.scope().Message(t.Context(), answer.ID)
			return err == nil && len(m.Reactions) == 0
		})
		r.deliver(r.event("ann", canon.Revoked{Target: target}))
		eventually(t, "the words are gone", func() bool {
			_, there := r.line("ann", "hello")
			return !there
		})
	})
}

func TestTextsPostgresRefusesAreTakenInAllTheSame(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "nul \x00 in the middle")
		e.From.Name = "A\x00nn"
		m := e.Event.(canon.Posted).Message
		m.RemoteID, m.Subject = "re\x00mote", "sub\x00ject"
		e.Event = canon.Posted{Message: m}
		r.deliver(e)
		eventually(t, "it is answered", func() bool { return len(r.p.posts("ann")) == 1 })
	})
}
