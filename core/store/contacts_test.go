package store_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// customer is a contact with an open conversation of an agent.
func (d *desk) customer(account canon.ID, c core.Contact, owner canon.ID) *store.Lane {
	d.Helper()
	now := d.Now()
	peer := canon.RemoteID("peer " + canon.NewID().String())
	c.ID, c.Created, c.Updated = canon.NewID(), now, now
	l := &store.Lane{Fresh: true, FreshContact: true, FreshIdentity: true, Contact: c}
	l.Identity = core.Identity{ID: canon.NewID(), Contact: c.ID, Account: account, RemoteID: peer, Created: now}
	l.Thread = core.Thread{ID: canon.NewID(), Account: account, Key: canon.ThreadKey{Account: "main", Peer: peer}, Identity: l.Identity.ID, Contact: c.ID, Rev: 1}
	l.Round = &store.Round{Conversation: core.Conversation{ID: canon.NewID(), Thread: l.Thread.ID, Account: account, Contact: c.ID, Created: now, LastAt: now, Lease: 1,
		Owner: core.Owner{Kind: core.StatusAgent, ID: owner}}}
	l.Thread.Conversation = l.Round.ID
	ch := &store.Change{Lane: l, Opened: true, Owners: []core.OwnerChange{{Lease: 1, At: now, To: l.Round.Owner}}}
	d.commit(func(t *store.Tx) error { return t.Apply(ch) })
	return l
}

func (d *desk) find(q store.ContactQuery) []string {
	d.Helper()
	names := []string{}
	if q.Limit == 0 {
		q.Limit = 10
	}
	for range 100 {
		all, next, err := d.Contacts(d.Context(), q)
		if err != nil {
			d.Fatal(err)
		}
		for _, c := range all {
			names = append(names, c.Name)
		}
		if next == nil {
			return names
		}
		q.After = next
	}
	d.Fatal("the list does not end")
	return nil
}

// What a contact's page and the lists ask for costs the same in a million: SQLite,
// which gathers no statistics, goes by an index to the rows themselves.
func TestAContactIsReadByIndexAlone(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		c := d.customer(a.ID, core.Contact{Name: "王伟", Phone: "13800138000", Email: "wei@example.com"}, canon.NewID()).Contact
		read := func(err error) {
			d.Helper()
			if err != nil {
				d.Fatal(err)
			}
		}
		for _, q := range []store.ContactQuery{{}, {Tag: canon.NewID()}, {Account: a.ID}, {Tag: canon.NewID(), Account: a.ID}, {Text: "王"}, {Text: "王 wei", Account: a.ID}} {
			d.find(q)
		}
		_, err := d.Identities(d.Context(), c.ID)
		read(err)
		_, err = d.IdentitiesOf(d.Context(), []core.Contact{c})
		read(err)
		_, err = d.ContactConversations(d.Context(), c.ID, canon.NewID(), 50)
		read(err)
		_, err = d.Duplicates(d.Context(), c)
		read(err)
		_, err = d.ThreadsOf(d.Context(), []canon.ID{c.ID})
		read(err)
		plans, err := d.store.Plans(d.Context())
		read(err)
		if plans == nil { // PostgreSQL plans by how many rows there are
			return
		}
		if len(plans) < 10 {
			d.Fatalf("only %d statements were used", len(plans))
		}
		large := regexp.MustCompile(`\b(FROM|JOIN) (identities|conversations|contact_terms|contact_notes|threads|messages)\b`)
		for q, plan := range plans {
			if !large.MatchString(q) {
				continue
			}
			for _, step := range plan {
				if strings.HasSuffix(step, "(tenant=?)") && !strings.Contains(step, " contacts") || strings.HasPrefix(step, "SCAN") {
					d.Errorf("%s\nreads a whole table: %s", q, step)
				}
			}
		}
	})
}

func TestContactsAreSearchedByTheBeginningsOfWords(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		agent := canon.NewID()
		for _, c := range []core.Contact{
			{Name: "欧阳小明", Phone: "+86 138 0013 8000"},
			{Name: "Jean-Luc O'Brien", Email: "jl.obrien@Example.com"},
			{Name: "ＡＮＮＡ Smith", Phone: "(030) 555-1234"},
			{Name: "Anna Schmidt"},
		} {
			d.customer(a.ID, c, agent)
		}
		for text, want := range map[string][]string{
			"小明": {"欧阳小明"}, "阳小": {"欧阳小明"}, "明": {"欧阳小明"},
			"13800138000": {"欧阳小明"}, "+86 138-0013": {"欧阳小明"}, "8000": {"欧阳小明"}, "0305551234": {"ＡＮＮＡ Smith"},
			"luc": {"Jean-Luc O'Brien"}, "O'Br": {"Jean-Luc O'Brien"}, "JL.OBRIEN@example": {"Jean-Luc O'Brien"}, "example.com": {"Jean-Luc O'Brien"},
			"anna sch": {"Anna Schmidt"}, "schm AN": {"Anna Schmidt"}, "anna": {"ＡＮＮＡ Smith", "Anna Schmidt"}, "nna": {}, "smith luc": {},
		} {
			if got := d.find(store.ContactQuery{Text: text}); !slices.Equal(got, want) {
				d.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
		// What is changed is found as it is now, and not as it was.
		id := func() canon.ID {
			all, _, _ := d.Contacts(d.Context(), store.ContactQuery{Text: "schmidt", Limit: 1})
			return all[0].ID
		}()
		c, err := d.Contact(d.Context(), id)
		if err != nil {
			d.Fatal(err)
		}
		c.Name = "Anna Weber"
		d.commit(func(t *store.Tx) error { _, err := t.ChangeContact(d.Context(), c, agent); return err })
		if got := d.find(store.ContactQuery{Text: "weber"}); !slices.Equal(got, []string{"Anna Weber"}) {
			d.Errorf("%v", got)
		}
		if got := d.find(store.ContactQuery{Text: "schmidt"}); len(got) != 0 {
			d.Errorf("%v", got)
		}
	})
}

func TestContactsArePagedOnceEach(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		_, b := d.link(connector.Values{})
		var tag core.Tag
		d.commit(func(t *store.Tx) (err error) {
			tag, err = t.SaveTag(d.Context(), core.Tag{Scope: core.TagContact, Name: "VIP"}, canon.ID{})
			return err
		})
		want := map[string][]string{}
		for i := range 23 {
			account, name := a.ID, fmt.Sprintf("Anna Annika %02d", i)
			if i%3 == 0 {
				account = b.ID
			}
			l := d.customer(account, core.Contact{Name: name}, canon.NewID())
			want["all"] = append(want["all"], name)
			if i%3 == 0 {
				want["account"] = append(want["account"], name)
			}
			if i%2 == 0 {
				want["tag"] = append(want["tag"], name)
				d.commit(func(t *store.Tx) error { return t.TagContact(d.Context(), l.Contact.ID, tag.ID, true, canon.ID{}) })
			}
			if i%6 == 0 {
				want["both"] = append(want["both"], name)
			}
		}
		for name, q := range map[string]store.ContactQuery{
			"all": {}, "account": {Account: b.ID}, "tag": {Tag: tag.ID}, "both": {Account: b.ID, Tag: tag.ID},
		} {
			for _, text := range []string{"", "ann", "anni anna"} {
				q.Text, q.Limit = text, 4
				got := d.find(q)
				slices.Sort(got)
				if !slices.Equal(got, want[name]) {
					d.Errorf("%s, %q: %v, want %v", name, text, got, want[name])
				}
			}
		}
	})
}

// whole is all that hangs on a contact, for comparing.
func (d *desk) whole(id canon.ID) string {
	d.Helper()
	c, err := d.Contact(d.Context(), id)
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s %s %s %s %v %v\n", c.ID, c.Name, c.Phone, c.Email, c.External, c.Attributes, c.Tags)
	people, err := d.Identities(d.Context(), id)
	if err != nil {
		d.Fatal(err)
	}
	for _, i := range people {
		fmt.Fprintln(&out, "identity", i.ID, i.Contact)
	}
	rounds, err := d.ContactConversations(d.Context(), id, canon.ID{}, 100)
	if err != nil {
		d.Fatal(err)
	}
	for _, r := range rounds {
		fmt.Fprintln(&out, "conversation", r.ID, r.Contact, r.Owner, r.Lease)
	}
	notes, err := d.ContactNotes(d.Context(), id, canon.ID{}, 100)
	if err != nil {
		d.Fatal(err)
	}
	for _, n := range notes {
		fmt.Fprintln(&out, "note", n.ID, n.Body)
	}
	fmt.Fprintln(&out, "blocked", c.Blocked)
	return out.String()
}

func (d *desk) merge(kept, gone canon.ID, take ...string) core.Merge {
	d.Helper()
	var m core.Merge
	d.commit(func(t *store.Tx) (err error) {
		m, err = t.MergeContacts(d.Context(), kept, gone, take, canon.ID{})
		return err
	})
	return m
}

func (d *desk) undo(m core.Merge) {
	d.Helper()
	d.commit(func(t *store.Tx) error { _, err := t.UndoMerge(d.Context(), m.Kept, m.ID, canon.ID{}); return err })
}

func TestAMergeIsUndoneToWhatWas(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		lin, wang := d.person("lin@example.com", core.RoleAgent), d.person("wang@example.com", core.RoleAgent)
		one := d.customer(a.ID, core.Contact{Name: "Mei", Phone: "+8613800138000"}, lin.ID)
		two := d.customer(a.ID, core.Contact{Name: "梅女士", Email: "mei@example.com"}, wang.ID)
		kept, gone := one.Contact.ID, two.Contact.ID
		d.commit(func(t *store.Tx) error {
			for _, v := range []struct {
				id canon.ID
				to func(c *core.Contact)
			}{
				{kept, func(c *core.Contact) { c.Attributes = map[string]string{"plan": "gold"} }},
				{gone, func(c *core.Contact) {
					c.Attributes, c.External = map[string]string{"plan": "silver", "city": "Linz"}, "4711"
				}},
			} {
				c, err := t.Contact(d.Context(), v.id)
				if err != nil {
					return err
				}
				v.to(&c)
				if _, err := t.ChangeContact(d.Context(), c, canon.ID{}); err != nil {
					return err
				}
				if _, err := t.SaveContactNote(core.ContactNote{Contact: v.id, Body: "of " + c.Name}, lin.ID); err != nil {
					return err
				}
			}
			for _, name := range []string{"both", "mine", "theirs"} {
				tag, err := t.SaveTag(d.Context(), core.Tag{Scope: core.TagContact, Name: name}, canon.ID{})
				if err != nil {
					return err
				}
				if name != "theirs" {
					err = errors.Join(err, t.TagContact(d.Context(), kept, tag.ID, true, canon.ID{}))
				}
				if name != "mine" {
					err = errors.Join(err, t.TagContact(d.Context(), gone, tag.ID, true, canon.ID{}))
				}
				if err != nil {
					return err
				}
			}
			_, err := t.SaveBlock(d.Context(), core.Block{Kind: core.BlockContact, Contact: gone, Reason: "Spam"})
			return err
		})
		before := []string{d.whole(kept), d.whole(gone)}
		m := d.merge(kept, gone, "name", "attributes.plan")
		if k := d.told(3); !slices.Equal(k, []core.FeedKind{core.FeedMerged, core.FeedContact, core.FeedConversation}) {
			d.Errorf("the feed tells %v", k)
		}
		now, err := d.Contact(d.Context(), kept)
		if err != nil || now.Name != "梅女士" || now.Phone != "+8613800138000" || now.Email != "mei@example.com" || now.External != "4711" ||
			now.Attributes["plan"] != "silver" || now.Attributes["city"] != "Linz" || len(now.Tags) != 3 || !now.Blocked {
			d.Errorf("%+v, %v", now, err)
		}
		if same, err := d.Contact(d.Context(), gone); err != nil || same.ID != kept {
			d.Errorf("the one that is gone answers as %s, %v", same.ID, err)
		}
		if got := d.find(store.ContactQuery{}); !slices.Equal(got, []string{"梅女士"}) {
			d.Errorf("listed: %v", got)
		}
		rounds, err := d.ContactConversations(d.Context(), kept, canon.ID{}, 10)
		if err != nil || len(rounds) != 2 {
			d.Fatalf("%v, %v", rounds, err)
		}
		for _, r := range rounds {
			if want := map[canon.ID]canon.ID{one.Round.ID: lin.ID, two.Round.ID: wang.ID}[r.ID]; r.Owner.ID != want || r.Owner.Kind != core.StatusAgent {
				d.Errorf("conversation %s is %+v's", r.ID, r.Owner)
			}
		}
		// A message that was read before the merge is decided anew.
		two.Fresh, two.FreshContact, two.FreshIdentity = false, false, false
		old := store.Began(two)
		two.Thread.Rev++
		if err := d.Write(d.Context(), func(t *store.Tx) error { return t.Apply(old) }); !errors.Is(err, store.ErrStale) {
			d.Errorf("a lane read before the merge: %v", err)
		}
		d.undo(m)
		if after := []string{d.whole(kept), d.whole(gone)}; !slices.Equal(before, after) {
			d.Errorf("after the undo:\n%s\nbefore:\n%s", after, before)
		}
		d.refused("undone_already", func(t *store.Tx) error {
			_, err := t.UndoMerge(d.Context(), kept, m.ID, canon.ID{})
			return err
		})
	})
}

func TestAnUndoKeepsWhatCameSince(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		agent := canon.NewID()
		one, two, three := d.customer(a.ID, core.Contact{Name: "One"}, agent), d.customer(a.ID, core.Contact{Name: "Two", Phone: "12345"}, agent), d.customer(a.ID, core.Contact{Name: "Three"}, agent)
		first := d.merge(one.Contact.ID, two.Contact.ID)
		second := d.merge(one.Contact.ID, three.Contact.ID)
		d.refused("merged_later", func(t *store.Tx) error {
			_, err := t.UndoMerge(d.Context(), first.Kept, first.ID, canon.ID{})
			return err
		})
		d.undo(second)
		third := d.merge(three.Contact.ID, one.Contact.ID)
		d.refused("merged_on", func(t *store.Tx) error {
			_, err := t.UndoMerge(d.Context(), first.Kept, first.ID, canon.ID{})
			return err
		})
		d.undo(third)
		c, err := d.Contact(d.Context(), one.Contact.ID)
		if err != nil {
			d.Fatal(err)
		}
		c.Phone = "999" // written by a person since: stays
		d.commit(func(t *store.Tx) error { _, err := t.ChangeContact(d.Context(), c, agent); return err })
		// A conversation opened on the other's thread meanwhile goes with it.
		lanes, err := d.Lanes(d.Context(), []store.LaneKey{{Account: a.ID, Key: two.Thread.Key}})
		if err != nil || lanes[0].Thread.Contact != one.Contact.ID {
			d.Fatalf("%+v, %v", lanes, err)
		}
		l := lanes[0]
		ch := store.Began(l)
		l.Round = &store.Round{Conversation: core.Conversation{ID: canon.NewID(), Thread: l.Thread.ID, Account: a.ID, Contact: l.Contact.ID, Created: d.Now(), LastAt: d.Now(), Lease: 1, Owner: core.Owner{Kind: core.StatusQueue}}}
		ch.Opened, ch.Owners = true, []core.OwnerChange{{Lease: 1, At: d.Now(), To: l.Round.Owner}}
		l.Thread.Rev++
		l.Thread.Conversation = l.Round.ID
		d.commit(func(t *store.Tx) error { return t.Apply(ch) })
		d.undo(first)
		if got := d.whole(two.Contact.ID); !strings.Contains(got, "conversation "+l.Round.ID.String()) || !strings.Contains(got, "Two 12345") {
			d.Errorf("the other has\n%s", got)
		}
		if c, err := d.Contact(d.Context(), one.Contact.ID); err != nil || c.Phone != "999" {
			d.Errorf("%+v, %v", c, err)
		}
	})
}

func TestDuplicatesAreSuggestedAndNotJoined(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		one := d.customer(a.ID, core.Contact{Name: "One", Phone: "+86 138 0013 8000"}, canon.NewID())
		d.customer(a.ID, core.Contact{Name: "Two", Phone: "8613800138000"}, canon.NewID())
		d.customer(a.ID, core.Contact{Name: "Three", Email: "One@example.com"}, canon.NewID())
		four := d.customer(a.ID, core.Contact{Name: "Four", Email: "one@example.com"}, canon.NewID())
		peer := func(l *store.Lane) {
			d.commit(func(t *store.Tx) error {
				return t.Introduce(l.Identity, canon.Peer{Also: []canon.Alias{{Kind: "unionid", ID: "oU1", Verified: true}}})
			})
		}
		peer(one)
		peer(four)
		for name, want := range map[string]string{"One": "Four person, Two phone", "Three": "Four email", "Four": "One person, Three email"} {
			all, _, err := d.Contacts(d.Context(), store.ContactQuery{Text: name, Limit: 10})
			if err != nil {
				d.Fatal(err)
			}
			at := slices.IndexFunc(all, func(c core.Contact) bool { return c.Name == name })
			found, err := d.Duplicates(d.Context(), all[at])
			if err != nil {
				d.Fatal(err)
			}
			var got []string
			for _, v := range found {
				got = append(got, v.Contact.Name+" "+strings.Join(v.Why, " "))
			}
			slices.Sort(got)
			if strings.Join(got, ", ") != want {
				d.Errorf("%s is like %v, want %s", name, got, want)
			}
		}
		if got := d.find(store.ContactQuery{}); len(got) != 4 {
			d.Errorf("%v are left", got)
		}
	})
}
