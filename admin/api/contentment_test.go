package api

import (
	"context"
	"testing"
	"time"

	"parley/core"
	"parley/core/store"
)

// Averages are kept, by agent and account and of all: what nobody answered counts
// as asked, what is answered twice counts once, and what was asked before the
// time is left out.
func TestAveragesOfRatingsAreKept(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		owner, other := r.signedIn(home, core.RoleOwner), r.signedIn(home, core.RoleAgent)
		r.asked(r.second(), owner.agent, 1, "a stranger's")
		r.asked(home, other.agent, 2, "")
		r.clock.pass(48 * time.Hour)
		r.asked(home, owner.agent, 5, "")
		last := r.asked(home, owner.agent, 4, "")
		r.asked(home, owner.agent, 0, "")
		r.must(r.store.For(home).Write(context.Background(), func(t *store.Tx) error {
			v, err := t.Rating(context.Background(), last)
			if err == nil {
				_, err = t.Rate(v, 1, core.RatedByWords) // the first one counts
			}
			return err
		}))
		read := func(query string) (out Contentments) {
			r.program(home, core.RoleOwner).do("GET", "/ratings/averages"+query, nil).want(200).into(&out)
			return out
		}
		lately := read("?days=1")
		if lately.All != (Contentment{Asked: 3, Answered: 2, Average: 4.5}) {
			t.Errorf("of today: %+v", lately.All)
		}
		if len(lately.Agents) != 1 || lately.Agents[0] != (Contentment{ID: owner.agent, Asked: 3, Answered: 2, Average: 4.5}) {
			t.Errorf("of today's agents: %+v", lately.Agents)
		}
		if len(lately.Accounts) != 3 || len(lately.Teams) != 0 || len(lately.Bots) != 0 {
			t.Errorf("of today's accounts, teams and bots: %+v", lately)
		}
		week := read("")
		if len(week.Agents) != 2 || week.All.Asked != 4 || week.All.Answered != 3 {
			t.Errorf("of the week: %+v", week)
		}
	})
}
