package orchestrate

import (
	"context"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Relieve gives what a person who may serve no more has to the queues: of the
// team each came by, or of its account. What sleeps goes there when it wakes. A
// person who serves keeps everything. by is the agent who brought it about; zero
// for nobody.
func (o *Orchestrator) Relieve(ctx context.Context, tenant, agent, by canon.ID) error {
	q := store.ListQuery{Owners: []canon.ID{agent}, Statuses: []core.Status{core.StatusAgent}, Sort: store.SortNewest, Limit: 200}
	var all []error
	for more := true; more; {
		page, err := o.store.For(tenant).Conversations(ctx, q)
		if err != nil {
			return fmt.Errorf("find what agent %s has: %w", agent, err)
		}
		for _, c := range page.Items {
			if err := o.relieve(ctx, tenant, c.ID, agent, by); err != nil {
				all = append(all, fmt.Errorf("hand over conversation %s: %w", c.ID, err))
			}
		}
		q.After, more = page.Next, page.More && ctx.Err() == nil
	}
	o.Drain(tenant)
	return errors.Join(all...)
}

func (o *Orchestrator) relieve(ctx context.Context, tenant, conversation, agent, by canon.ID) error {
	return o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		if r.Owner.Kind != core.StatusAgent || r.Owner.ID != agent {
			return nil // somebody was faster
		}
		name, serves, err := t.AgentName(ctx, agent)
		if err != nil || serves {
			return err
		}
		since := r.WaitingSince
		s.orphan(core.Reason{Code: "owner_gone", Text: name}, by)
		if !since.IsZero() {
			r.WaitingSince = since // the customer waited before, too
		}
		return nil
	})
}

// orphan puts the conversation of an agent into the queue of the team it came
// by, or of its account.
func (s *scene) orphan(why core.Reason, by canon.ID) {
	team := s.round().Owner.Team
	if team.IsZero() {
		team = s.account.Team
	}
	s.own(core.Owner{Kind: core.StatusQueue, Team: team}, why, by, core.FeedTransferred)
}

// relieved takes up what a stop left half done.
func (o *Orchestrator) relieved(ctx context.Context, tenant canon.ID) error {
	gone, err := o.store.For(tenant).Idlers(ctx)
	if err != nil {
		return err
	}
	var all []error
	for _, agent := range gone {
		all = append(all, o.Relieve(ctx, tenant, agent, canon.ID{}))
	}
	return errors.Join(all...)
}
