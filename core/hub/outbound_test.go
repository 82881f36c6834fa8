package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

// serving returns a conversation an agent has.
func (r *rig) serving(peer string) (core.Conversation, canon.ID) {
	r.t.Helper()
	lin := r.agent("Lin-"+peer, core.AgentAway, 9)
	r.send(peer, "hello")
	eventually(r.t, "there is a conversation", func() bool { _, ok := r.find(peer); return ok })
	c, err := r.hub.Desk.Take(r.t.Context(), r.tenant, r.the(peer).ID, lin)
	if err != nil {
		r.t.Fatal(err)
	}
	return c, lin
}

func TestAPartThatFailsDoesNotSendItsNeighbourTwice(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		c, lin := r.serving("ann")
		var failed atomic.Bool
		r.p.when(func(q connector.Request) error {
			if q.Message.Fallback() == "second" && !failed.Swap(true) {
				return &connector.Error{Class: connector.Transient, Code: "503"}
			}
			return nil
		})
		m, err := r.hub.Desk.Post(t.Context(), r.tenant, c.ID, orchestrate.Post{Agent: lin, Content: canon.Message{Parts: []canon.Part{
			canon.Text{Body: "first"}, canon.Text{Body: "second"}, canon.Text{Body: "third"}}}})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "all is sent", func() bool {
			got, err := r.scope().Message(t.Context(), m.ID)
			return err == nil && got.State == canon.Sent
		})
		want := []string{"first", "second", "third"}
		got := r.p.texts("ann")
		if !slices.Equal(got[len(got)-3:], want) {
			t.Fatalf("arrived %q", got)
		}
		for text, n := range map[string]int{"first": 1, "second": 2, "third": 1} {
			if tries := r.p.tries("ann", text); tries != n {
				t.Errorf("%q was tried %d times, want %d", text, tries, n)
			}
		}
		rows, err := r.scope().RowsOf(t.Context(), m.ID)
		if err != nil || len(rows) != 3 || rows[0].ID == rows[1].ID {
			t.Fatalf("rows %+v %v", rows, err)
		}
	})
}

func TestR07_WhatIsPostedAtOnceLeavesInTheOrderOfTheThread(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		c, lin := r.serving("ann")
		base := len(r.p.texts("ann"))
		var all sync.WaitGroup
		for i := range 40 {
			all.Add(1)
			go func() {
				defer all.Done()
				_, err := r.hub.Desk.Post(t.Context(), r.tenant, c.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage(fmt.Sprintf("m%d", i))})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
		eventually(t, "all arrived", func() bool { return len(r.p.texts("ann")) == base+40 })
		var stands []string
		for _, m := range r.messages("ann") {
			if m.From == core.FromAgent {
				stands = append(stands, m.Content.Fallback())
			}
		}
		if got := r.p.texts("ann")[base:]; !slices.Equal(got, stands) {
			t.Fatalf("left as %q\nstands as %q", got, stands)
		}
	})
}

func TestR07_AStuckThreadBlocksNoOther(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		release := make(chan struct{})
		r.p.when(func(q connector.Request) error {
			if q.Thread.Peer == "stuck" {
				<-release
			}
			return nil
		})
		r.send("stuck", "1")
		r.send("stuck", "2")
		for i := range 20 {
			peer := fmt.Sprintf("p%d", i)
			r.send(peer, "hello")
			r.seesText(peer, "you said hello")
		}
		close(release)
		r.seesText("stuck", "you said 1", "you said 2")
	})
}

func (r *rig) secondAccount() canon.ID {
	r.t.Helper()
	acct := core.Account{ID: canon.NewID(), Link: r.link, Kind: "played", Name: "Second", RemoteID: "second", Bot: r.bot}
	r.write(func(tx *store.Tx) error {
		_, _, err := tx.AddAccount(r.t.Context(), acct, canon.ID{})
		return err
	})
	r.reload()
	return acct.ID
}

func (r *rig) reload() {
	r.t.Helper()
	if err := r.hub.Reload(r.t.Context(), r.tenant, r.link); err != nil {
		r.t.Fatal(err)
	}
}

func on(account canon.RemoteID, e canon.Envelope) canon.Envelope {
	e.Account, e.Thread.Account = account, account
	return e
}

func TestARateLimitPausesWhatItNamesAndNothingElse(t *testing.T) {
	for scope, quiet := range map[connector.Scope]map[string]bool{
		connector.ScopeMessage: {"first": true},
		connector.ScopeAccount: {"first": true, "same": true},
		connector.ScopeLink:    {"first": true, "same": true, "other": true},
	} {
		t.Run("scope="+string(scope), func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				r := newRig(t, url, true)
				r.secondAccount()
				limited := make(chan struct{})
				var once sync.Once
				r.p.when(func(q connector.Request) error {
					var err error
					once.Do(func() {
						err = &connector.Error{Class: connector.RateLimited, Code: "429", Scope: scope, RetryAfter: time.Hour}
						close(limited)
					})
					return err
				})
				r.send("first", "hello")
				<-limited
				eventually(t, "the attempt is recorded", func() bool {
					m, ok := r.line("first", "you said hello")
					return ok && m.State == canon.Queued
				})
				r.send("same", "hello")
				r.deliver(on("second", r.says("other", "hello")))
				for _, peer := range []string{"same", "other"} {
					if quiet[peer] {
						continue
					}
					r.seesText(peer, "you said hello")
				}
				// Those that must wait are known to: they have been handled and
				// nobody tried to send.
				eventually(t, "all are handled", func() bool { return r.waiting() == 0 })
				r.deliver(on("second", r.says("probe", "hello")))
				if !quiet["other"] {
					r.seesText("probe", "you said hello")
				}
				for peer := range quiet {
					if got := r.p.texts(peer); len(got) != 0 {
						t.Errorf("%s was sent %q in spite of the limit", peer, got)
					}
				}
			})
		})
	}
}

func TestASignInIsWaitedForAndMessagesGoOnOnceItIsMended(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		var out atomic.Bool
		out.Store(true)
		r.p.when(func(connector.Request) error {
			if out.Load() {
				return &connector.Error{Class: connector.NeedsLogin, Code: "401", Shown: connector.Text{EN: "Sign in again.", ZH: "请重新登录。"}}
			}
			return nil
		})
		r.send("ann", "hello")
		eventually(t, "it waits", func() bool {
			m, ok := r.line("ann", "you said hello")
			return ok && r.p.tries("ann", "hello") == 1 && m.State == canon.Queued
		})
		out.Store(false)
		r.reload()
		r.seesText("ann", "you said hello")
		r.inState("ann", "you said hello", canon.Sent)
	})
}

// While a platform refuses the credentials, what waits is not tried message by
// message, and all of it leaves once they are mended.
func TestOneAsksForAllThatWaitForASignIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		const waiting, sideBySide = 400, 8
		r := newRig(t, url, true)
		var out atomic.Bool
		var calls atomic.Int64
		out.Store(true)
		r.p.when(func(connector.Request) error {
			if !out.Load() {
				return nil
			}
			calls.Add(1)
			return &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "401", Shown: connector.Text{EN: "Sign in again.", ZH: "请重新登录。"}}
		})
		for i := range waiting {
			r.send(fmt.Sprintf("c%d", i), "hello")
		}
		eventually(t, "all are handled", func() bool { return r.waiting() == 0 && r.hub.Outbox.Waiting() == waiting })
		if n := calls.Load(); n == 0 || n > sideBySide {
			t.Errorf("the platform was asked %d times", n)
		}
		out.Store(false)
		r.reload()
		for i := range waiting {
			r.seesText(fmt.Sprintf("c%d", i), "you said hello")
		}
	})
}

func TestAPausedAccountHoldsWhatIsToBeSent(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		pause := func(on bool) {
			r.write(func(tx *store.Tx) error {
				a, err := tx.Account(t.Context(), r.account)
				if err != nil {
					return err
				}
				a.Paused = on
				_, err = tx.ChangeAccount(t.Context(), a, canon.ID{})
				return err
			})
			r.reload()
		}
		pause(true)
		r.send("ann", "hello")
		r.inState("ann", "you said hello", canon.Queued)
		if got := r.p.texts("ann"); len(got) != 0 {
			t.Fatalf("sent while paused: %q", got)
		}
		pause(false)
		r.seesText("ann", "you said hello")
	})
}

func cut(connector.Request) error { return &connector.Error{Class: connector.Uncertain, Code: "cut"} }

func TestR05_AnUncertainSendIsRepeatedOnlyUnderAKeyThePlatformHonours(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true) // idempotent
		var n atomic.Int64
		r.p.when(func(q connector.Request) error {
			if n.Add(1) == 1 {
				return cut(q)
			}
			return nil
		})
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		r.inState("ann", "you said hello", canon.Sent)
		r.p.mu.Lock()
		defer r.p.mu.Unlock()
		if len(r.p.calls) != 2 || r.p.calls[0].Key != r.p.calls[1].Key || r.p.calls[1].Attempt != 2 {
			t.Fatalf("calls %+v", r.p.calls)
		}
	})
}

func TestR05_ThePlatformIsAskedWhatBecameOfAnUncertainSend(t *testing.T) {
	there := &connector.Receipt{RemoteID: "there", State: canon.Sent}
	for name, c := range map[string]struct {
		say   *connector.Receipt
		err   error
		state canon.Delivery
		tries int
	}{
		"it arrived":        {there, nil, canon.Sent, 1},
		"it surely did not": {nil, nil, canon.Sent, 2},
		"it cannot tell":    {nil, errors.New("no idea"), canon.Unconfirmed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				r := newRigWith(t, url, "parrot", func(r *rig) {
					r.p.idempotent = false
					r.p.settle = func(connector.Request) (*connector.Receipt, error) { return c.say, c.err }
				})
				var n atomic.Int64
				r.p.when(func(q connector.Request) error {
					if n.Add(1) == 1 {
						return cut(q)
					}
					return nil
				})
				r.send("ann", "hello")
				r.inState("ann", "you said hello", c.state)
				if got := r.p.tries("ann", "hello"); got != c.tries {
					t.Fatalf("%d tries, want %d", got, c.tries)
				}
			})
		})
	}
}

func TestR05_APersonSettlesWhatIsUnconfirmed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.idempotent = false
		ctx := t.Context()
		for _, c := range []struct {
			peer  string
			act   func(m canon.ID) (core.Message, error)
			state canon.Delivery
			sent  int
		}{
			{"arrived", func(m canon.ID) (core.Message, error) { return r.hub.Desk.Arrived(ctx, r.tenant, m, canon.ID{}) }, canon.Sent, 0},
			{"discard", func(m canon.ID) (core.Message, error) { return r.hub.Desk.Discard(ctx, r.tenant, m, canon.ID{}) }, canon.Cancelled, 0},
			{"retry", func(m canon.ID) (core.Message, error) { return r.hub.Desk.Retry(ctx, r.tenant, m, canon.ID{}) }, canon.Sent, 1},
		} {
			r.p.when(cut)
			r.send(c.peer, "hello")
			m := r.inState(c.peer, "you said hello", canon.Unconfirmed)
			if !r.the(c.peer).Trouble {
				t.Fatalf("%s: no mark of trouble", c.peer)
			}
			// Writing meanwhile does not take the mark off.
			r.p.when(nil)
			r.send(c.peer, "more")
			r.inState(c.peer, "you said more", canon.Sent)
			if !r.the(c.peer).Trouble {
				t.Fatalf("%s: the mark of trouble was lost", c.peer)
			}
			if _, err := c.act(m.ID); err != nil {
				t.Fatal(err)
			}
			r.inState(c.peer, "you said hello", c.state)
			n := 0
			for _, text := range r.p.texts(c.peer) {
				if text == "you said hello" {
					n++
				}
			}
			if n != c.sent || r.the(c.peer).Trouble {
				t.Fatalf("%s: sent %d times, trouble %v", c.peer, n, r.the(c.peer).Trouble)
			}
			if _, err := c.act(m.ID); err == nil {
				t.Fatalf("%s: settled twice", c.peer)
			}
		}
	})
}

func TestABotsFailedWordsGoOutWhenAPersonAsksForIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.when(func(connector.Request) error { return &connector.Error{Class: connector.Invalid, Code: "400"} })
		r.send("ann", "hello")
		m := r.inState("ann", "you said hello", canon.Failed)
		lin := r.agent("Lin", core.AgentAway, 5)
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, r.the("ann").ID, lin); err != nil {
			t.Fatal(err)
		}
		r.p.when(nil)
		if _, err := r.hub.Desk.Retry(t.Context(), r.tenant, m.ID, lin); err != nil {
			t.Fatal(err)
		}
		r.seesText("ann", "you said hello")
	})
}

func TestR05_AnInterruptedSendIsRepeatedOrShown(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		t.Run(fmt.Sprintf("idempotent=%v", idempotent), func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				r := newRigWith(t, url, "parrot", func(r *rig) { r.p.idempotent = idempotent })
				sent, release := make(chan canon.ID, 4), make(chan struct{})
				t.Cleanup(func() { close(release) })
				r.p.when(func(q connector.Request) error {
					// The platform has it; its answer never comes.
					r.p.mu.Lock()
					r.p.keys[q.Key] = true
					r.p.seen = append(r.p.seen, seen{peer: q.Thread.Peer, text: q.Message.Fallback(), key: q.Key})
					r.p.mu.Unlock()
					sent <- q.Key
					<-release
					return nil
				})
				r.send("ann", "hello")
				key := <-sent
				r.p.when(nil)
				r.crash()
				if idempotent {
					m := r.inState("ann", "you said hello", canon.Sent)
					if rows, err := r.scope().RowsOf(t.Context(), m.ID); err != nil || rows[0].ID != key || rows[0].Tries != 2 {
						t.Fatalf("rows %+v %v", rows, err)
					}
				} else {
					r.inState("ann", "you said hello", canon.Unconfirmed)
					if n := r.p.tries("ann", "hello"); n != 1 {
						t.Fatalf("silently sent %d times", n)
					}
				}
				r.seesText("ann", "you said hello")
				r.send("ann", "and on")
				r.seesText("ann", "you said hello", "you said and on")
			})
		})
	}
}

func TestReceiptsOnlyRaiseAndReachWhatWasSentBefore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		for i := range 3 {
			r.send("ann", fmt.Sprint(i))
		}
		r.seesText("ann", "you said 0", "you said 1", "you said 2")
		r.inState("ann", "you said 2", canon.Sent)
		posts := r.p.posts("ann")
		tell := func(i int, s canon.Delivery, through bool) {
			r.deliver(r.event("ann", canon.Receipt{Target: remoteOf(posts[i].key), State: s, Through: through}))
		}
		tell(1, canon.Read, true)
		r.inState("ann", "you said 0", canon.Read)
		r.inState("ann", "you said 1", canon.Read)
		tell(2, canon.Delivered, false)
		r.inState("ann", "you said 2", canon.Delivered)
		tell(1, canon.Delivered, true) // late: lowers nothing
		tell(2, canon.Sent, false)
		eventually(t, "they are handled", func() bool { return r.waiting() == 0 })
		r.inState("ann", "you said 1", canon.Read)
		r.inState("ann", "you said 2", canon.Delivered)
		tell(2, canon.Failed, false)
		eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
		r.inState("ann", "you said 2", canon.Delivered)
	})
}

func TestAnEchoOfWhatWeSentIsNotShownAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		sent, release := make(chan canon.ID, 1), make(chan struct{})
		var once sync.Once
		r.p.when(func(q connector.Request) error {
			once.Do(func() {
				sent <- q.Key
				<-release
			})
			return nil
		})
		echo := func(text string, remote canon.RemoteID) {
			e := r.says("ann", text)
			e.From = canon.Peer{ID: "main", Ours: true}
			m := canon.TextMessage(text)
			m.RemoteID = remote
			e.Event = canon.Posted{Message: m}
			r.deliver(e)
		}
		r.send("ann", "hello")
		echo("you said hello", remoteOf(<-sent)) // faster than the answer
		eventually(t, "it was looked at", func() bool {
			waiting, err := r.scope().Waiting(t.Context(), 0, 10)
			return err == nil && len(waiting) == 1 && waiting[0].Tries > 0
		})
		close(release)
		r.inState("ann", "you said hello", canon.Sent)
		eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
		echo("you said hello", remoteOf(r.p.posts("ann")[0].key)) // and again, later
		eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
		if c := r.the("ann"); c.Owner.Kind != core.StatusBot {
			t.Fatalf("its own words took the conversation from the bot: %v", c.Owner)
		}
		echo("I am on it", "typed-elsewhere")
		r.owned("ann", core.StatusQueue)
		page, err := r.scope().Messages(t.Context(), r.the("ann").Thread, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]int{}
		for _, m := range page {
			shown[m.Content.Fallback()]++
		}
		if shown["you said hello"] != 1 || shown["I am on it"] != 1 {
			t.Errorf("the thread shows %v", shown)
		}
	})
}

func TestAnEchoOfWhatMayHaveLeftIsTheWordThatItDid(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.idempotent = false
		r.p.fail = []error{&connector.Error{Class: connector.Uncertain, Code: "cut"}}
		r.send("ann", "hello")
		r.inState("ann", "you said hello", canon.Unconfirmed)
		eventually(t, "it is shown", func() bool { return r.the("ann").Trouble })
		e := r.says("ann", "")
		e.From = canon.Peer{ID: "main", Ours: true}
		m := canon.TextMessage("you said hello")
		m.RemoteID = "nobody-told-us"
		e.Event = canon.Posted{Message: m}
		r.deliver(e)
		r.inState("ann", "you said hello", canon.Sent)
		if c := r.the("ann"); c.Owner.Kind != core.StatusBot || c.Trouble {
			t.Errorf("the conversation is with %v, in trouble: %v", c.Owner, c.Trouble)
		}
		page, err := r.scope().Messages(t.Context(), r.the("ann").Thread, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		for _, line := range page {
			if line.Content.Fallback() == "you said hello" {
				shown++
			}
		}
		if shown != 1 {
			t.Errorf("it is shown %d times", shown)
		}
	})
}

func TestASendTellsWhenTheCustomerLastWrote(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		asked := make(chan time.Time, 4)
		r.p.when(func(q connector.Request) error {
			asked <- q.Asked
			return nil
		})
		before := r.store.Now().Add(-time.Millisecond) // it is kept in milliseconds
		r.send("ann", "hello")
		if at := <-asked; at.Before(before) || at.After(r.store.Now()) {
			t.Errorf("the customer wrote at %s, after %s", at, before)
		}
	})
}

func TestTheBotIsSilentOnceThePlatformsDeskHasTheChat(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		r.deliver(r.event("ann", canon.Session{Kind: canon.SessionTaken, Desk: "inbox"}))
		r.owned("ann", core.StatusQueue)
		r.send("ann", "and now?")
		eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
		r.seesText("ann", "you said hello")
	})
}

func TestARowLearnsThePlatformsIdFromAReportByItsKey(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) { r.p.idempotent = false })
		r.p.when(func(q connector.Request) error { return &connector.Error{Class: connector.Uncertain, Code: "lost"} })
		r.send("ann", "hello")
		r.inState("ann", "you said hello", canon.Unconfirmed)
		r.p.mu.Lock()
		key := r.p.calls[0].Key
		r.p.mu.Unlock()
		r.deliver(r.event("ann", canon.Receipt{Target: canon.RemoteID(key.String()), RemoteID: "r-77", State: canon.Sent}))
		r.inState("ann", "you said hello", canon.Sent)
		r.deliver(r.event("ann", canon.Receipt{Target: "r-77", State: canon.Read}))
		r.inState("ann", "you said hello", canon.Read)
	})
}

func TestAReportUntilATimeReachesWhatWasSentByThen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "0")
		r.send("bob", "0")
		r.inState("ann", "you said 0", canon.Sent)
		r.inState("bob", "you said 0", canon.Sent)
		between := r.store.Now()
		r.later(time.Minute)
		r.send("ann", "1")
		r.inState("ann", "you said 1", canon.Sent)
		r.deliver(r.event("ann", canon.Receipt{Until: between, State: canon.Read}))
		r.inState("ann", "you said 0", canon.Read)
		r.inState("ann", "you said 1", canon.Sent)
		r.inState("bob", "you said 0", canon.Sent)
	})
}

func TestAReportFasterThanItsSendIsNotLost(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		sent, release := make(chan canon.ID, 1), make(chan struct{})
		var once sync.Once
		r.p.when(func(q connector.Request) error {
			once.Do(func() {
				sent <- q.Key
				<-release
			})
			return nil
		})
		r.send("ann", "hello")
		r.deliver(r.event("ann", canon.Receipt{Target: remoteOf(<-sent), State: canon.Read}))
		// A platform that takes its time to answer: longer than what fails is tried.
		r.send("ann", "are you there?")
		eventually(t, "what the customer writes meanwhile stands in the thread", func() bool { _, ok := r.line("ann", "are you there?"); return ok })
		eventually(t, "the report was looked at again and again", func() bool {
			all, err := r.scope().Waiting(t.Context(), 0, 10)
			return err == nil && len(all) == 1 && all[0].Tries > 6
		})
		close(release)
		r.inState("ann", "you said hello", canon.Read)
	})
}

func TestAReportByOurKeyLeavesThePlatformsIdToBeLearnt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		sent, release := make(chan canon.ID, 1), make(chan struct{})
		var once sync.Once
		r.p.when(func(q connector.Request) error {
			once.Do(func() {
				sent <- q.Key
				<-release
			})
			return nil
		})
		r.send("ann", "hello")
		key := <-sent
		r.deliver(r.event("ann", canon.Receipt{Target: canon.RemoteID(key.String()), State: canon.Read}))
		m := r.inState("ann", "you said hello", canon.Read)
		close(release)
		eventually(t, "the platform's id is known", func() bool {
			rows, err := r.scope().RowsOf(t.Context(), m.ID)
			return err == nil && rows[0].RemoteID == remoteOf(key)
		})
		r.inState("ann", "you said hello", canon.Read)
	})
}

func TestARecallBeforeTheSendCancelsAndInFlightTakesBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		c, lin := r.serving("ann")
		entered, release := make(chan struct{}), make(chan struct{})
		r.p.when(func(q connector.Request) error {
			if q.Message.Fallback() == "in flight" && q.Op == connector.OpPost {
				close(entered)
				<-release
			}
			return nil
		})
		flying := r.post(c.ID, lin, "in flight")
		queued := r.post(c.ID, lin, "never to leave")
		<-entered
		for _, m := range []core.Message{queued, flying} {
			if _, err := r.hub.Desk.Recall(t.Context(), r.tenant, m.ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		close(release)
		eventually(t, "what was in flight is taken back", func() bool { return len(r.p.ops("ann", connector.OpRevoke)) == 1 })
		posts := r.p.posts("ann")
		if last := posts[len(posts)-1]; last.text != "in flight" || r.p.ops("ann", connector.OpRevoke)[0].target != remoteOf(last.key) {
			t.Fatalf("posts %+v, revokes %+v", posts, r.p.ops("ann", connector.OpRevoke))
		}
		if n := r.p.tries("ann", "never"); n != 0 {
			t.Fatal("what was recalled in time was sent")
		}
	})
}

func TestARecallAfterAnEditTakesTheMessageBackOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		c, lin := r.serving("ann")
		m := r.post(c.ID, lin, "god day")
		r.inState("ann", "god day", canon.Sent)
		rows, err := r.scope().RowsOf(t.Context(), m.ID)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		r.deliver(r.event("ann", canon.Receipt{Target: rows[0].RemoteID, State: canon.Read}))
		r.inState("ann", "god day", canon.Read)
		entered, release := make(chan struct{}), make(chan struct{})
		r.p.when(func(q connector.Request) error {
			if q.Op == connector.OpEdit {
				close(entered)
				<-release
			}
			return nil
		})
		if _, err := r.hub.Desk.Edit(t.Context(), r.tenant, m.ID, lin, "good day"); err != nil {
			t.Fatal(err)
		}
		<-entered
		if now, err := r.scope().Message(t.Context(), m.ID); err != nil || now.State != canon.Read {
			t.Errorf("while it is edited there the message is %s, %v: it was read", now.State, err)
		}
		close(release)
		eventually(t, "it is edited there", func() bool { e := r.p.ops("ann", connector.OpEdit); return len(e) == 1 && e[0].text == "good day" })
		r.inState("ann", "good day", canon.Read)
		if _, err := r.hub.Desk.Recall(t.Context(), r.tenant, m.ID, lin); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is taken back", func() bool { return len(r.p.ops("ann", connector.OpRevoke)) > 0 })
		r.post(c.ID, lin, "after")
		eventually(t, "the next one arrived", func() bool { p := r.p.texts("ann"); return p[len(p)-1] == "after" })
		if n := len(r.p.ops("ann", connector.OpRevoke)); n != 1 {
			t.Fatalf("%d revokes", n)
		}
	})
}

func TestACopyThatCannotBeFiledIsTriedAgainWithoutSendingAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		var filed, tried atomic.Int64
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.file = func(q connector.Request, sent connector.Receipt) error {
				if tried.Add(1) == 1 {
					panic("the Sent folder is away")
				}
				if sent.RemoteID == remoteOf(q.Key) {
					filed.Add(1)
				}
				return nil
			}
		})
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		eventually(t, "filing was tried", func() bool { return tried.Load() == 1 })
		r.later(time.Hour)
		eventually(t, "it is filed", func() bool { return filed.Load() == 1 })
		if n := r.p.tries("ann", "hello"); n != 1 {
			t.Fatalf("sent %d times", n)
		}
	})
}

func TestAConnectorThatPanicsWhileSendingStopsNobody(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) { r.p.idempotent = false })
		r.p.when(func(q connector.Request) error {
			if q.Thread.Peer == "bad" {
				panic("boom")
			}
			return nil
		})
		r.send("bad", "hello")
		r.inState("bad", "you said hello", canon.Unconfirmed) // it may have left before
		r.send("good", "hello")
		r.seesText("good", "you said hello")
	})
}
