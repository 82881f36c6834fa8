package api

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// owe starts the clock of a conversation.
func (r *rig) owe(tenant canon.ID, conversation string, within time.Duration) time.Time {
	r.t.Helper()
	id, err := canon.ParseID(conversation)
	r.must(err)
	now := r.store.Now()
	due := now.Add(within)
	r.must(r.store.For(tenant).Write(context.Background(), func(t *store.Tx) error {
		l, err := t.LaneOfConversation(context.Background(), id)
		if err != nil {
			return err
		}
		ch := store.Began(l)
		l.Thread.Rev++
		l.Round.WaitingSince = now
		l.Round.Clocks.Reply = store.Clock{For: core.DueFirst, Within: int(within.Minutes()), Began: now.UnixMilli(), Since: now.UnixMilli(), Due: due.UnixMilli()}
		return t.Apply(ch)
	}))
	return due
}

// What is due is listed in its order and by whether it is overdue, also by a view
// that was saved; it says until when, and for which goal.
func TestU13_WhatIsDueIsListed(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, wen := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent)
		first, second, never := r.world(r.home(), lin.agent), r.world(r.home(), lin.agent), r.world(r.home(), lin.agent)
		r.owe(r.home(), second["conversation"], 20*time.Minute)
		due := r.owe(r.home(), first["conversation"], 10*time.Minute)
		shown := func(query string) (ids []string) {
			t.Helper()
			next := ""
			for {
				var page list[ConversationRow]
				wen.do("GET", "/conversations?limit=1&status=open&"+query+next, nil).want(200).into(&page)
				for _, row := range page.Items {
					ids = append(ids, row.ID.String())
				}
				if page.Next == nil {
					return ids
				}
				next = "&cursor=" + *page.Next
			}
		}
		if got := shown("sort=due"); !slices.Equal(got, []string{first["conversation"], second["conversation"]}) {
			t.Errorf("due first: %v", got)
		}
		if got := shown("sort=newest"); !slices.Contains(got, never["conversation"]) {
			t.Errorf("newest: %v", got)
		}
		var d ConversationDetail
		wen.do("GET", "/conversations/"+first["conversation"], nil).want(200).into(&d)
		if !d.Due.Equal(due) || d.DueFor != core.DueFirst || d.DueWithin != 10 {
			t.Errorf("due %v for %q of %d minutes", d.Due, d.DueFor, d.DueWithin)
		}
		var view core.View
		lin.do("POST", "/views", map[string]any{"name": "Late", "filter": map[string]any{"overdue": true}}).want(201).into(&view)
		counted := func() int {
			var counts ViewCounts
			lin.do("GET", "/views/counts", nil).want(200).into(&counts)
			return counts.Counts[view.ID.String()]
		}
		if got := shown("overdue=true"); len(got) != 0 || counted() != 0 || !view.Filter.Overdue {
			t.Errorf("overdue too early: %v, %d in the view %+v", got, counted(), view.Filter)
		}
		r.clock.pass(15 * time.Minute)
		if got := shown("overdue=true"); !slices.Equal(got, []string{first["conversation"]}) || counted() != 1 {
			t.Errorf("overdue: %v, %d in the view", got, counted())
		}
		if p := wen.do("GET", "/conversations?overdue=true&wait=5", nil).want(422).problem(); p.Field != "query.overdue" || p.Code != "overdue" {
			t.Errorf("%+v", p)
		}
		if p := lin.do("POST", "/views", map[string]any{"name": "Both", "filter": map[string]any{"overdue": true, "wait": 5}}).want(422).problem(); p.Field != "body.filter.overdue" {
			t.Errorf("%+v", p)
		}
	})
}

// Goals are the business's, or a team's own.
func TestU13_GoalsAreOfTheBusinessOrOfATeam(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		boss, lin := r.signedIn(r.home(), core.RoleOwner), r.signedIn(r.home(), core.RoleAgent)
		if p := boss.do("PATCH", "/tenant", map[string]any{"settings": map[string]any{"goals": map[string]int{"first": 43201}}}).want(422).problem(); p.Field != "body.settings.goals.first" {
			t.Errorf("%+v", p)
		}
		boss.do("PATCH", "/tenant", map[string]any{"settings": map[string]any{"goals": map[string]int{"first": 30, "resolved": 600}}}).want(200)
		lin.do("PATCH", "/tenant", map[string]any{"settings": map[string]any{"goals": map[string]int{"first": 1}}}).want(403)
		var tenant core.Tenant
		if boss.do("GET", "/tenant", nil).want(200).into(&tenant); tenant.Settings.Goals != (core.Goals{First: 30, Resolved: 600}) {
			t.Errorf("%+v", tenant.Settings.Goals)
		}
		boss.do("PATCH", "/tenant", map[string]any{"settings": map[string]any{"require_tag": true}}).want(200).into(&tenant)
		if tenant.Settings.Goals.First != 30 {
			t.Errorf("another switch took the goals: %+v", tenant.Settings.Goals)
		}
		var team core.Team
		boss.do("POST", "/teams", map[string]any{"name": "Quick", "goals": map[string]int{"first": 5, "next": 5}}).want(201).into(&team)
		at := "/teams/" + team.ID.String()
		read := func() *core.Goals {
			t.Helper()
			var v core.Team
			boss.do("GET", at, nil).want(200).into(&v)
			return v.Goals
		}
		if g := read(); g == nil || *g != (core.Goals{First: 5, Next: 5}) {
			t.Errorf("made with %+v", g)
		}
		boss.do("PATCH", at, map[string]any{"name": "Quicker"}).want(200)
		if g := read(); g == nil || g.First != 5 {
			t.Errorf("another name left it %+v", g)
		}
		boss.do("PATCH", at, map[string]any{"goals": map[string]int{}}).want(200)
		if g := read(); g == nil || *g != (core.Goals{}) {
			t.Errorf("promising nothing, it has %+v", g)
		}
		boss.do("PATCH", at, map[string]any{"own_goals": false}).want(200)
		if g := read(); g != nil {
			t.Errorf("promising what the business does, it has %+v", g)
		}
		if p := boss.do("PATCH", at, map[string]any{"goals": map[string]int{"next": -1}}).want(422).problem(); p.Field != "body.goals.next" {
			t.Errorf("%+v", p)
		}
	})
}
