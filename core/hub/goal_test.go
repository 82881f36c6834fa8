package hub_test

import (
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// setTo puts the hub's clock on to an instant to come.
func (r *rig) setTo(text string) time.Time {
	r.t.Helper()
	to, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.t.Fatal(err)
	}
	r.ahead.Store(int64(time.Until(to)))
	return to
}

// sweep does what time brings about, on several nodes at once.
func (r *rig) sweep() {
	r.t.Helper()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := r.hub.Desk.Sweep(r.t.Context(), r.tenant); err != nil {
				r.t.Error(err)
			}
		})
	}
	all.Wait()
}

func (r *rig) goals(g core.Goals) {
	r.t.Helper()
	r.settings(func(v *core.Tenant) { v.Settings.Goals = g })
}

// hours makes the tenant serve from nine to six on weekdays in Berlin.
func (r *rig) hours(holidays ...string) core.Calendar {
	r.t.Helper()
	k := core.Calendar{Name: "Office", TimeZone: "Europe/Berlin"}
	for day := range 5 {
		k.Week[day] = []core.Period{{From: 9 * 60, To: 18 * 60}}
	}
	for _, d := range holidays {
		k.Holidays = append(k.Holidays, core.Holiday{Date: d})
	}
	r.keepHours(&k)
	r.settings(func(v *core.Tenant) { v.Hours = k.ID })
	return k
}

func (r *rig) keepHours(k *core.Calendar) {
	r.t.Helper()
	r.write(func(tx *store.Tx) (err error) {
		*k, err = tx.SaveCalendar(*k, canon.ID{})
		return err
	})
	r.hub.Changed(r.tenant)
}

// overdue counts what the feed tells of missed goals.
func (r *rig) overdue() (n int) {
	r.t.Helper()
	items, _, _, err := r.hub.Feed.Since(r.t.Context(), r.tenant, 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, i := range items {
		if i.Entry.Kind == core.FeedOverdue && i.Conversation != nil && i.Entry.Conversation == i.Conversation.ID {
			n++
		}
	}
	return n
}

func (r *rig) waits(peer string) core.Conversation {
	r.t.Helper()
	var c core.Conversation
	eventually(r.t, peer+" waits", func() bool {
		c, _ = r.find(peer)
		return !c.WaitingSince.IsZero()
	})
	return c
}

// due checks until when a conversation is due, if at all.
func (r *rig) due(peer string, goal core.DueFor, want time.Time) {
	r.t.Helper()
	c := r.the(peer)
	if c.DueFor != goal || !c.Due.Equal(want) {
		r.t.Fatalf("%s is due for %q at %v, want %q at %v", peer, c.DueFor, c.Due, goal, want)
	}
}

// A promise is counted in opening hours over a weekend, a holiday and the change of
// clocks; a reply keeps it, and the next message of the customer makes another.
func TestU13_AnAnswerIsDueInOpeningHours(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.hours("2029-03-26") // a Monday; the clocks are put on the day before
		r.goals(core.Goals{First: 60, Next: 30})
		lin := r.agent("Lin", core.AgentOnline, 5)
		friday := r.setTo("2029-03-23T17:30:00+01:00")
		r.send("ann", "hello")
		r.owned("ann", core.StatusBot)
		r.seesText("ann", "you said hello")
		r.due("ann", "", time.Time{}) // nobody owes what a bot answers
		r.send("ann", "human")
		r.owned("ann", core.StatusAgent)
		c := r.waits("ann")
		if c.DueWithin != 60 {
			t.Errorf("it gives %d minutes", c.DueWithin)
		}
		tuesday, _ := time.Parse(time.RFC3339, "2029-03-27T09:30:00+02:00")
		r.due("ann", core.DueFirst, tuesday.Add(c.WaitingSince.Sub(friday)))
		r.send("ann", "are you there") // the first wait counts
		eventually(t, "it is there", func() bool { return r.the("ann").LastText == "are you there" })
		r.due("ann", core.DueFirst, tuesday.Add(c.WaitingSince.Sub(friday)))

		r.setTo("2029-03-27T09:00:00+02:00")
		r.sweep()
		r.post(c.ID, lin, "I am")
		r.due("ann", "", time.Time{})
		r.setTo("2029-03-27T17:50:00+02:00")
		r.send("ann", "thanks, and")
		c = r.waits("ann")
		wednesday, _ := time.Parse(time.RFC3339, "2029-03-28T09:20:00+02:00")
		evening, _ := time.Parse(time.RFC3339, "2029-03-27T17:50:00+02:00")
		r.due("ann", core.DueNext, wednesday.Add(c.WaitingSince.Sub(evening)))
		r.sweep()
		if n := r.overdue(); n != 0 {
			t.Errorf("%d goals are called missed", n)
		}
	})
}

// A missed goal is told of once: to whoever follows and in the thread, whoever else
// looks at the clock, and also after a crash.
func TestU13_AMissedGoalIsToldOfOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.goals(core.Goals{First: 10, Resolved: 60})
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		r.owned("ann", core.StatusAgent)
		c := r.waits("ann")
		due := c.WaitingSince.Add(10 * time.Minute)
		r.due("ann", core.DueFirst, due)
		r.crash()
		r.later(9 * time.Minute)
		r.sweep()
		if n := r.count("ann", "overdue first"); n != 0 {
			t.Fatalf("told %d times before its time", n)
		}
		r.later(61 * time.Second)
		r.sweep()
		r.crash()
		r.sweep()
		eventually(t, "it is told", func() bool { return r.overdue() > 0 })
		if n := r.overdue(); n != 1 {
			t.Errorf("the feed tells %d times", n)
		}
		lines := r.events("ann", "overdue")
		if len(lines) != 1 || lines[0].Detail != "first" || !lines[0].Until.Equal(due) {
			t.Errorf("lines %+v", lines)
		}
		r.due("ann", core.DueFirst, due) // it is still owed
		page, err := r.scope().Conversations(t.Context(), store.ListQuery{Sort: store.SortDue, Due: r.store.Now(), Limit: 10})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%d in the list of what is overdue: %v", len(page.Items), err)
		}

		// The wait for an answer counts towards resolving it, what the customer takes does not.
		r.post(c.ID, lin, "which one?")
		waited := r.store.Now().Sub(c.WaitingSince)
		r.due("ann", "", time.Time{})
		r.later(24 * time.Hour)
		r.sweep()
		r.send("ann", "the blue one")
		again := r.waits("ann")
		got := r.the("ann")
		if left := got.Due.Sub(again.WaitingSince); got.DueFor != core.DueResolved || (left-(time.Hour-waited)).Abs() > 10*time.Second {
			t.Errorf("%s to %s it, want %s", left, got.DueFor, time.Hour-waited)
		}
		r.later(time.Hour)
		r.sweep()
		eventually(t, "that is told too", func() bool { return r.overdue() == 2 })
		if n := r.count("ann", "overdue resolved"); n != 1 {
			t.Errorf("told %d times that it is not resolved", n)
		}
		if _, err := r.hub.Desk.Close(t.Context(), r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		r.due("ann", "", time.Time{})
	})
}

// Sleep stops the clock; what is left runs on when it wakes.
func TestU13_SleepPausesAPromise(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.goals(core.Goals{First: 60})
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		r.owned("ann", core.StatusAgent)
		c := r.waits("ann")
		r.later(20 * time.Minute)
		until := r.store.Now().Add(5 * time.Hour)
		r.snooze("ann", until, lin)
		spent := r.store.Now().Sub(c.WaitingSince)
		r.due("ann", "", time.Time{})
		r.later(5*time.Hour + time.Second)
		r.sweep()
		if n := r.overdue(); n != 0 {
			t.Fatalf("%d goals are missed while it sleeps", n)
		}
		c = r.waits("ann")
		got := r.the("ann")
		if left := got.Due.Sub(c.WaitingSince); got.DueFor != core.DueFirst || (left-(time.Hour-spent)).Abs() > 10*time.Second {
			t.Fatalf("%s left for %q, want %s", left, got.DueFor, time.Hour-spent)
		}
		// Given back to a bot, nobody owes anything.
		if _, err := r.hub.Desk.Assign(t.Context(), r.tenant, c.ID, core.Owner{Kind: core.StatusBot, ID: r.bot}, lin, ""); err != nil {
			t.Fatal(err)
		}
		r.due("ann", "", time.Time{})
	})
}

// A conversation that goes to another team goes by its goal and hours from then on;
// where goals or hours change, what waits is counted anew, and told.
func TestU13_WhatWaitsIsCountedAnew(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin := r.agent("Lin", core.AgentOnline, 5)
		night, quick := r.team("Night"), r.team("Quick")
		r.write(func(tx *store.Tx) error {
			_, err := tx.SaveTeam(t.Context(), core.Team{ID: quick, Name: "Quick", Members: []canon.ID{}, Goals: &core.Goals{First: 5, Next: 5}}, canon.ID{})
			return err
		})
		r.hub.Changed(r.tenant)
		monday := r.setTo("2029-06-04T10:00:00+02:00")
		r.send("ann", "human")
		r.owned("ann", core.StatusAgent)
		c := r.waits("ann")
		r.due("ann", "", time.Time{}) // nothing is promised yet
		set := func(what func()) {
			t.Helper()
			what()
			r.later(6 * time.Second) // every node knows of it
			r.sweep()
			r.sweep()
			r.sweep()
		}
		set(func() { r.goals(core.Goals{First: 120}) })
		r.due("ann", core.DueFirst, c.WaitingSince.Add(2*time.Hour))
		told := func() (n int) {
			entries, err := r.scope().FeedSince(t.Context(), 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Kind == core.FeedConversation && e.Conversation == c.ID {
					n++
				}
			}
			return n
		}
		eventually(t, "it is told", func() bool { return told() == 1 })

		var k core.Calendar
		set(func() { k = r.hours("2029-06-05") })
		r.due("ann", core.DueFirst, c.WaitingSince.Add(2*time.Hour))
		set(func() { // closed from eleven on, and the day after
			k.Week[0] = []core.Period{{From: 9 * 60, To: 11 * 60}}
			r.keepHours(&k)
		})
		wednesday, _ := time.Parse(time.RFC3339, "2029-06-06T10:00:00+02:00")
		r.due("ann", core.DueFirst, wednesday.Add(c.WaitingSince.Sub(monday)))
		if n := told(); n != 2 { // of the two changes there were
			t.Errorf("told %d times", n)
		}

		give := func(team canon.ID) time.Time {
			t.Helper()
			if _, err := r.hub.Desk.Assign(t.Context(), r.tenant, c.ID, core.Owner{Kind: core.StatusQueue, Team: team}, lin, ""); err != nil {
				t.Fatal(err)
			}
			return r.store.Now()
		}
		r.setTo("2029-06-04T10:30:00+02:00")
		give(night) // promises what the business does
		got := r.the("ann").Due
		if (got.Sub(wednesday.Add(c.WaitingSince.Sub(monday)))).Abs() > time.Second {
			t.Errorf("the same promise is due %v", got)
		}
		give(quick) // what it has waited counts: it is late
		if got := r.the("ann"); got.DueWithin != 5 || !got.Due.Before(r.store.Now()) {
			t.Errorf("with the quick ones it is due %v of %d minutes", got.Due, got.DueWithin)
		}
		r.sweep()
		eventually(t, "which is told", func() bool { return r.overdue() == 1 })
		set(func() { // nobody promises anything any more
			r.write(func(tx *store.Tx) error {
				_, err := tx.SaveTeam(t.Context(), core.Team{ID: quick, Name: "Quick", Members: []canon.ID{}, Goals: &core.Goals{}}, canon.ID{})
				return err
			})
			r.hub.Changed(r.tenant)
		})
		r.due("ann", "", time.Time{})
	})
}

// Many that wait are counted anew a part at a time, each once.
func TestU13_ManyAreCountedAnewAPartAtATime(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		const n = 230 // more than one sweep takes
		all := make([]canon.Envelope, n)
		for i := range all {
			all[i] = r.says(string(rune('a'+i%26))+string(rune('a'+i/26)), "hello")
		}
		r.deliver(all...)
		eventually(t, "all wait", func() bool { return len(r.whoWaits()) == n })
		r.goals(core.Goals{First: 15})
		if due := r.dueOf(r.whoWaits()); due != 0 {
			t.Fatalf("%d are counted in reading", due)
		}
		r.later(6 * time.Second)
		eventually(t, "all are counted", func() bool { return r.dueOf(r.whoWaits()) == n })
	})
}

func (r *rig) whoWaits() []core.Conversation {
	r.t.Helper()
	var out []core.Conversation
	q := store.ListQuery{Sort: store.SortWaiting, Limit: 200}
	for {
		page, err := r.scope().Conversations(r.t.Context(), q)
		if err != nil {
			r.t.Fatal(err)
		}
		if out = append(out, page.Items...); !page.More {
			return out
		}
		q.After = page.Next
	}
}

func (r *rig) dueOf(all []core.Conversation) (n int) {
	for _, c := range all {
		if c.Due.Equal(c.WaitingSince.Add(15*time.Minute)) && c.DueFor == core.DueFirst {
			n++
		}
	}
	return n
}
