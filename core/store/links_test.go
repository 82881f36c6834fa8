package store_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

var shopForm = connector.Form{Fields: []connector.Field{{Name: "host", Kind: connector.FieldHost}, {Name: "token", Kind: connector.FieldSecret}, {Name: "key", Kind: connector.FieldSecret}}}

// link adds a link with one account.
func (d *desk) link(values connector.Values) (store.LinkRow, core.Account) {
	d.Helper()
	key, err := d.DataKey(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	l := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: "shop", Name: "Shop"}}
	if l.Config, l.Sealed, err = store.SealValues(d.box, key, d.Tenant(), l.ID, shopForm, values); err != nil {
		d.Fatal(err)
	}
	a := core.Account{Link: l.ID, Kind: "shop", Name: "Shop", RemoteID: "main"}
	d.commit(func(t *store.Tx) error {
		if err := t.SaveLink(l, true); err != nil {
			return err
		}
		var err error
		a, _, err = t.AddAccount(d.Context(), a, canon.ID{})
		return err
	})
	return l, a
}

func TestX13_SecretsOfLinksAreSealedWhereTheyStand(t *testing.T) {
	desks(t, func(d *desk) {
		values := connector.Values{"host": "shop.example", "token": "planted-secret-token", "key": "planted-secret-key"}
		l, _ := d.link(values)
		got, err := d.Link(d.Context(), l.ID)
		if err != nil {
			d.Fatal(err)
		}
		shown, err := json.Marshal(got.Link)
		if err != nil || bytes.Contains(shown, []byte("planted")) || !slices.Equal(got.Secrets, []string{"key", "token"}) || got.Config["host"] != "shop.example" {
			d.Errorf("%s, %v", shown, err)
		}
		for name, sealed := range got.Sealed {
			if bytes.Contains(sealed, []byte("planted")) {
				d.Errorf("%s is kept open", name)
			}
		}
		key, err := d.DataKey(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		if open, err := got.Values(d.box, key, d.Tenant()); err != nil || open["token"] != values["token"] || open["key"] != values["key"] {
			d.Errorf("%v, %v", open, err)
		}
		// Moved to another field, link, tenant or key it opens no more.
		moved := got
		moved.Sealed = store.Sealed{"token": got.Sealed["key"]}
		elsewhere := got
		elsewhere.ID = canon.NewID()
		for name, try := range map[string]func() error{
			"field":  func() error { _, err := moved.Values(d.box, key, d.Tenant()); return err },
			"link":   func() error { _, err := elsewhere.Values(d.box, key, d.Tenant()); return err },
			"tenant": func() error { _, err := got.Values(d.box, key, canon.NewID()); return err },
			"key":    func() error { _, err := got.Values(secret.NewBox(secret.NewMasterKey()), key, d.Tenant()); return err },
		} {
			if try() == nil {
				d.Errorf("a secret moved to another %s opens", name)
			}
		}
	})
}

func TestLinksAndAccounts(t *testing.T) {
	desks(t, func(d *desk) {
		l, a := d.link(connector.Values{"host": "shop.example"})
		if tenant, ok, err := d.store.TenantOfLink(d.Context(), l.ID); !ok || err != nil || tenant != d.Tenant() {
			d.Errorf("%v, %v", tenant, err)
		}
		if _, ok, err := d.store.TenantOfAccount(d.Context(), canon.NewID()); ok || err != nil {
			d.Errorf("an account nobody has: %v", err)
		}
		var again core.Account
		var added bool
		d.commit(func(t *store.Tx) (err error) {
			again, added, err = t.AddAccount(d.Context(), core.Account{Link: l.ID, Kind: "shop", Name: "Twice", RemoteID: "main"}, canon.ID{})
			return err
		})
		if added || again.ID != a.ID {
			d.Errorf("the same account was added twice: %+v", again)
		}
		now := d.Now()
		d.commit(func(t *store.Tx) error { return t.TouchLink(l.ID, now, time.Time{}) })
		d.commit(func(t *store.Tx) error { return t.TouchLink(l.ID, now.Add(-time.Hour), now) })
		state := core.LinkState{Health: connector.HealthBad, Code: "auth_failed", At: now}
		d.commit(func(t *store.Tx) error { return t.SetLinkState(d.Context(), l.ID, state) })
		got, err := d.Account(d.Context(), a.ID)
		if err != nil || got.State.Health != connector.HealthBad || !got.State.LastIn.Equal(now) || !got.State.LastOut.Equal(now) {
			d.Errorf("%+v, %v", got, err)
		}
		if k := d.told(1); k[0] != core.FeedAccount {
			d.Errorf("the feed tells %v", k)
		}
		last, _, err := d.FeedSeq(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		repeated := state
		repeated.At = now.Add(time.Minute)
		d.commit(func(t *store.Tx) error { return t.SetLinkState(d.Context(), l.ID, repeated) })
		d.told(1)
		if after, _, err := d.FeedSeq(d.Context()); after != last || err != nil {
			d.Error("a light that did not change is told")
		}
		if got, err := d.Account(d.Context(), a.ID); err != nil || !got.State.At.Equal(now) {
			d.Errorf("a light that was said again has another time: %+v, %v", got.State, err)
		}
		state.Text.EN = "Sign in again."
		d.commit(func(t *store.Tx) error { return t.SetLinkState(d.Context(), l.ID, state) })
		if after, _, err := d.FeedSeq(d.Context()); after != last || err != nil {
			d.Error("other words for the same trouble are told: a number that runs would tell everybody at every tick")
		}
		if got, err := d.Account(d.Context(), a.ID); err != nil || got.State.Text.EN != "Sign in again." {
			d.Errorf("the words are not the newest: %+v, %v", got.State, err)
		}
		a.Bot = canon.NewID()
		d.refused("not_found", func(t *store.Tx) error {
			_, err := t.ChangeAccount(d.Context(), a, canon.ID{})
			return err
		})
		d.commit(func(t *store.Tx) error {
			return t.OnlyRemoteID(d.Context(), l.ID, func(canon.ID) canon.RemoteID { return "renamed" })
		})
		if got, err = d.Account(d.Context(), a.ID); err != nil || got.RemoteID != "renamed" {
			d.Errorf("%+v, %v", got, err)
		}
		d.commit(func(t *store.Tx) error { return t.Cache(l.ID, "token", "sealed", now.Add(time.Hour)) })
		d.commit(func(t *store.Tx) error { return t.Cache(l.ID, "gone", "sealed", now.Add(-time.Hour)) })
		if v, ok, err := d.Cached(d.Context(), l.ID, "token"); v != "sealed" || !ok || err != nil {
			d.Errorf("%q, %v", v, err)
		}
		if _, ok, err := d.Cached(d.Context(), l.ID, "gone"); ok || err != nil {
			d.Errorf("what expired is still there: %v", err)
		}
		// The last account takes its link with it.
		d.commit(func(t *store.Tx) error {
			_, err := t.DeleteAccount(d.Context(), a.ID, canon.ID{})
			return err
		})
		if _, err := d.Link(d.Context(), l.ID); err == nil {
			d.Error("the link stays without accounts")
		}
		if _, ok, err := d.Cached(d.Context(), l.ID, "token"); ok || err != nil {
			d.Errorf("its kept values stay: %v", err)
		}
	})
}

func TestBotsKeepWhatWasPublished(t *testing.T) {
	desks(t, func(d *desk) {
		by := canon.NewID()
		var b core.Bot
		do := func(change func(t *store.Tx) (core.Bot, error)) {
			d.Helper()
			d.commit(func(t *store.Tx) (err error) {
				b, err = change(t)
				return err
			})
		}
		do(func(t *store.Tx) (core.Bot, error) {
			return t.AddBot(core.Bot{Kind: "rules", Name: "Helper", Draft: json.RawMessage(`{"a":1}`)}, by)
		})
		save := func(draft string, rev int) func(*store.Tx) (core.Bot, error) {
			return func(t *store.Tx) (core.Bot, error) {
				return t.SaveDraft(d.Context(), b.ID, json.RawMessage(draft), rev, by)
			}
		}
		publish := func(t *store.Tx) (core.Bot, error) { return t.PublishBot(d.Context(), b.ID, b.DraftRev, "note", by) }
		undo := func(t *store.Tx) (core.Bot, error) { return t.UndoBot(d.Context(), b.ID, by) }
		d.refused("nothing_to_undo", func(t *store.Tx) error { _, err := undo(t); return err })
		do(publish)
		do(save(`{"a":2}`, 1))
		if !b.Changed || b.DraftRev != 2 {
			d.Errorf("%+v", b)
		}
		do(save(`{ "a": 1 }`, 2)) // what is published, written otherwise
		if b.Changed {
			d.Errorf("%+v", b)
		}
		d.refused("draft_changed", func(t *store.Tx) error { _, err := save(`{"a":9}`, 2)(t); return err })
		do(save(`{"a":2}`, 3))
		d.refused("draft_changed", func(t *store.Tx) error {
			_, err := t.PublishBot(d.Context(), b.ID, 3, "", by)
			return err
		})
		do(publish)
		do(undo)
		if string(b.Draft) != `{"a":1}` || !b.Changed || b.Published != 2 {
			d.Errorf("%+v", b)
		}
		all, err := d.BotVersions(d.Context(), b.ID, 0, 10)
		if err != nil || len(all) != 2 || all[0].Version != 2 || all[0].By != by || all[0].Content != nil {
			d.Errorf("%+v, %v", all, err)
		}
		v, err := d.BotVersion(d.Context(), b.ID, 2)
		if err != nil || string(v.Content) != `{"a":2}` {
			d.Errorf("%+v, %v", v, err)
		}
		for range 3 {
			d.commit(func(t *store.Tx) error { t.Hit(b.ID, "greet"); return nil })
		}
		d.commit(func(t *store.Tx) error { t.Hit(b.ID, "other"); return nil })
		hits, err := d.BotHits(d.Context(), b.ID, d.Now().Add(-time.Hour))
		if err != nil || len(hits) != 2 || hits[0].Rule != "greet" || hits[0].Hits != 3 || hits[0].Last == "" {
			d.Errorf("%+v, %v", hits, err)
		}
		d.commit(func(t *store.Tx) error { return t.DeleteBot(d.Context(), b.ID, by) })
		if _, err := d.BotVersion(d.Context(), b.ID, 2); err == nil {
			d.Error("a deleted bot's versions stay")
		}
	})
}

func TestContactsAreFound(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		var ids []canon.ID
		for _, name := range []string{"王小明", "Ann_100%", "Bob \\ Co", "annabel"} {
			now := d.Now()
			l := &store.Lane{Fresh: true, FreshContact: true, FreshIdentity: true, Contact: core.Contact{ID: canon.NewID(), Name: name, Email: strings.ToLower(name[:1]) + "@example.com", Created: now, Updated: now}}
			l.Identity = core.Identity{ID: canon.NewID(), Contact: l.Contact.ID, Account: a.ID, RemoteID: canon.RemoteID(name), Created: now}
			l.Thread = core.Thread{ID: canon.NewID(), Account: a.ID, Key: canon.ThreadKey{Account: "main", Peer: canon.RemoteID(name)}, Identity: l.Identity.ID, Contact: l.Contact.ID}
			d.commit(func(t *store.Tx) error { return t.Apply(&store.Change{Lane: l}) })
			ids = append(ids, l.Contact.ID)
		}
		find := func(q store.ContactQuery) []string {
			d.Helper()
			q.Limit = 10
			all, _, err := d.Contacts(d.Context(), q)
			if err != nil {
				d.Fatal(err)
			}
			names := []string{}
			for _, c := range all {
				names = append(names, c.Name)
			}
			return names
		}
		for text, want := range map[string][]string{"小明": {"王小明"}, "王": {"王小明"}, "ANN": {"Ann_100%", "annabel"}, "100": {"Ann_100%"}, "%": {}, "co bob": {"Bob \\ Co"}, "bob annabel": {}, "nobody": {}, "": {"annabel", "Bob \\ Co", "Ann_100%", "王小明"}} {
			if got := find(store.ContactQuery{Text: text}); !slices.Equal(got, want) {
				d.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
		var tag, other core.Tag
		d.commit(func(t *store.Tx) (err error) {
			if tag, err = t.SaveTag(d.Context(), core.Tag{Scope: core.TagContact, Name: "VIP"}, canon.ID{}); err != nil {
				return err
			}
			other, err = t.SaveTag(d.Context(), core.Tag{Scope: core.TagConversation, Name: "VIP"}, canon.ID{})
			return err
		})
		d.commit(func(t *store.Tx) error { return t.TagContact(d.Context(), ids[1], tag.ID, true, canon.ID{}) })
		d.refused("not_found", func(t *store.Tx) error { return t.TagContact(d.Context(), ids[1], other.ID, true, canon.ID{}) })
		d.refused("not_found", func(t *store.Tx) error { return t.TagContact(d.Context(), canon.NewID(), tag.ID, true, canon.ID{}) })
		if got := find(store.ContactQuery{Tag: tag.ID}); !slices.Equal(got, []string{"Ann_100%"}) {
			d.Errorf("%v", got)
		}
		d.commit(func(t *store.Tx) error {
			_, err := t.SaveBlock(d.Context(), core.Block{Kind: core.BlockContact, Contact: ids[1], Reason: "Spam"})
			return err
		})
		c, err := d.Contact(d.Context(), ids[1])
		if err != nil || !c.Blocked || !slices.Equal(c.Tags, []canon.ID{tag.ID}) {
			d.Errorf("%+v, %v", c, err)
		}
		blocks, err := d.Blocks(d.Context(), canon.ID{}, 10)
		if err != nil || len(blocks) != 1 {
			d.Fatalf("%+v, %v", blocks, err)
		}
		d.commit(func(t *store.Tx) error { return t.DeleteBlock(d.Context(), blocks[0].ID, canon.ID{}) })
		d.commit(func(t *store.Tx) error { return t.DeleteTag(tag.ID, canon.ID{}) })
		c, err = d.Contact(d.Context(), ids[1])
		if err != nil || c.Blocked || len(c.Tags) != 0 {
			d.Errorf("%+v, %v", c, err)
		}
		c.Attributes = map[string]string{"plan": "gold"}
		d.commit(func(t *store.Tx) error { _, err := t.ChangeContact(d.Context(), c, canon.ID{}); return err })
		got, err := d.Contact(d.Context(), ids[1])
		if err != nil || got.Attributes["plan"] != "gold" {
			d.Errorf("%+v, %v", got, err)
		}
		if k := d.told(5); !slices.Equal(k, []core.FeedKind{core.FeedTagged, core.FeedContact, core.FeedContact, core.FeedSettings, core.FeedContact}) {
			d.Errorf("the feed tells %v", k)
		}
		people, err := d.Identities(d.Context(), ids[0])
		if err != nil || len(people) != 1 || people[0].RemoteID != "王小明" {
			d.Errorf("%+v, %v", people, err)
		}
	})
}
