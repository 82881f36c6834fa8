package hub_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
)

// followed is a follower that reads in a goroutine of its own.
func (r *rig) followed(t *testing.T) (items <-chan *feed.Item, stop func()) {
	f, _ := r.hub.Feed.Follow(r.tenant, -1)
	out, quit := make(chan *feed.Item, 100_000), make(chan struct{})
	go func() {
		defer close(out)
		for {
			select {
			case <-quit:
				return
			case _, open := <-f.Wake():
				if !open {
					return
				}
			}
			for _, item := range taken(t, f) {
				out <- item
			}
		}
	}()
	return out, sync.OnceFunc(func() { f.Stop(); close(quit) })
}

// taken is all that a follower may take now.
func taken(t *testing.T, f *feed.Follower) (all []*feed.Item) {
	var some [7]*feed.Item
	for {
		n, missed := f.Take(some[:])
		if missed {
			t.Error("a follower that reads missed something")
		}
		if n == 0 {
			return all
		}
		all = append(all, some[:n]...)
	}
}

// read reads by Since to the end, holding that nothing is missing.
func (r *rig) read(t *testing.T, since int64) int64 {
	t.Helper()
	for {
		all, _, resync, err := r.hub.Feed.Since(t.Context(), r.tenant, since, 100)
		if err != nil || resync {
			t.Fatal(err, resync)
		}
		for _, item := range all {
			if item.Entry.Seq != since+1 {
				t.Fatalf("entry %d after %d", item.Entry.Seq, since)
			}
			since = item.Entry.Seq
		}
		if len(all) < 100 {
			return since
		}
	}
}

// follow reads what follows until a number, holding that nothing is missing.
func follow(t *testing.T, items <-chan *feed.Item, after, until int64) {
	t.Helper()
	for after < until {
		select {
		case item, open := <-items:
			if !open {
				t.Fatalf("ended at %d of %d", after, until)
			}
			if item.Entry == nil || item.Entry.Seq <= after {
				continue
			}
			if item.Entry.Seq != after+1 {
				t.Fatalf("entry %d after %d", item.Entry.Seq, after)
			}
			after = item.Entry.Seq
		case <-time.After(20 * time.Second):
			t.Fatalf("only %d of %d within 20 s", after, until)
		}
	}
}

func TestR16_FollowingAndThenReadingMissesNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		for round := range 8 {
			var busy sync.WaitGroup
			for i := range 10 {
				busy.Add(1)
				go func() {
					defer busy.Done()
					r.send(fmt.Sprintf("p%d-%d", round, i), "hello")
				}()
			}
			// Join in the middle of it, read what was, go on with what comes.
			items, stop := r.followed(t)
			since := r.read(t, 0)
			busy.Wait()
			eventually(t, "all is answered", func() bool { return r.waiting() == 0 })
			_, last, _, err := r.hub.Feed.Since(t.Context(), r.tenant, since, 1)
			if err != nil {
				t.Fatal(err)
			}
			follow(t, items, since, last)
			stop()
		}
	})
}

func TestR16_AFollowerFromTheFutureIsToldToResync(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		_, last, resync, err := r.hub.Feed.Since(t.Context(), r.tenant, 1_000_000, 10)
		if err != nil || !resync || last == 0 {
			t.Fatal(last, resync, err)
		}
		if all, _, resync, err := r.hub.Feed.Since(t.Context(), r.tenant, last, 10); err != nil || resync {
			t.Fatal(len(all), resync, err)
		}
	})
}

// What is older than the feed remembers is forgotten, slice by slice and without
// a gap; who comes back from before it is told to load everything anew.
func TestR16_TheFeedForgetsWhatIsOld(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) { r.keepFeed = 14 * 24 * time.Hour })
		for i := range 70 {
			r.send(fmt.Sprintf("early%d", i), "hello")
		}
		eventually(t, "all is answered", func() bool { return r.waiting() == 0 })
		old := r.read(t, 0)
		if old < 250 {
			t.Fatalf("%d entries are too few to be forgotten in slices", old)
		}
		r.later(13 * 24 * time.Hour)
		since := r.store.Now()
		r.send("late", "hello")
		r.seesText("late", "you said hello")
		r.inState("late", "you said hello", canon.Sent)
		last := r.read(t, old)
		if _, oldest, err := r.scope().FeedSeq(t.Context()); err != nil || oldest != 1 {
			t.Fatalf("after 13 days the feed begins at %d: %v", oldest, err)
		}
		r.later(36 * time.Hour)
		var oldest int64
		eventually(t, "what is 14 days old is forgotten", func() bool {
			var err error
			if _, oldest, err = r.scope().FeedSeq(t.Context()); err != nil || oldest <= old {
				return false
			}
			items, err := r.scope().FeedSince(t.Context(), oldest-1, 1)
			return err == nil && len(items) == 1 && !items[0].At.Before(since)
		})
		for _, n := range []int64{0, 1, old - 1, oldest - 2} {
			if items, now, resync, err := r.hub.Feed.Since(t.Context(), r.tenant, n, 10); err != nil || !resync || len(items) > 0 || now < last {
				t.Errorf("from %d: %d entries to %d, resync %v, %v", n, len(items), now, resync, err)
			}
		}
		items, _, resync, err := r.hub.Feed.Since(t.Context(), r.tenant, oldest-1, 10)
		if err != nil || resync || len(items) == 0 || items[0].Entry.Seq != oldest {
			t.Errorf("who has all that was forgotten is told %d, resync %v, %v", len(items), resync, err)
		}
	})
}

// A follower that joins where it left is given what happened meanwhile from
// what is kept, and told to read it when that does not reach back.
func TestR16_AFollowerGoesOnWhereItLeft(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		first := r.read(t, 0)
		items, stop := r.followed(t) // keeps what happens in memory
		defer stop()
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		r.inState("ann", "you said hello", canon.Sent)
		eventually(t, "all is told", func() bool {
			_, last, _, err := r.hub.Feed.Since(t.Context(), r.tenant, first, 1)
			return err == nil && r.waiting() == 0 && len(items) == int(last-first)
		})
		last := r.read(t, 0)
		for after := first; after <= last; after++ {
			f, whole := r.hub.Feed.Follow(r.tenant, after)
			if !whole {
				t.Fatalf("nothing is kept after %d of %d", after, last)
			}
			all := taken(t, f)
			if len(all) != int(last-after) || len(all) > 0 && all[0].Entry.Seq != after+1 {
				t.Fatalf("%d entries after %d of %d", len(all), after, last)
			}
			f.Stop()
		}
		stop()
		if f, whole := r.hub.Feed.Follow(r.tenant, first); whole || len(taken(t, f)) > 0 {
			t.Fatal("what nobody followed is kept")
		}
	})
}

func TestR14_ASlowFollowerCostsNothingAndMissesNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		slow, _ := r.hub.Feed.Follow(r.tenant, 0)
		defer slow.Stop()
		quick, stop := r.followed(t)
		defer stop()
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		// More than is kept passes by, in bursts that one who reads keeps up with.
		signals := 0
		for signals <= feed.KeepItems {
			for range 100 {
				r.hub.Feed.Pass(r.tenant, feed.Passing{Signal: canon.Typing{On: true}})
				signals++
			}
			for n := 0; n < 100; {
				select {
				case item := <-quick:
					if item.Signal != nil {
						n++
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("the quick one was given %d of 100", n)
				}
			}
		}
		var some [10]*feed.Item
		if n, missed := slow.Take(some[:]); n != 0 || !missed {
			t.Fatalf("the slow one is given %d, missed: %v", n, missed)
		}
		since := r.read(t, 0)
		r.send("ann", "more")
		r.seesText("ann", "you said hello", "you said more")
		end := r.read(t, since)
		eventually(t, "the slow one goes on where it read to", func() bool {
			for _, item := range taken(t, slow) {
				if item.Entry != nil && item.Entry.Seq > since {
					if item.Entry.Seq != since+1 {
						t.Fatalf("entry %d after %d", item.Entry.Seq, since)
					}
					since = item.Entry.Seq
				}
			}
			return since >= end
		})
	})
}

func TestAWatchWakesForItsThreadAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		var ann, bob, typing atomic.Int64
		key := func(peer string) canon.ThreadKey { return canon.ThreadKey{Account: "main", Peer: canon.RemoteID(peer)} }
		// A visitor watches before their first message is stored.
		stop := r.hub.Feed.Watch(r.tenant, r.account, key("ann"), func(n connector.Notice) {
			if n.Changed {
				ann.Add(1)
			} else if n.Signal != nil {
				typing.Add(1)
			}
		})
		defer stop()
		defer r.hub.Feed.Watch(r.tenant, r.account, key("bob"), func(connector.Notice) { bob.Add(1) })()
		r.send("ann", "human")
		eventually(t, "ann's page is woken", func() bool { return ann.Load() > 0 })
		c := r.owned("ann", core.StatusQueue)
		lin := r.agent("Lin", core.AgentAway, 3)
		if err := r.hub.Desk.Typing(t.Context(), r.tenant, c.ID, lin, true); err != nil {
			t.Fatal(err)
		}
		eventually(t, "she sees Lin typing", func() bool { return typing.Load() == 1 })
		stop()
		before := ann.Load()
		r.send("bob", "hello")
		eventually(t, "bob's page is woken", func() bool { return bob.Load() > 0 })
		r.send("ann", "more")
		r.send("bob", "more")
		now := bob.Load()
		eventually(t, "bob's page is woken again", func() bool { return bob.Load() > now })
		if ann.Load() != before {
			t.Fatal("a watch that ended was woken")
		}
	})
}

func TestU05_WhatIsTypedPassesAndIsStoredNowhere(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		items, stop := r.followed(t)
		defer stop()
		key := canon.ThreadKey{Account: "main", Peer: "ann"}
		r.hub.Desk.Signalled(t.Context(), r.tenant, r.account, key, canon.Typing{On: true, Text: "unsaid words"})
		r.settings(func(v *core.Tenant) { v.Settings.LiveTyping = false })
		r.hub.Desk.Signalled(t.Context(), r.tenant, r.account, key, canon.Typing{On: true, Text: "unsaid words"})
		var got []string
		for len(got) < 2 {
			select {
			case item := <-items:
				if item.Signal != nil {
					got = append(got, item.Signal.Signal.(canon.Typing).Text)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("passed: %q", got)
			}
		}
		if got[0] != "unsaid words" || got[1] != "" {
			t.Fatalf("passed: %q", got)
		}
		r.nowhereStored("unsaid words")
	})
}

// A draft stands until it is emptied, sent or old; a message that was written
// before it, and comes later than its signal, does not end it.
func TestU05_ADraftIsEndedByItsOwnMessageAlone(t *testing.T) {
	r := newRig(t, "sqlite", true)
	r.send("ann", "hello")
	r.seesText("ann", "you said hello")
	conversation := r.the("ann").ID
	items, stop := r.followed(t)
	defer stop()
	types := func(text string) {
		key := canon.ThreadKey{Account: "main", Peer: "ann"}
		r.hub.Desk.Signalled(t.Context(), r.tenant, r.account, key, canon.Typing{On: text != "", Text: text})
	}
	stands := func() string {
		p, ok := r.hub.Feed.Typing(r.tenant, conversation)
		if !ok {
			return ""
		}
		return p.Signal.(canon.Typing).Text
	}
	// shown is what a screen that only listens holds once a message is on it.
	shown := ""
	until := func(words string) {
		t.Helper()
		for {
			select {
			case item := <-items:
				if item.Signal != nil && item.Signal.Sender.Kind == "customer" {
					shown = item.Signal.Signal.(canon.Typing).Text
				}
				if item.Message != nil && item.Message.Content.Plain() == words {
					return
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("%q does not come", words)
			}
		}
	}
	types("is it in")
	r.send("ann", "an earlier question")
	until("you said an earlier question")
	if shown != "is it in" || stands() != "is it in" {
		t.Errorf("an earlier message ended the draft: shown %q, stands %q", shown, stands())
	}
	r.send("ann", "is it in stock?") // the last keys passed unheard
	until("you said is it in stock?")
	if shown != "" || stands() != "" {
		t.Errorf("sent, the draft is still shown %q, stands %q", shown, stands())
	}
	types("another")
	types("")
	if stands() != "" {
		t.Errorf("an emptied box is kept: %q", stands())
	}
	types("left alone")
	r.later(59 * time.Second)
	if stands() != "left alone" {
		t.Error("a draft is forgotten within the minute")
	}
	r.later(2 * time.Second)
	if stands() != "" {
		t.Errorf("an old draft is kept: %q", stands())
	}
	r.nowhereStored("left alone")
}
