package api

import (
	"context"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
	"parley/core/store"
)

const (
	namedMost    = 1000 // agents, bots, teams, tags and accounts whose names are looked through
	namedPeople  = 50   // customers one from: may name
	foundPeople  = 6    // customers an answer shows
	foundsOfEach = 3    // conversations with each
)

// operators turns names into ids, and returns what names nothing.
func (a *API) operators(ctx context.Context, c *call, asked search.Question, q *store.SearchQuery) (unmatched []string, err error) {
	unmatched = []string{}
	note := func(operator, value string, n int) {
		if n == 0 {
			unmatched = append(unmatched, operator+":"+value)
		}
	}
	for _, value := range asked.From {
		if q.From == nil {
			q.From = &store.Speakers{}
		}
		staff, threads, err := a.speakers(ctx, c, value)
		if err != nil {
			return nil, err
		}
		q.From.Staff, q.From.Threads = append(q.From.Staff, staff...), append(q.From.Threads, threads...)
		note("from", value, len(staff)+len(threads))
	}
	for _, value := range asked.In {
		if q.In == nil {
			q.In = &store.Places{}
		}
		accounts, err := namedBy(ctx, value, c.scope.Accounts, func(v core.Account) (canon.ID, []string) { return v.ID, []string{v.Name, v.Kind} })
		if err != nil {
			return nil, err
		}
		teams, err := namedBy(ctx, value, c.scope.Teams, func(v core.Team) (canon.ID, []string) { return v.ID, []string{v.Name} })
		if err != nil {
			return nil, err
		}
		q.In.Accounts, q.In.Teams = append(q.In.Accounts, accounts...), append(q.In.Teams, teams...)
		note("in", value, len(accounts)+len(teams))
	}
	q.Tagged = len(asked.Tag) > 0
	for _, value := range asked.Tag {
		tags, err := namedBy(ctx, value, func(ctx context.Context, after canon.ID, limit int) ([]core.Tag, error) {
			return c.scope.Tags(ctx, core.TagConversation, after, limit)
		}, func(v core.Tag) (canon.ID, []string) { return v.ID, []string{v.Name} })
		if err != nil {
			return nil, err
		}
		q.Tags = append(q.Tags, tags...)
		note("tag", value, len(tags))
	}
	return unmatched, nil
}

// speakers are the agents, bots and customers of a name or address.
func (a *API) speakers(ctx context.Context, c *call, value string) (staff, threads []canon.ID, err error) {
	if value == "me" {
		return []canon.ID{c.who.Who()}, nil, nil
	}
	if staff, err = namedBy(ctx, value, c.scope.Agents, func(v core.Agent) (canon.ID, []string) { return v.ID, []string{v.Name, v.Email} }); err != nil {
		return nil, nil, err
	}
	bots, err := namedBy(ctx, value, c.scope.Bots, func(v core.Bot) (canon.ID, []string) { return v.ID, []string{v.Name} })
	if err != nil {
		return nil, nil, err
	}
	people, err := c.scope.FindPeople(ctx, search.Name(value), c.who.Visible(), namedPeople)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]canon.ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	threads, err = c.scope.ThreadsOf(ctx, ids)
	return append(staff, bots...), threads, err
}

// namedBy are those of a list that a name fits.
func namedBy[T any](ctx context.Context, value string, read func(context.Context, canon.ID, int) ([]T, error), of func(T) (canon.ID, []string)) ([]canon.ID, error) {
	name := search.Name(value)
	all, err := read(ctx, canon.ID{}, namedMost)
	if err != nil || len(name) == 0 {
		return nil, err
	}
	var out []canon.ID
	for _, v := range all {
		if id, texts := of(v); search.Holds(texts, name) {
			out = append(out, id)
		}
	}
	return out, nil
}

// findPeople adds the customers who fit and their newest conversations.
func (a *API) findPeople(ctx context.Context, c *call, asked search.Question, out *SearchAnswer) error {
	visible := c.who.Visible()
	people, err := c.scope.FindPeople(ctx, asked.Words, visible, foundPeople)
	if err != nil || len(people) == 0 {
		return err
	}
	out.Customers = people
	var rounds []core.Conversation
	for _, p := range people {
		all, err := c.scope.ContactConversations(ctx, p.ID, canon.ID{}, 50)
		if err != nil {
			return err
		}
		n := 0
		for _, v := range all {
			if n < foundsOfEach && visible.Sees(v) {
				rounds, n = append(rounds, v), n+1
			}
		}
	}
	out.Conversations, err = a.rows(ctx, c, rounds, people)
	return err
}
