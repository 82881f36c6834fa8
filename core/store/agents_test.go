package store_test

import (
	"slices"
	"sync"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

func TestThereIsAlwaysAnOwner(t *testing.T) {
	desks(t, func(d *desk) {
		one, two := d.person("one@example.com", core.RoleOwner), d.person("two@example.com", core.RoleOwner)
		// Both step back at once: one of them is refused.
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, a := range []core.Agent{one, two} {
			a.Role = core.RoleAgent
			wg.Go(func() {
				errs[i] = d.Write(d.Context(), func(t *store.Tx) error {
					_, err := t.ChangeAgent(d.Context(), a, canon.ID{})
					return err
				})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			d.Fatalf("both or none stepped back: %v, %v", errs[0], errs[1])
		}
		left := one
		if errs[0] == nil {
			left = two
		}
		d.refused("last_owner", func(t *store.Tx) error { return t.DeleteAgent(d.Context(), left.ID, canon.ID{}) })
		left.Disabled = d.Now()
		d.refused("last_owner", func(t *store.Tx) error {
			_, err := t.ChangeAgent(d.Context(), left, canon.ID{})
			return err
		})
	})
}

func TestAgentsAndTeams(t *testing.T) {
	desks(t, func(d *desk) {
		lin := d.person("Lin@Example.com", core.RoleAgent)
		d.refused("taken", func(t *store.Tx) error {
			_, err := t.AddAgent(d.Context(), core.Agent{Email: "LIN@example.com", Name: "x", Role: core.RoleAgent}, "", canon.ID{})
			return err
		})
		var team core.Team
		d.commit(func(t *store.Tx) (err error) {
			team, err = t.SaveTeam(d.Context(), core.Team{Name: "Sales", Members: []canon.ID{lin.ID, lin.ID}}, canon.ID{})
			return err
		})
		got, err := d.Agent(d.Context(), lin.ID)
		if err != nil || !slices.Equal(got.Teams, []canon.ID{team.ID}) || got.Email != "lin@example.com" {
			d.Errorf("%+v, %v", got, err)
		}
		d.refused("taken", func(t *store.Tx) error {
			_, err := t.SaveTeam(d.Context(), core.Team{Name: "Sales"}, canon.ID{})
			return err
		})
		d.refused("not_found", func(t *store.Tx) error {
			_, err := t.SaveTeam(d.Context(), core.Team{Name: "Other", Members: []canon.ID{canon.NewID()}}, canon.ID{})
			return err
		})
		got.Teams, got.Name = nil, "Lin"
		d.commit(func(t *store.Tx) error {
			_, err := t.ChangeAgent(d.Context(), got, canon.ID{})
			return err
		})
		if team, err = d.Team(d.Context(), team.ID); err != nil || len(team.Members) != 0 {
			d.Errorf("%+v, %v", team, err)
		}
		d.commit(func(t *store.Tx) error {
			_, err := t.StoreState(d.Context(), lin.ID, core.AgentOnline, lin.ID)
			return err
		})
		if got, err = d.Agent(d.Context(), lin.ID); err != nil || got.State != core.AgentOnline || got.StateAt.IsZero() {
			d.Errorf("%+v, %v", got, err)
		}
		d.commit(func(t *store.Tx) error { return t.DeleteTeam(d.Context(), team.ID, canon.ID{}) })
		d.commit(func(t *store.Tx) error { return t.DeleteAgent(d.Context(), lin.ID, canon.ID{}) })
		if _, err := d.Agent(d.Context(), lin.ID); err == nil {
			d.Error("a deleted agent is read")
		}
		want := []core.FeedKind{core.FeedAgentCreated, core.FeedSettings, core.FeedAgentChanged, core.FeedAgentState, core.FeedSettings, core.FeedAgentDeleted}
		if k := d.told(len(want)); !slices.Equal(k, want) {
			d.Errorf("the feed tells %v", k)
		}
	})
}

func TestPhrasesOfOthersAreNotListed(t *testing.T) {
	desks(t, func(d *desk) {
		lin, wen := d.person("lin@example.com", core.RoleAgent), d.person("wen@example.com", core.RoleAgent)
		for _, owner := range []canon.ID{lin.ID, wen.ID, {}} {
			d.commit(func(t *store.Tx) error {
				_, err := t.SaveCanned(core.Canned{Owner: owner, Shortcut: "hi", Title: "Hi", Body: "Hello"}, lin.ID)
				return err
			})
		}
		for _, who := range []canon.ID{lin.ID, wen.ID} {
			all, err := d.CannedOf(d.Context(), who, canon.ID{}, 10)
			if err != nil || len(all) != 2 || slices.ContainsFunc(all, func(v core.Canned) bool { return !v.Owner.IsZero() && v.Owner != who }) {
				d.Errorf("%+v, %v", all, err)
			}
		}
		all, err := d.CannedOf(d.Context(), canon.ID{}, canon.ID{}, 10)
		if err != nil || len(all) != 1 {
			d.Errorf("a program sees %+v, %v", all, err)
		}
		d.commit(func(t *store.Tx) error { return t.UseCanned(all[0].ID) })
		if v, err := d.Canned(d.Context(), all[0].ID); err != nil || v.Uses != 1 {
			d.Errorf("%+v, %v", v, err)
		}
	})
}

func TestCalendarsInUseStay(t *testing.T) {
	desks(t, func(d *desk) {
		var k core.Calendar
		d.commit(func(t *store.Tx) (err error) {
			k, err = t.SaveCalendar(core.Calendar{Name: "Days", TimeZone: "Asia/Shanghai", Week: [7][]core.Period{{{From: 540, To: 1080}}}, Holidays: []core.Holiday{{Date: "2026-10-01"}}}, canon.ID{})
			return err
		})
		got, err := d.Calendar(d.Context(), k.ID)
		if err != nil || got.Week[0][0] != (core.Period{From: 540, To: 1080}) || len(got.Week[6]) != 0 || got.Week[6] == nil || got.Holidays[0].Date != "2026-10-01" {
			d.Errorf("%+v, %v", got, err)
		}
		v, err := d.ReadTenant(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		v.Hours = k.ID
		d.commit(func(t *store.Tx) error { return t.ChangeTenant(d.Context(), v, canon.ID{}) })
		d.refused("hours_used", func(t *store.Tx) error { return t.DeleteCalendar(d.Context(), k.ID, canon.ID{}) })
		v.Hours = canon.ID{}
		d.commit(func(t *store.Tx) error { return t.ChangeTenant(d.Context(), v, canon.ID{}) })
		d.commit(func(t *store.Tx) error { return t.DeleteCalendar(d.Context(), k.ID, canon.ID{}) })
		d.refused("not_found", func(t *store.Tx) error { return t.DeleteCalendar(d.Context(), k.ID, canon.ID{}) })
	})
}
