package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
	"parley/core/store"
)

// talk is a tenant in which things are said and looked for.
type talk struct {
	*world
	said  map[string]core.Message
	begun bool // the search
}

func newTalk(t *testing.T, scope store.Scope) *talk {
	return &talk{world: newWorld(t, scope), said: map[string]core.Message{}}
}

// say says something on a peer's thread; words name the message in the tests.
func (k *talk) say(peer int, from core.From, by canon.ID, words ...string) {
	k.t.Helper()
	key := canon.ThreadKey{Account: "a", Peer: canon.RemoteID(fmt.Sprint(peer))}
	lanes, err := k.scope.Lanes(k.t.Context(), []store.LaneKey{{Account: k.accounts[peer%len(k.accounts)], Key: key}})
	if err != nil {
		k.t.Fatal(err)
	}
	l := lanes[0]
	ch := store.Began(l)
	if l.Round == nil {
		k.t.Fatalf("peer %d has no conversation", peer)
	}
	for _, w := range words {
		l.Thread.Pos, l.Thread.Rev = l.Thread.Pos+1, l.Thread.Rev+1
		m := core.Message{ID: canon.NewID(), Thread: l.Thread.ID, Conversation: l.Round.ID, Pos: l.Thread.Rev, Rev: l.Thread.Rev, From: from, Sender: by, At: k.now, Content: canon.TextMessage(w)}
		l.Thread.Pos = m.Pos
		ch.Messages = append(ch.Messages, m)
		k.said[w] = m
	}
	if err := k.scope.Write(k.t.Context(), func(tx *store.Tx) error { return tx.Apply(ch) }); err != nil {
		k.t.Fatal(err)
	}
}

// fillTo says something that nobody looks for until the blocks of the messages
// before are whole.
func (k *talk) fillTo(peer int) {
	k.t.Helper()
	some := make([]string, 512)
	for range search.Span / len(some) {
		for i := range some {
			some[i] = fmt.Sprintf("filler %d", len(k.said)+i)
		}
		k.say(peer, core.FromCustomer, canon.ID{}, some...)
	}
}

func (k *talk) index() {
	k.t.Helper()
	if !k.begun { // only once what others had under way before is over
		eventually(k.t, "the search begins", func() bool {
			did, err := k.scope.IndexMessages(k.t.Context())
			return did && err == nil
		})
		k.begun = true
	}
	for {
		more, err := k.scope.IndexMessages(k.t.Context())
		if err != nil {
			k.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (k *talk) ask(text string) store.SearchQuery {
	k.t.Helper()
	q, err := search.Ask(text, time.UTC)
	if err != nil {
		k.t.Fatal(err)
	}
	return store.SearchQuery{Words: q.Words, After: q.After, Before: q.Before, Limit: 50}
}

// finds compares what is found, read in pages of several sizes, newest first.
func (k *talk) finds(q store.SearchQuery, want ...string) {
	k.t.Helper()
	for _, limit := range []int{1, 3, 50} {
		q.Limit, q.Below = limit, 0
		var got []string
		for range 1000 {
			page, err := k.scope.Search(k.t.Context(), q)
			if err != nil {
				k.t.Fatal(err)
			}
			for _, m := range page.Items {
				got = append(got, m.Content.Plain())
			}
			if q.Below = page.Next; page.Next == 0 {
				break
			}
		}
		if !slices.Equal(got, want) {
			k.t.Fatalf("%+v by %d: found %q, want %q", q, limit, got, want)
		}
	}
}

// rewrite changes what a message says, or takes it back.
func (k *talk) rewrite(words, to string) {
	k.t.Helper()
	m := k.said[words]
	err := k.scope.Write(k.t.Context(), func(tx *store.Tx) error {
		m.Rev++
		if to == "" {
			m.Recalled = k.now
			return tx.Rewrite(context.Background(), m, nil)
		}
		was := m.Content
		m.Content, m.Edited = canon.TextMessage(to), k.now
		return tx.Rewrite(context.Background(), m, &was)
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// everywhere runs a test while messages are new, and when they are kept in
// blocks.
func everywhere(t *testing.T, say func(*talk), check func(*talk)) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		k := newTalk(t, scope)
		k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		k.put(2, 2, k.owner(core.StatusQueue, 0, 1), true)
		k.put(3, 3, k.owner(core.StatusAgent, 1, 2), true)
		say(k)
		check(k) // nobody keeps words yet
		k.index()
		check(k)
		k.fillTo(2)
		check(k) // whole, and not yet kept
		k.index()
		check(k)
	})
}

func TestWordsAreFoundInAnyScript(t *testing.T) {
	everywhere(t, func(k *talk) {
		k.say(1, core.FromCustomer, canon.ID{}, "我想退款，订单号是 2024112600123", "请问退货怎么办理？", "Where is my RÉFUND for the café order?", "refunding takes long")
		k.say(2, core.FromCustomer, canon.ID{}, "mail me at li.wang@example.com please", "退 款 吧")
		k.say(1, core.FromNote, k.owners[0], "注意：这位客户常常退款")
	}, func(k *talk) {
		k.finds(k.ask("退款"), "注意：这位客户常常退款", "退 款 吧", "我想退款，订单号是 2024112600123")
		k.finds(k.ask("退"), "注意：这位客户常常退款", "退 款 吧", "请问退货怎么办理？", "我想退款，订单号是 2024112600123")
		k.finds(k.ask("refund"), "refunding takes long", "Where is my RÉFUND for the café order?")
		k.finds(k.ask(`"refund"`), "Where is my RÉFUND for the café order?")
		k.finds(k.ask("CAFE"), "Where is my RÉFUND for the café order?")
		k.finds(k.ask("efund"))
		k.finds(k.ask("li.wang@example.com"), "mail me at li.wang@example.com please")
		k.finds(k.ask("wang@exam"), "mail me at li.wang@example.com please")
		k.finds(k.ask("20241126"), "我想退款，订单号是 2024112600123")
		k.finds(k.ask("客户 退款"), "注意：这位客户常常退款")
		k.finds(k.ask(`"my refund"`), "Where is my RÉFUND for the café order?")
		k.finds(k.ask(`"refund my"`))
		k.finds(k.ask("退款 absent"))
	})
}

func TestOnlyWhatAnAgentMaySeeIsFound(t *testing.T) {
	everywhere(t, func(k *talk) {
		k.say(1, core.FromCustomer, canon.ID{}, "发票 mine")
		k.say(2, core.FromCustomer, canon.ID{}, "发票 of my team's queue")
		k.say(3, core.FromCustomer, canon.ID{}, "发票 of somebody else")
	}, func(k *talk) {
		q := k.ask("发票")
		q.Visible = k.limited()
		k.finds(q, "发票 of my team's queue", "发票 mine")
		q.Visible = &store.Visible{Agent: canon.NewID()}
		k.finds(q)
	})
}

func TestOperatorsNarrow(t *testing.T) {
	everywhere(t, func(k *talk) {
		k.say(1, core.FromCustomer, canon.ID{}, "发货 one")
		k.say(1, core.FromAgent, k.owners[0], "发货 two")
		k.now = k.now.Add(48 * time.Hour)
		k.say(3, core.FromCustomer, canon.ID{}, "发货 three")
		for _, x := range k.all {
			if x.account == k.accounts[1] {
				k.mark(x)
			}
		}
	}, func(k *talk) {
		q := k.ask("发货")
		k.finds(q, "发货 three", "发货 two", "发货 one")
		q.From = &store.Speakers{Staff: []canon.ID{k.owners[0]}}
		k.finds(q, "发货 two")
		q.From = &store.Speakers{Threads: []canon.ID{k.said["发货 one"].Thread}}
		k.finds(q, "发货 one")
		q.From.Staff = []canon.ID{k.owners[1]} // it is not customers alone
		k.finds(q, "发货 one")
		q = k.ask("发货")
		q.In = &store.Places{Accounts: []canon.ID{k.accounts[0]}}
		k.finds(q, "发货 three")
		q.In = &store.Places{Teams: []canon.ID{k.teams[1]}}
		k.finds(q, "发货 two", "发货 one")
		q = k.ask("发货")
		q.Tagged, q.Tags = true, []canon.ID{k.tag}
		k.finds(q, "发货 two", "发货 one")
		k.finds(k.ask("发货 after:2023-11-16"), "发货 three")
		k.finds(k.ask("发货 before:2023-11-16"), "发货 two", "发货 one")
		q = k.ask("before:2023-11-16")
		q.From = &store.Speakers{Staff: []canon.ID{k.owners[0]}}
		k.finds(q, "发货 two")
	})
}

func TestWhatOneCustomerSaidIsReadPageByPage(t *testing.T) {
	everywhere(t, func(k *talk) {
		k.say(1, core.FromCustomer, canon.ID{}, "合同 one", "nothing", "合同 two")
		k.say(1, core.FromAgent, k.owners[0], "合同 mine")
		k.say(2, core.FromCustomer, canon.ID{}, "合同 of another")
		k.say(1, core.FromCustomer, canon.ID{}, "合同 three")
	}, func(k *talk) {
		q := k.ask("合同")
		q.From, q.Limit = &store.Speakers{Threads: []canon.ID{k.said["合同 one"].Thread}}, 1
		for _, want := range []string{"合同 three", "合同 two", "合同 one"} {
			page, err := k.scope.Search(k.t.Context(), q)
			if err != nil || len(page.Items) != 1 || page.Items[0].ID != k.said[want].ID {
				k.t.Fatalf("below %d: %+v %v, not %s", q.Below, page.Items, err, want)
			}
			q.Below = page.Next
		}
		page, err := k.scope.Search(k.t.Context(), q)
		if err != nil || len(page.Items) != 0 || page.Next != 0 {
			k.t.Fatalf("after the oldest: %+v %v", page, err)
		}
	})
}

func TestWhatIsChangedOrTakenBackIsFoundAsItIs(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		k := newTalk(t, scope)
		k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		k.say(1, core.FromAgent, k.owners[0], "星期一到货", "星期二到货", "星期三到货")
		k.fillTo(1)
		k.index()
		k.rewrite("星期一到货", "周末发运")
		k.rewrite("星期二到货", "")
		k.finds(k.ask("到货"), "星期三到货")
		k.index()
		k.finds(k.ask("到货"), "星期三到货")
		k.finds(k.ask("发运"), "周末发运")
		k.rewrite("星期三到货", "周末发运") // again in a block that was made anew
		k.index()
		k.finds(k.ask("发运"), "周末发运", "周末发运")
		k.finds(k.ask("到货"))
	})
}

// A database of before is kept from its newest messages on, and what an indexer
// that died left behind is taken up by the next.
func TestOldMessagesAreFoundOnceTheyAreKept(t *testing.T) {
	eachStore(t, func(t *testing.T, s *store.Store, scope store.Scope, _ string) {
		k := newTalk(t, scope)
		k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		k.say(1, core.FromCustomer, canon.ID{}, "最旧的合同")
		k.fillTo(1)
		k.say(1, core.FromCustomer, canon.ID{}, "中间的合同")
		k.fillTo(1)
		k.say(1, core.FromCustomer, canon.ID{}, "最新的合同")

		// Transactions of other tests on the same server may be under way.
		eventually(t, "the messages are settled", func() bool {
			n, err := s.Settled(t.Context())
			return err == nil && n >= 2*search.Span
		})
		ctx, die := context.WithCancel(t.Context())
		for range 2 { // where to begin, and the newest block
			if _, err := scope.IndexMessages(ctx); err != nil {
				t.Fatal(err)
			}
		}
		die() // in the middle of the next
		if _, err := scope.IndexMessages(ctx); err == nil {
			t.Fatal("a block was kept after the end")
		}
		page, err := scope.Search(t.Context(), k.ask("合同"))
		if err != nil || len(page.Items) != 2 || page.Reach.IsZero() {
			t.Fatalf("%d found, reaching back to %v: %v", len(page.Items), page.Reach, err)
		}
		k.index()
		k.finds(k.ask("合同"), "最新的合同", "中间的合同", "最旧的合同")
		if page, err = scope.Search(t.Context(), k.ask("合同")); err != nil || !page.Reach.IsZero() {
			t.Fatalf("reaching back to %v: %v", page.Reach, err)
		}
	})
}

// PostgreSQL cannot tell what is settled while a transaction is under way. To begin
// then would be to begin with the oldest message, and to search all of them.
func TestTheSearchDoesNotBeginBeforeItKnowsWhere(t *testing.T) {
	eachStore(t, func(t *testing.T, s *store.Store, scope store.Scope, url string) {
		if url == "sqlite" { // its messages have their numbers when they are committed
			return
		}
		k := newTalk(t, scope)
		k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		k.fillTo(1)
		k.say(1, core.FromCustomer, canon.ID{}, "最新的合同")
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		other, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.ExecContext(t.Context(), "SELECT pg_current_xact_id()"); err != nil {
			t.Fatal(err)
		}
		if did, err := scope.IndexMessages(t.Context()); did || err != nil {
			t.Fatalf("the search begins while it knows nothing: %v, %v", did, err)
		}
		if err := other.Rollback(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the search begins", func() bool {
			did, err := scope.IndexMessages(t.Context())
			return did && err == nil
		})
		page, err := scope.Search(t.Context(), k.ask("合同"))
		if err != nil || len(page.Items) != 1 || page.Reach.IsZero() {
			t.Fatalf("%d found, reaching back to %v: %v", len(page.Items), page.Reach, err)
		}
	})
}

// However far back messages go, one page looks through so many and no more, and
// says where to go on.
func TestAPageOfASearchDoesNotGrowWithHistory(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		k := newTalk(t, scope)
		k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		k.say(1, core.FromCustomer, canon.ID{}, "最旧的合同")
		k.fillTo(1)
		eventually(t, "the first block is kept", func() bool {
			k.index()
			page, err := scope.Search(t.Context(), k.ask("合同"))
			return err == nil && len(page.Items) == 1 && page.Reach.IsZero()
		})
		if err := scope.PretendBlocks(t.Context(), 2*store.MaxBlocks+10); err != nil {
			t.Fatal(err)
		}
		q := k.ask("合同")
		for i := 1; ; i++ {
			page, err := scope.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if i < 3 && (len(page.Items) > 0 || page.Next != int64(2*store.MaxBlocks+10-i*store.MaxBlocks)*search.Span) {
				t.Fatalf("page %d finds %d and goes on below %d", i, len(page.Items), page.Next)
			}
			if i == 3 {
				if len(page.Items) != 1 || page.Next != 0 {
					t.Fatalf("the last page finds %d and goes on below %d", len(page.Items), page.Next)
				}
				return
			}
			q.Below = page.Next
		}
	})
}

// Messages of other tenants stand between ours, and are not found.
func TestTenantsFindTheirOwn(t *testing.T) {
	desks(t, func(d *desk) {
		second, _, err := d.store.AddTenant(d.Context(), d.box, "second", "Second", "en")
		if err != nil {
			d.Fatal(err)
		}
		ours, others := newTalk(d.T, d.Scope), newTalk(d.T, d.store.For(second.ID))
		for _, k := range []*talk{ours, others} {
			k.put(1, 1, k.owner(core.StatusAgent, 0, 1), true)
		}
		ours.say(1, core.FromCustomer, canon.ID{}, "保修 of ours")
		others.say(1, core.FromCustomer, canon.ID{}, "保修 of others")
		for range 3 {
			ours.finds(ours.ask("保修"), "保修 of ours")
			others.finds(others.ask("保修"), "保修 of others")
			ours.fillTo(1)
			ours.index()
			others.index()
		}
	})
}

func TestPeopleAreFoundByNameAndAddress(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		k := newTalk(t, scope)
		for i := range 460 { // more than are read without being kept
			k.put(i, i, k.owner(core.StatusAgent, i, i), true)
		}
		var all []core.Contact
		for after := (*store.ContactPlace)(nil); ; {
			items, next, err := scope.Contacts(t.Context(), store.ContactQuery{After: after, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if all = append(all, items...); next == nil {
				break
			}
			after = next
		}
		change := func(c core.Contact) {
			if err := scope.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ChangeContact(context.Background(), c, canon.ID{})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		finds := func(text string, visible *store.Visible, want ...string) {
			t.Helper()
			q, err := search.Ask(text, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			found, err := scope.FindPeople(t.Context(), q.Words, visible, 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range found {
				got = append(got, c.Name)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q finds %q, want %q", text, got, want)
			}
		}
		oldest := all[len(all)-1]
		oldest.Name, oldest.Phone, oldest.Email = "欧阳小明", "+86 138-0013-8000", "Ming@Example.com"
		for i := range 2 { // changed before it is kept, and after
			change(oldest)
			for range 2 {
				finds("小明", nil, "欧阳小明")
				finds("13800138000", nil, "欧阳小明")
				finds("8000", nil, "欧阳小明")
				finds("ming@example.com", nil, "欧阳小明")
				finds("小明 ming", nil, "欧阳小明")
				finds("小红", nil)
				finds("小明", &store.Visible{Agent: canon.NewID()})
				finds("小明", &store.Visible{Agent: k.owners[0]}, "欧阳小明")
				k.index()
			}
			if i == 0 {
				was := oldest
				oldest.Name = "改名"
				change(oldest)
				k.index()
				finds("小明", nil)
				finds("改名", nil, "改名")
				oldest = was
			}
		}
	})
}
