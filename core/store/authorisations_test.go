package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// TestAStateIsUsedUpByWhoCarriesIt: by nobody else, not in another session, not
// in another tenant, once, and not after its time.
func TestAStateIsUsedUpByWhoCarriesIt(t *testing.T) {
	desks(t, func(d *desk) {
		a := store.Authorisation{State: []byte("state"), Credential: []byte("session"), Agent: canon.NewID(), Account: canon.NewID(), Again: true, Expires: d.Now().Add(time.Minute),
			Offered: []store.Offered{{RemoteID: "4839274610283746", Name: "花店"}}}
		late := a
		late.State, late.Expires = []byte("late"), d.Now().Add(-time.Second)
		d.commit(func(t *store.Tx) error { return t.AddAuthorisation(a) })
		d.commit(func(t *store.Tx) error { return t.AddAuthorisation(late) })
		take := func(state, session string, agent canon.ID) func(*store.Tx) error {
			return func(t *store.Tx) error {
				got, err := t.TakeAuthorisation(d.Context(), []byte(state), []byte(session), agent)
				if err == nil && (got.Account != a.Account || !got.Again || !slices.Equal(got.Offered, a.Offered)) {
					d.Errorf("taken as %+v", got)
				}
				return err
			}
		}
		d.refused("not_found", take("state", "another", a.Agent))
		d.refused("not_found", take("state", "session", canon.NewID()))
		d.refused("not_found", take("late", "session", a.Agent))
		d.commit(take("state", "session", a.Agent))
		d.refused("not_found", take("state", "session", a.Agent))
	})
}

// TestAnAccountShowsTheWorseLight of its link's and its own.
func TestAnAccountShowsTheWorseLight(t *testing.T) {
	desks(t, func(d *desk) {
		l, a := d.link(connector.Values{})
		shows := func(health connector.Health, code string) {
			d.Helper()
			got, err := d.Account(context.Background(), a.ID)
			if err != nil || got.State.Health != health || got.State.Code != code {
				d.Errorf("it shows %+v, %v; want %s for %s", got.State, err, health, code)
			}
		}
		link := func(h connector.Health, code string) {
			d.commit(func(t *store.Tx) error {
				return t.SetLinkState(d.Context(), l.ID, core.LinkState{Health: h, Code: code, At: d.Now()})
			})
		}
		own := func(h connector.Health, code string) {
			d.commit(func(t *store.Tx) error {
				return t.SetAccountState(d.Context(), a.ID, core.LinkState{Health: h, Code: code, At: d.Now()})
			})
		}
		shows(connector.HealthUnknown, "")
		link(connector.HealthGood, "ok")
		shows(connector.HealthGood, "ok")
		own(connector.HealthBad, "not_authorised")
		shows(connector.HealthBad, "not_authorised")
		if k := d.told(1); k[0] != core.FeedAccount {
			d.Errorf("the feed tells %v", k)
		}
		own(connector.HealthGood, "ok")
		link(connector.HealthPoor, "no_ticket")
		shows(connector.HealthPoor, "no_ticket")
		d.commit(func(t *store.Tx) error { return t.Named(d.Context(), a.ID, "wx-1", canon.ID{}) })
		d.commit(func(t *store.Tx) error {
			got, err := t.AccountOf(d.Context(), l.ID, "wx-1")
			if err == nil && got.ID != a.ID {
				d.Errorf("by its name it is %s", got.ID)
			}
			return err
		})
	})
}
