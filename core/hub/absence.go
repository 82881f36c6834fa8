package hub

import (
	"context"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// absentAfter is how long an agent without a live socket stays assigned to: a
// network that drops for a moment must not shuffle conversations.
const absentAfter = 3 * time.Minute

// absence takes agents off the queue who are gone for good, and puts them back
// when they come again.
type absence struct {
	hub *Hub

	mu     sync.Mutex
	timers map[canon.ID]*time.Timer // agents who are gone
	over   bool
}

func newAbsence(h *Hub) *absence { return &absence{hub: h, timers: map[canon.ID]*time.Timer{}} }

// moved is called when an agent's first socket opens or the last one closes.
func (a *absence) moved(tenant, agent canon.ID, here bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.timers[agent]; t != nil {
		t.Stop()
		delete(a.timers, agent)
	}
	if a.over {
		return
	}
	if here {
		go a.set(tenant, agent, core.AgentOffline, core.AgentOnline)
		return
	}
	a.expect(tenant, agent)
}

// expect gives an agent a while to come back; a.mu is held.
func (a *absence) expect(tenant, agent canon.ID) {
	a.timers[agent] = time.AfterFunc(absentAfter, func() {
		for _, state := range []core.AgentState{core.AgentOnline, core.AgentBusy, core.AgentAway, core.AgentInvisible} {
			a.set(tenant, agent, state, core.AgentOffline)
		}
	})
}

// begin expects, after a start, everybody whom an earlier process left at work.
func (a *absence) begin(ctx context.Context, tenant canon.ID) error {
	after := canon.ID{}
	for {
		all, err := a.hub.o.Store.For(tenant).Agents(ctx, after, 200)
		if err != nil {
			return err
		}
		a.mu.Lock()
		for _, v := range all {
			after = v.ID
			if v.State != core.AgentOffline && !a.hub.o.Presence.Here(tenant, v.ID) && a.timers[v.ID] == nil {
				a.expect(tenant, v.ID)
			}
		}
		a.mu.Unlock()
		if len(all) < 200 {
			return nil
		}
	}
}

// set moves an agent from one state to another, if they are in it.
func (a *absence) set(tenant, agent canon.ID, from, to core.AgentState) {
	ctx := a.hub.ctx
	scope := a.hub.o.Store.For(tenant)
	v, err := scope.Agent(ctx, agent)
	if err != nil || v.State != from {
		return
	}
	err = scope.Write(ctx, func(t *store.Tx) error {
		_, err := t.StoreState(ctx, agent, to, canon.ID{})
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			a.hub.o.Log.Warn("an agent's state was not changed", "agent", agent, "to", to, "err", err)
		}
		return
	}
	a.hub.poke(tenant)
	if to == core.AgentOnline {
		a.hub.Desk.Drain(tenant)
	}
}

func (a *absence) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	for _, t := range a.timers {
		t.Stop()
	}
}
