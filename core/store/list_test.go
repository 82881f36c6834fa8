package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// world keeps what the store should hold, beside it.
type world struct {
	t        *testing.T
	scope    store.Scope
	now      time.Time
	accounts []canon.ID
	owners   []canon.ID // agents and bots
	teams    []canon.ID // the zero id first: no team
	tag      canon.ID
	all      map[canon.ID]*row
}

type row struct {
	id, account canon.ID
	owner       core.Owner
	asleep      bool
	lang        string
	last, wait  int64
	due         int64
	urgency     core.Priority
	tagged      bool
	added       []canon.ID // colleagues
}

func newWorld(t *testing.T, scope store.Scope) *world {
	t.Helper()
	w := &world{t: t, scope: scope, now: time.UnixMilli(1_700_000_000_000).UTC(), all: map[canon.ID]*row{}, teams: []canon.ID{{}}}
	for range 3 {
		w.accounts, w.owners, w.teams = append(w.accounts, canon.NewID()), append(w.owners, canon.NewID()), append(w.teams, canon.NewID())
	}
	err := scope.Write(t.Context(), func(tx *store.Tx) error {
		tag, err := tx.SaveTag(context.Background(), core.Tag{Scope: core.TagConversation, Name: "marked"}, canon.ID{})
		w.tag = tag.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) owner(kind core.Status, who, team int) core.Owner {
	o := core.Owner{Kind: kind, Team: w.teams[team%len(w.teams)]}
	if kind != core.StatusQueue {
		o.ID = w.owners[who%len(w.owners)]
	}
	return o
}

// put stores one change of a conversation: a new one, or another owner or a
// newer message of a known one.
func (w *world) put(peer int, account int, o core.Owner, waits bool) *row {
	w.t.Helper()
	w.now = w.now.Add(time.Duration(peer%3) * time.Millisecond) // often the same instant
	key := canon.ThreadKey{Account: "a", Peer: canon.RemoteID(fmt.Sprint(peer))}
	lanes, err := w.scope.Lanes(w.t.Context(), []store.LaneKey{{Account: w.accounts[account%len(w.accounts)], Key: key}})
	if err != nil {
		w.t.Fatal(err)
	}
	l := lanes[0]
	if l.Round == nil && o.Kind == core.StatusSnoozed { // somebody had it first
		w.put(peer, account, core.Owner{Kind: core.StatusAgent, ID: o.ID, Team: o.Team}, waits)
		return w.put(peer, account, o, waits)
	}
	ch := store.Began(l)
	if l.Round == nil {
		l.Round = &store.Round{Conversation: core.Conversation{ID: canon.NewID(), Thread: l.Thread.ID, Account: l.Thread.Account, Contact: l.Contact.ID, Created: w.now}}
		ch.Opened = true
	}
	r := l.Round
	asleep := o.Kind == core.StatusSnoozed
	if r.Snooze = nil; asleep {
		o.Kind, r.Snooze = core.StatusAgent, &core.Snooze{At: w.now, Until: w.now.Add(time.Hour)}
	}
	lang := []string{"zh", "en", "", "ja"}[(peer+int(r.Lease))%4] // it changes as they go on
	if r.Locale = lang; lang == "zh" {
		r.Locale = "zh-CN"
	}
	l.Thread.Rev++
	l.Thread.Conversation = r.ID
	r.Owner, r.LastAt, r.WaitingSince = o, w.now, time.Time{}
	r.Lease++
	r.Clocks = store.Clocks{}
	if waits {
		r.WaitingSince = w.now
		if (peer+int(r.Lease))%5 != 0 { // of some nobody promised anything; often two at the same instant, in no order of theirs
			r.Clocks.Reply = store.Clock{For: core.DueNext, Within: 5, Began: w.now.UnixMilli(), Since: w.now.UnixMilli(), Due: w.now.UnixMilli()/4*4 + int64(peer%3)*40}
		}
	}
	if o.Kind == core.StatusClosed {
		l.Thread.Conversation = canon.ID{}
	}
	ch.Owners = []core.OwnerChange{{Lease: r.Lease, At: w.now, To: o}}
	if err := w.scope.Write(w.t.Context(), func(tx *store.Tx) error { return tx.Apply(ch) }); err != nil {
		w.t.Fatal(err)
	}
	x := w.all[r.ID]
	if x == nil {
		x = &row{id: r.ID, account: r.Account}
		w.all[r.ID] = x
	}
	x.owner, x.asleep, x.lang, x.last, x.wait, x.due = o, asleep, lang, r.LastAt.UnixMilli(), 0, r.Clocks.Reply.Due
	if waits {
		x.wait = r.WaitingSince.UnixMilli()
	}
	return x
}

func (w *world) mark(x *row) {
	w.t.Helper()
	if err := w.scope.Write(w.t.Context(), func(tx *store.Tx) error {
		return tx.TagConversation(context.Background(), x.id, w.tag, true, canon.ID{})
	}); err != nil {
		w.t.Fatal(err)
	}
	x.tagged = true
}

func (w *world) prioritise(x *row, p core.Priority) {
	w.t.Helper()
	if err := w.scope.Write(w.t.Context(), func(tx *store.Tx) error {
		return tx.Prioritise(context.Background(), x.id, p, canon.ID{})
	}); err != nil {
		w.t.Fatal(err)
	}
	x.urgency = p
}

func (w *world) add(x *row, agent canon.ID, on bool) {
	w.t.Helper()
	if err := w.scope.Write(w.t.Context(), func(tx *store.Tx) error { return tx.Colleague(x.id, agent, on) }); err != nil {
		w.t.Fatal(err)
	}
	x.added = slices.DeleteFunc(x.added, func(id canon.ID) bool { return id == agent })
	if on {
		x.added = append(x.added, agent)
	}
}

// sees is what Visible means, told once more.
func (x *row) sees(v *store.Visible) bool {
	switch {
	case v == nil, slices.Contains(x.added, v.Agent):
		return true
	case x.owner.Kind == core.StatusQueue:
		return slices.Contains(v.Teams, x.owner.Team)
	case x.owner.Kind == core.StatusBot:
		return false
	}
	return x.owner.ID == v.Agent
}

// expect is the list as it should be.
func (w *world) expect(q store.ListQuery) []canon.ID {
	out := func(values any, v any) bool {
		switch all := values.(type) {
		case []canon.ID:
			return len(all) > 0 && !slices.Contains(all, v.(canon.ID))
		default:
			return len(all.([]string)) > 0 && !slices.Contains(all.([]string), v.(string))
		}
	}
	var fit []*row
	for _, x := range w.all {
		statuses := q.Statuses
		if len(statuses) == 0 {
			statuses = []core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent}
		}
		if !slices.Contains(statuses, x.status()) || out(q.Owners, x.owner.ID) && !slices.Contains(x.added, q.Added) || out(q.Accounts, x.account) || out(q.Languages, x.lang) ||
			(q.NoTeam || len(q.Teams) > 0) && !(q.NoTeam && x.owner.Team.IsZero()) && !slices.Contains(q.Teams, x.owner.Team) ||
			len(q.Priorities) > 0 && !slices.Contains(q.Priorities, x.urgency) ||
			len(q.Tags) > 0 && !(x.tagged && slices.Contains(q.Tags, w.tag)) ||
			q.Sort == store.SortWaiting && x.wait == 0 || q.Sort == store.SortDue && x.due == 0 || !q.Due.IsZero() && x.due > q.Due.UnixMilli() || !q.Waiting.IsZero() && x.wait > q.Waiting.UnixMilli() || !x.sees(q.Visible) {
			continue
		}
		fit = append(fit, x)
	}
	slices.SortFunc(fit, func(a, b *row) int {
		if q.Sort == store.SortWaiting {
			return cmpRow(a.wait, b.wait, a.id, b.id)
		}
		if q.Sort == store.SortDue {
			return cmpRow(a.due, b.due, a.id, b.id)
		}
		if rank := map[core.Priority]int{core.PriorityUrgent: 0, core.PriorityHigh: 1, "": 2}; q.Sort == store.SortPriority && a.urgency != b.urgency {
			return rank[a.urgency] - rank[b.urgency]
		}
		return -cmpRow(a.last, b.last, a.id, b.id)
	})
	ids := make([]canon.ID, len(fit))
	for i, x := range fit {
		ids[i] = x.id
	}
	return ids
}

func (x *row) status() core.Status {
	if x.asleep {
		return core.StatusSnoozed
	}
	return x.owner.Kind
}

func cmpRow(a, b int64, x, y canon.ID) int {
	if a != b {
		return int(a - b)
	}
	return slices.Compare(x[:], y[:])
}

// pages reads a list to its end.
func (w *world) pages(q store.ListQuery) []canon.ID {
	w.t.Helper()
	var out []canon.ID
	for n := 0; ; n++ {
		page, err := w.scope.Conversations(w.t.Context(), q)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(page.Items) > q.Limit || n > 10_000 {
			w.t.Fatalf("page %d of %d rows", n, len(page.Items))
		}
		for _, c := range page.Items {
			out = append(out, c.ID)
		}
		if !page.More {
			return out
		}
		if len(page.Items) != q.Limit {
			w.t.Fatalf("%+v: page %d has %d rows of %d, and more to come", q, n, len(page.Items), q.Limit)
		}
		q.After = page.Next
	}
}

// limited is an agent who sees own conversations and those of one team's queue.
func (w *world) limited() *store.Visible {
	return &store.Visible{Agent: w.owners[0], Teams: []canon.ID{w.teams[1]}}
}

// queries are all combinations of filters.
func (w *world) queries() []store.ListQuery {
	var out []store.ListQuery
	for _, statuses := range [][]core.Status{nil, {core.StatusBot}, {core.StatusQueue}, {core.StatusAgent}, {core.StatusClosed}, {core.StatusSnoozed}, {core.StatusQueue, core.StatusAgent, core.StatusClosed}} {
		for _, sort := range []store.Sort{store.SortNewest, store.SortWaiting, store.SortDue, store.SortPriority} {
			if sort == store.SortPriority && len(statuses) == 1 && statuses[0] != core.StatusAgent {
				continue // it goes about them alike
			}
			q := store.ListQuery{Statuses: statuses, Sort: sort}
			for _, change := range []func(*store.ListQuery){
				func(*store.ListQuery) {},
				func(q *store.ListQuery) { q.Owners = w.owners[:1] },
				func(q *store.ListQuery) { q.Owners = w.owners[:2] },
				func(q *store.ListQuery) { q.Owners, q.Added = w.owners[:1], w.owners[0] },
				func(q *store.ListQuery) { q.Owners, q.Added = w.owners[1:2], w.owners[1] },
				func(q *store.ListQuery) {
					q.Owners, q.Added, q.Tags, q.Languages = w.owners[1:2], w.owners[1], []canon.ID{w.tag}, []string{"zh", "en"}
				},
				func(q *store.ListQuery) {
					q.Owners, q.Added, q.Accounts = w.owners[1:2], w.owners[1], w.accounts[:1]
				},
				func(q *store.ListQuery) {
					q.Owners, q.Added, q.Visible = w.owners[:1], w.owners[0], w.limited()
				},
				func(q *store.ListQuery) { q.Owners, q.Added = []canon.ID{canon.NewID()}, canon.NewID() },
				func(q *store.ListQuery) { q.Accounts = w.accounts[1:2] },
				func(q *store.ListQuery) { q.Teams = w.teams[1:2] },
				func(q *store.ListQuery) { q.NoTeam = true },
				func(q *store.ListQuery) { q.NoTeam, q.Teams = true, w.teams[2:3] },
				func(q *store.ListQuery) { q.Tags = []canon.ID{w.tag} },
				func(q *store.ListQuery) { q.Tags = []canon.ID{canon.NewID(), w.tag} },
				func(q *store.ListQuery) { q.Languages = []string{"zh"} },
				func(q *store.ListQuery) { q.Languages = []string{"zh", "en", "fr"} },
				func(q *store.ListQuery) { q.Languages, q.Tags = []string{"zh", "ja"}, []canon.ID{w.tag} },
				func(q *store.ListQuery) { q.Languages, q.Accounts = []string{"en"}, w.accounts[:2] },
				func(q *store.ListQuery) {
					q.Owners, q.Accounts, q.Tags = w.owners[1:2], w.accounts[:1], []canon.ID{w.tag}
				},
				func(q *store.ListQuery) { q.Teams, q.Accounts = w.teams[2:3], w.accounts[2:3] },
				func(q *store.ListQuery) { q.Owners = []canon.ID{canon.NewID()}; q.Teams = w.teams[1:2] },
				func(q *store.ListQuery) { q.Visible = w.limited() },
				func(q *store.ListQuery) { q.Visible, q.Tags = w.limited(), []canon.ID{w.tag} },
				func(q *store.ListQuery) { q.Visible, q.Accounts = w.limited(), w.accounts[1:2] },
				func(q *store.ListQuery) { q.Visible, q.Teams, q.Tags = w.limited(), w.teams[1:2], []canon.ID{w.tag} },
				func(q *store.ListQuery) { q.Visible, q.Languages = w.limited(), []string{"zh"} },
				func(q *store.ListQuery) { q.Visible, q.Owners = w.limited(), w.owners[2:3] },
				func(q *store.ListQuery) { q.Priorities = []core.Priority{core.PriorityUrgent} },
				func(q *store.ListQuery) { q.Priorities = []core.Priority{core.PriorityHigh, ""} },
				func(q *store.ListQuery) {
					q.Priorities, q.Tags, q.Languages = []core.Priority{core.PriorityUrgent, core.PriorityHigh}, []canon.ID{w.tag}, []string{"zh", "en"}
				},
				func(q *store.ListQuery) {
					q.Priorities, q.Owners, q.Added = []core.Priority{core.PriorityHigh}, w.owners[1:2], w.owners[1]
				},
				func(q *store.ListQuery) { q.Priorities, q.Visible = []core.Priority{core.PriorityUrgent}, w.limited() },
				func(q *store.ListQuery) { // who waits for so long, whatever the order asked for
					q.Sort, q.Waiting = store.SortWaiting, w.now.Add(-60*time.Millisecond)
				},
				func(q *store.ListQuery) {
					q.Sort, q.Waiting, q.Accounts = store.SortWaiting, w.now.Add(-60*time.Millisecond), w.accounts[:1]
				},
				func(q *store.ListQuery) { q.Sort, q.Due = store.SortDue, w.now.Add(-30*time.Millisecond) },
				func(q *store.ListQuery) {
					q.Sort, q.Due, q.Tags, q.Languages = store.SortDue, w.now, []canon.ID{w.tag}, []string{"zh", "en"}
				},
				func(q *store.ListQuery) {
					q.Sort, q.Due, q.Owners, q.Added = store.SortDue, w.now, w.owners[1:2], w.owners[1]
				},
			} {
				p := q
				change(&p)
				out = append(out, p)
			}
		}
	}
	return out
}

// fill stores conversations of every kind, some with tags and colleagues, and
// then moves some of each.
func (w *world) fill() {
	kinds := []core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent, core.StatusClosed, core.StatusSnoozed}
	put := func(i, turn int) *row {
		kind := kinds[(i*7+turn)%5]
		return w.put(i, i/2, w.owner(kind, i/3+turn, i/5), kind != core.StatusClosed && i%3 != 0)
	}
	for i := range 120 {
		x := put(i, 0)
		if i%5 == 0 {
			w.mark(x)
		}
		if i%7 == 0 {
			w.add(x, w.owners[i%2], true)
		}
		if i%14 == 0 {
			w.add(x, w.owners[0], false)
		}
		if i%4 == 1 {
			w.prioritise(x, []core.Priority{core.PriorityHigh, core.PriorityUrgent}[i/4%2])
		}
		if i%24 == 1 {
			w.prioritise(x, "")
		}
	}
	for i := 0; i < 120; i += 2 {
		put(i, 1)
	}
	for i := 1; i < 120; i += 8 { // what has a priority moves too
		put(i, 1)
	}
	for i := range 40 { // many at a time of one account, owner and team
		x := w.put(200+i, 1, w.owner(core.StatusAgent, 0, 1), true)
		if i%2 == 0 {
			w.mark(x)
		}
	}
}

// holds compares every list, read in pages of several sizes, with what it should
// be.
func (w *world) holds() {
	w.t.Helper()
	for i, q := range w.queries() {
		want := w.expect(q)
		limits := []int{[]int{1, 200}[i%2], 7}
		if q.Sort == store.SortPriority {
			limits = []int{[]int{7, 200}[i%2]}
		}
		for _, limit := range limits {
			q.Limit = limit
			if got := w.pages(q); !slices.Equal(got, want) {
				w.t.Fatalf("%+v by %d: %d rows, want %d", q, limit, len(got), len(want))
			}
		}
	}
	for _, agent := range append(w.owners, canon.NewID()) {
		var open, asleep int64
		for _, x := range w.all {
			switch {
			case x.owner.ID == agent || !slices.Contains(x.added, agent):
			case x.status() == core.StatusAgent:
				open++
			case x.status() == core.StatusSnoozed:
				asleep++
			}
		}
		if o, s, err := w.scope.Added(w.t.Context(), agent); err != nil || o != open || s != asleep {
			w.t.Fatalf("added to %d open and %d asleep, want %d and %d: %v", o, s, open, asleep, err)
		}
	}
}

func TestListsAreCompleteInEveryOrderAndPageSize(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		w.fill()
		w.holds()
	})
}

// A page longer than one statement reads is whole.
func TestALongPageIsWhole(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		for i := range 330 {
			w.put(i, i, w.owner(core.StatusAgent, i, 1), true)
		}
		q := store.ListQuery{Teams: []canon.ID{w.teams[1]}, Sort: store.SortNewest, Limit: 300}
		page, err := scope.Conversations(t.Context(), q)
		if err != nil || len(page.Items) != 300 || !page.More {
			t.Fatalf("%d rows, more %v: %v", len(page.Items), page.More, err)
		}
		if got, want := w.pages(q), w.expect(q); !slices.Equal(got, want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
	})
}

// PostgreSQL plans anew what it plans dearly: however many shelves a list is read
// from, it is asked for one run, and with the same text for any number of them.
func TestManyShelvesAreOneRunToPlan(t *testing.T) {
	eachStore(t, func(t *testing.T, s *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		w.owners = nil
		for range 90 {
			w.owners = append(w.owners, canon.NewID())
		}
		for i := range 180 {
			w.put(i, i, w.owner(core.StatusAgent, i, 1), true)
		}
		for _, q := range []store.ListQuery{{Sort: store.SortNewest}, {Sort: store.SortNewest, Owners: w.owners[:9]}, {Sort: store.SortWaiting}, {Sort: store.SortDue}} {
			q.Teams, q.Limit = w.teams[1:2], 50
			if got, want := w.pages(q), w.expect(q); len(want) < 10 || !slices.Equal(got, want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
		}
		if s.Dialect() != store.Postgres {
			return
		}
		w.pages(store.ListQuery{Statuses: []core.Status{core.StatusAgent}, Sort: store.SortNewest, Limit: 50})
		read := map[string]int{}
		for _, text := range s.Reads() {
			if strings.Contains(text, "conversations c") && strings.Contains(text, " LIMIT $") {
				t.Errorf("it is not told how many: %s", text)
			}
			// Short, middling and long runs of any number of shelves each.
			if runs := strings.Count(text, "FROM conversations t"); runs > 3 {
				t.Errorf("%d runs in %.200s…", runs, text)
			} else if runs > 0 {
				read[text]++
			}
		}
		if len(read) != 3 { // one for each order
			t.Errorf("%d texts: %v", len(read), read)
		}
	})
}

// Rows that do not move are seen exactly once, however others do.
func TestPagingSkipsAndRepeatsNothingWhileRowsMove(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		for i := range 90 {
			x := w.put(i, i, w.owner(core.StatusAgent, i, i), true)
			if i%2 == 0 {
				w.mark(x)
			}
			if i%3 == 0 {
				w.add(x, w.owners[0], true)
			}
		}
		for _, q := range []store.ListQuery{{Sort: store.SortNewest, Limit: 10}, {Sort: store.SortWaiting, Limit: 10}, {Sort: store.SortDue, Limit: 10}, {Sort: store.SortDue, Limit: 10, Tags: []canon.ID{w.tag}}, {Sort: store.SortNewest, Limit: 10, NoTeam: true},
			{Sort: store.SortNewest, Limit: 10, Tags: []canon.ID{w.tag}}, {Sort: store.SortWaiting, Limit: 10, Visible: w.limited()}, {Sort: store.SortNewest, Limit: 10, Owners: w.owners[1:2]}} {
			still := w.expect(q)
			moved := map[canon.ID]bool{}
			seen := map[canon.ID]int{}
			for n := 0; ; n++ {
				page, err := scope.Conversations(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page.Items {
					seen[c.ID]++
				}
				if !page.More {
					break
				}
				q.After = page.Next
				// Meanwhile a customer writes, and one is closed.
				a, b := n*5%90, (n*5+2)%90
				moved[w.put(a, a, w.owner(core.StatusAgent, a, a), true).id] = true
				moved[w.put(b, b, w.owner(core.StatusClosed, b, b), false).id] = true
			}
			for _, id := range still {
				if !moved[id] && seen[id] != 1 {
					t.Fatalf("%s: a row that did not move was seen %d times", q.Sort, seen[id])
				}
			}
			w.now = w.now.Add(time.Hour)
			for i := range 90 {
				w.put(i, i, w.owner(core.StatusAgent, i, i), true)
			}
		}
	})
}

// A page is whole or the last one, however few of many fit.
func TestAListWithoutAMatchIsOnePage(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		for i := range 400 {
			w.put(i, 0, w.owner(core.StatusQueue, 0, 1), true)
		}
		one := w.put(400, 1, w.owner(core.StatusQueue, 0, 2), true)
		for _, q := range []store.ListQuery{{Tags: []canon.ID{w.tag}}, {Accounts: []canon.ID{w.accounts[0]}, Teams: []canon.ID{w.teams[2]}}, {Accounts: w.accounts[:1], NoTeam: true}, {Owners: []canon.ID{w.owners[0]}}} {
			q.Limit = 50
			if page, err := scope.Conversations(t.Context(), q); err != nil || len(page.Items) != 0 || page.More {
				t.Fatalf("%+v: %d rows, more: %v, %v", q, len(page.Items), page.More, err)
			}
		}
		w.mark(one)
		for _, q := range []store.ListQuery{{Tags: []canon.ID{w.tag}}, {Teams: []canon.ID{w.teams[2]}, Accounts: []canon.ID{w.accounts[1]}}} {
			q.Limit = 50
			if page, err := scope.Conversations(t.Context(), q); err != nil || len(page.Items) != 1 || page.More {
				t.Fatalf("%+v: %d rows, more: %v, %v", q, len(page.Items), page.More, err)
			}
		}
	})
}

func TestCountsEqualARecountAfterAnything(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				kind := rapid.SampledFrom([]core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent, core.StatusClosed, core.StatusSnoozed}).Draw(rt, "kind")
				w.put(rapid.IntRange(0, 9).Draw(rt, "peer"), rapid.IntRange(0, 2).Draw(rt, "account"),
					w.owner(kind, rapid.IntRange(0, 2).Draw(rt, "owner"), rapid.IntRange(0, 3).Draw(rt, "team")), kind == core.StatusQueue)
			}
			want := map[string]int64{}
			for _, x := range w.all {
				want["status:"+string(x.status())]++
				switch x.status() {
				case core.StatusSnoozed:
					want["snoozed:"+x.owner.ID.String()]++
				case core.StatusQueue:
					want["queue:"+x.owner.Team.String()]++
				case core.StatusAgent, core.StatusBot:
					want["owner:"+x.owner.ID.String()]++
				}
				if x.owner.Kind.Open() {
					want["account:"+x.account.String()]++
				}
			}
			have, err := scope.Tallies(context.Background())
			if err != nil {
				rt.Fatal(err)
			}
			for name := range have {
				if have[name] != want[name] {
					rt.Fatalf("%s is kept as %d, counted %d", name, have[name], want[name])
				}
			}
			for name := range want {
				if have[name] != want[name] {
					rt.Fatalf("%s is kept as %d, counted %d", name, have[name], want[name])
				}
			}
		})
	})
}
