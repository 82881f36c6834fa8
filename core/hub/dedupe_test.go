package hub_test

import (
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

func TestTheSameKeyWithOtherContentIsKeptAndFlaggedOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		first := r.says("ann", "hello")
		other := first
		m := canon.TextMessage("goodbye")
		m.RemoteID = "in-other"
		other.Event = canon.Posted{Message: m}
		for _, e := range []canon.Envelope{first, first, other, other, first} {
			if code := r.deliver(e); code != 200 {
				t.Fatal(code)
			}
		}
		r.seesText("ann", "you said hello", "you said goodbye")
		all, err := r.scope().Callbacks(t.Context(), r.link, 0, 10)
		if err != nil || len(all) != 2 || all[1].Trouble != "" || all[0].Trouble == "" {
			t.Fatalf("stored callbacks: %+v %v", all, err)
		}
	})
}

func TestASameKeyInOneCallbackIsOneMessage(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "hello")
		if code := r.deliver(e, e, r.says("ann", "more"), e); code != 200 {
			t.Fatal(code)
		}
		r.seesText("ann", "you said hello", "you said more")
	})
}

func TestAnUnroutedMessageIsLinkedAndHandledOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "hello")
		e.Account, e.Thread.Account = "other", "other"
		if code := r.deliver(e); code != 200 {
			t.Fatal(code)
		}
		letters := r.letters(store.InboxUnrouted)
		if len(letters) != 1 || len(r.conversations()) != 0 {
			t.Fatalf("%d unrouted, %d conversations", len(letters), len(r.conversations()))
		}
		if err := r.scope().Replay(t.Context(), letters[0].N, canon.ID{}); err == nil {
			t.Fatal("replayed without an account")
		}
		acct := core.Account{ID: canon.NewID(), Link: r.link, Kind: "played", Name: "Other", RemoteID: "other", Bot: r.bot}
		r.write(func(tx *store.Tx) error {
			_, _, err := tx.AddAccount(t.Context(), acct, canon.ID{})
			return err
		})
		if err := r.hub.Reload(t.Context(), r.tenant, r.link); err != nil {
			t.Fatal(err)
		}
		if err := r.scope().Replay(t.Context(), letters[0].N, acct.ID); err != nil {
			t.Fatal(err)
		}
		// The platform tells the same event once more, now that it is linked.
		if code := r.deliver(e); code != 200 {
			t.Fatal(code)
		}
		r.hub.Desk.Wake(r.tenant)
		next := r.says("ann", "and this")
		next.Account, next.Thread.Account = "other", "other"
		r.deliver(next)
		r.seesText("ann", "you said hello", "you said and this")
	})
}

func TestALinkedRepeatIsNotHandledAgainByReplay(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "hello")
		e.Account, e.Thread.Account = "other", "other"
		r.deliver(e)
		acct := core.Account{ID: canon.NewID(), Link: r.link, Kind: "played", Name: "Other", RemoteID: "other", Bot: r.bot}
		r.write(func(tx *store.Tx) error {
			_, _, err := tx.AddAccount(t.Context(), acct, canon.ID{})
			return err
		})
		if err := r.hub.Reload(t.Context(), r.tenant, r.link); err != nil {
			t.Fatal(err)
		}
		r.deliver(e) // the repeat comes before anybody replayed the first
		r.seesText("ann", "you said hello")
		if err := r.scope().Replay(t.Context(), r.letters(store.InboxUnrouted)[0].N, acct.ID); err != nil {
			t.Fatal(err)
		}
		next := r.says("ann", "and this")
		next.Account, next.Thread.Account = "other", "other"
		r.deliver(next)
		r.seesText("ann", "you said hello", "you said and this")
	})
}

func (r *rig) block(contact canon.ID, expires time.Time) core.Block {
	r.t.Helper()
	var b core.Block
	r.write(func(tx *store.Tx) (err error) {
		b, err = tx.SaveBlock(r.t.Context(), core.Block{Kind: core.BlockContact, Contact: contact, Reason: "spam", Expires: expires})
		return err
	})
	r.hub.Changed(r.tenant)
	return b
}

func TestABlockedContactIsKeptButNeverShownOrAnswered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		before := r.the("ann")
		shown := len(r.messages("ann"))
		first := r.messages("ann")[1].Content.RemoteID
		b := r.block(before.Contact, r.store.Now().Add(time.Hour))
		r.send("ann", "buy this")
		for _, ev := range []canon.Event{
			canon.Edited{Target: first, Message: canon.TextMessage("buy that")},
			canon.Membership{Kind: canon.MemberLeft}, canon.Unknown{Name: "story"},
		} {
			if code := r.deliver(r.event("ann", ev)); code != 200 {
				t.Fatal(code)
			}
		}
		eventually(t, "all is stored as blocked", func() bool { return len(r.letters(store.InboxBlocked)) == 4 })
		if n := len(r.messages("ann")); n != shown {
			t.Fatalf("%d lines, %d before the block", n, shown)
		}
		if _, ok := r.line("ann", "buy that"); ok {
			t.Fatal("a blocked contact's edit is shown")
		}
		eventually(t, "it is counted", func() bool {
			got, err := r.scope().Block(t.Context(), b.ID)
			return err == nil && got.Hits == 4
		})
		// When the block ends by itself they are heard again.
		r.later(2 * time.Hour)
		r.hub.Books.Forget(r.tenant)
		r.send("ann", "sorry")
		r.seesText("ann", "you said hello", "you said sorry")
	})
}

func TestTheLongestOfSeveralBlocksCounts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		contact := r.the("ann").Contact
		r.block(contact, time.Time{})
		r.block(contact, r.store.Now().Add(time.Minute))
		r.later(time.Hour)
		r.hub.Books.Forget(r.tenant)
		r.send("ann", "still me")
		eventually(t, "it is blocked", func() bool { return len(r.letters(store.InboxBlocked)) == 1 })
	})
}
