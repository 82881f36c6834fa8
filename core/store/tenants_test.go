package store_test

import (
	"reflect"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

// desk is the default tenant of a fresh database.
type desk struct {
	*testing.T
	store *store.Store
	box   *secret.Box
	store.Scope
}

// desks runs a test on a fresh SQLite and a fresh PostgreSQL.
func desks(t *testing.T, do func(d *desk)) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			t.Parallel()
			url, dir := db, t.TempDir()
			if db == "postgres" {
				url = migrated.Postgres(t)
			} else {
				migrated.SQLite(t, dir)
			}
			s, err := store.Open(t.Context(), store.Options{URL: url, DataDir: dir})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			box := secret.NewBox(secret.NewMasterKey())
			tenant, err := s.EnsureDefaultTenant(t.Context(), box)
			if err != nil {
				t.Fatal(err)
			}
			do(&desk{t, s, box, s.For(tenant.ID)})
		})
	}
}

// commit writes, and fails the test on an error.
func (d *desk) commit(do func(t *store.Tx) error) {
	d.Helper()
	if err := d.Write(d.Context(), do); err != nil {
		d.Fatal(err)
	}
}

// refused writes what must be refused with a code.
func (d *desk) refused(code string, do func(t *store.Tx) error) {
	d.Helper()
	err := d.Write(d.Context(), do)
	if f, ok := core.AsFault(err); !ok || f.Code != code {
		d.Errorf("%v, want a refusal %q", err, code)
	}
}

func (d *desk) person(email string, role core.Role) core.Agent {
	d.Helper()
	var a core.Agent
	d.commit(func(t *store.Tx) (err error) {
		a, err = t.AddAgent(d.Context(), core.Agent{Email: email, Name: email, Role: role, Language: "en", MaxLoad: 10}, "hash", canon.ID{})
		return err
	})
	return a
}

// told are the kinds of the newest n entries of the feed, oldest first.
func (d *desk) told(n int) []core.FeedKind {
	d.Helper()
	for {
		_, numbered, err := d.Sequence(d.Context(), 500)
		if err != nil {
			d.Fatal(err)
		}
		if numbered == 0 {
			break
		}
	}
	last, _, err := d.FeedSeq(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	all, err := d.FeedSince(d.Context(), last-int64(n), n)
	if err != nil {
		d.Fatal(err)
	}
	var kinds []core.FeedKind
	for _, e := range all {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestDefaultTenantIsMadeOnce(t *testing.T) {
	desks(t, func(d *desk) {
		again, err := d.store.EnsureDefaultTenant(d.Context(), d.box)
		if err != nil || again.ID != d.Tenant() || !reflect.DeepEqual(again.Settings, core.DefaultSettings()) {
			d.Errorf("%+v, %v", again, err)
		}
		if _, added, err := d.store.AddTenant(d.Context(), d.box, store.DefaultSlug, "x", "en"); added || err != nil {
			d.Errorf("the slug was given twice: %v", err)
		}
		if _, ok, err := d.store.TenantBySlug(d.Context(), "nobody"); ok || err != nil {
			d.Errorf("a tenant nobody made: %v", err)
		}
		all, err := d.store.Tenants(d.Context())
		if len(all) != 1 || err != nil {
			d.Errorf("%v, %v", all, err)
		}
	})
}

func TestSettingUpAddsOneOwner(t *testing.T) {
	desks(t, func(d *desk) {
		if needed, err := d.NeedsSetup(d.Context()); !needed || err != nil {
			d.Errorf("%t, %v", needed, err)
		}
		setUp := func(t *store.Tx) error {
			_, err := t.SetUp(d.Context(), "Shop", "en", core.Agent{Email: "Lin@Example.com", Name: "Lin"}, "hash")
			return err
		}
		d.commit(setUp)
		d.refused("set_up_already", setUp)
		if needed, err := d.NeedsSetup(d.Context()); needed || err != nil {
			d.Errorf("%t, %v", needed, err)
		}
		a, ok, err := d.AgentByEmail(d.Context(), "LIN@example.com")
		if !ok || err != nil || a.Role != core.RoleOwner {
			d.Errorf("%+v, %v", a, err)
		}
		v, err := d.ReadTenant(d.Context())
		if v.Name != "Shop" || v.Language != "en" || err != nil {
			d.Errorf("%+v, %v", v, err)
		}
	})
}

func TestSettingsAreKept(t *testing.T) {
	desks(t, func(d *desk) {
		v, err := d.ReadTenant(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		v.Settings.IdleClose, v.Settings.HandoffLine = 60, "请稍候"
		d.commit(func(t *store.Tx) error { return t.ChangeTenant(d.Context(), v, canon.ID{}) })
		got, err := d.ReadTenant(d.Context())
		if !reflect.DeepEqual(got, v) || err != nil {
			d.Errorf("%+v, %v; want %+v", got, err, v)
		}
		if k := d.told(1); k[0] != core.FeedSettings {
			d.Errorf("the feed tells %v", k)
		}
		v.Hours = canon.NewID()
		d.refused("not_found", func(t *store.Tx) error { return t.ChangeTenant(d.Context(), v, canon.ID{}) })
	})
}

func TestSessionsAndTokensEnd(t *testing.T) {
	desks(t, func(d *desk) {
		lin := d.person("lin@example.com", core.RoleAgent)
		now := d.Now()
		add := func(hash string, expires time.Time) {
			d.commit(func(t *store.Tx) error {
				_, err := t.AddSession(d.Context(), store.Session{Hash: []byte(hash), Agent: lin.ID, Created: now, Seen: now, Expires: expires, Address: "::1", Browser: "x"})
				return err
			})
		}
		add("one", now.Add(time.Hour))
		add("two", now.Add(time.Hour))
		add("old", now.Add(-time.Second))
		var token core.Token
		d.commit(func(t *store.Tx) (err error) {
			token, err = t.AddToken(core.Token{Name: "Script", Role: core.RoleBot, Prefix: "plk_abc"}, []byte("token"))
			return err
		})
		alive := func(want ...string) {
			d.Helper()
			got, err := d.Alive(d.Context(), [][]byte{[]byte("one"), []byte("two"), []byte("old"), []byte("token"), []byte("none")})
			if err != nil || len(got) != len(want) {
				d.Errorf("alive are %v, %v; want %v", got, err, want)
			}
			for _, w := range want {
				if !got[w] {
					d.Errorf("%s is not alive", w)
				}
			}
		}
		alive("one", "two", "token")
		if _, ok, err := d.Session(d.Context(), []byte("old")); ok || err != nil {
			d.Errorf("an expired session counts: %v", err)
		}
		d.commit(func(t *store.Tx) error { return t.SetPassword(d.Context(), lin.ID, "new", []byte("one")) })
		alive("one", "token")
		if k := d.told(1); k[0] != core.FeedSignedOut {
			d.Errorf("the feed tells %v", k)
		}
		d.commit(func(t *store.Tx) error { return t.DeleteToken(token.ID) })
		d.refused("not_found", func(t *store.Tx) error { return t.DeleteToken(token.ID) })
		alive("one")
		other, _, err := d.store.AddTenant(d.Context(), d.box, "other", "Other", "en")
		if err != nil {
			d.Fatal(err)
		}
		if got, err := d.store.For(other.ID).Alive(d.Context(), [][]byte{[]byte("one")}); len(got) > 0 || err != nil {
			d.Errorf("another tenant knows the session: %v, %v", got, err)
		}
	})
}

func TestIdempotencyKeys(t *testing.T) {
	desks(t, func(d *desk) {
		begin := func(key, request string) store.Answered {
			d.Helper()
			got, err := d.Begin(d.Context(), key, []byte(request))
			if err != nil {
				d.Fatal(err)
			}
			return got
		}
		if got := begin("k", "a"); got.Known {
			d.Errorf("%+v", got)
		}
		if got := begin("k", "a"); !got.Known || !got.Same || got.Status != 0 {
			d.Errorf("under way: %+v", got)
		}
		if err := d.Finish(d.Context(), "k", 201, []byte("{}")); err != nil {
			d.Fatal(err)
		}
		if got := begin("k", "a"); !got.Same || got.Status != 201 || string(got.Body) != "{}" {
			d.Errorf("done: %+v", got)
		}
		if got := begin("k", "b"); !got.Known || got.Same {
			d.Errorf("another request: %+v", got)
		}
		if err := d.Finish(d.Context(), "k", 0, nil); err != nil {
			d.Fatal(err)
		}
		if got := begin("k", "b"); got.Known {
			d.Errorf("given back: %+v", got)
		}
	})
}
