package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/core"
	"parley/core/canon"
)

// Sort is the order of a list of conversations.
type Sort string

// The orders: newest message first, or longest wait first (only those where a
// customer waits for a person).
const (
	SortNewest  Sort = "newest"
	SortWaiting Sort = "waiting"
)

// ListQuery says which conversations to list. Cost does not grow with what is
// stored: a page is read from an index, and where no index fits all filters at
// most ScanLimit rows are looked at, the page then being shorter and its cursor
// going on from there.
type ListQuery struct {
	Statuses []core.Status // none: the three open ones
	Owner    canon.ID
	Account  canon.ID
	Team     canon.ID
	NoTeam   bool // only those in no team
	Tag      canon.ID
	Sort     Sort
	After    Cursor
	Limit    int
	// Visible, when set, leaves out what a limited agent may not see.
	Visible *Visible
}

// Visible is what a limited agent may see: own conversations and those of own
// teams' queues.
type Visible struct {
	Agent canon.ID
	Teams []canon.ID
}

// Sees reports whether a conversation is visible.
func (v *Visible) Sees(c core.Conversation) bool {
	if v == nil {
		return true
	}
	if c.Owner.Kind == core.StatusAgent || c.Owner.Kind == core.StatusClosed {
		return c.Owner.ID == v.Agent || slices.Contains(c.Colleagues, v.Agent)
	}
	return slices.Contains(c.Colleagues, v.Agent) || c.Owner.Kind == core.StatusQueue && slices.Contains(v.Teams, c.Owner.Team)
}

// ScanLimit is how many rows one page may look at.
const ScanLimit = 2000

// Cursor is a place in a list: the sorting time in milliseconds and the id of
// the last row looked at.
type Cursor struct {
	At int64    `json:"a"`
	ID canon.ID `json:"i"`
}

// Page is one page of conversations. More says that Next leads on.
type Page struct {
	Items []core.Conversation
	Next  Cursor
	More  bool
}

// Conversations lists conversations.
func (c Scope) Conversations(ctx context.Context, q ListQuery) (Page, error) {
	if len(q.Statuses) == 0 {
		q.Statuses = []core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent}
	}
	where, args := []string{"c.tenant = $1"}, []any{c.tenant}
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	// The index follows the first of these; what is left filters its rows.
	if !q.Owner.IsZero() {
		add("c.owner = $%d", q.Owner)
	}
	if !q.Account.IsZero() {
		add("c.account = $%d", q.Account)
	}
	if !q.Team.IsZero() {
		add("c.team = $%d", q.Team)
	}
	if q.NoTeam {
		where = append(where, "c.team IS NULL")
	}
	filters := 0
	for _, on := range []bool{!q.Owner.IsZero(), !q.Account.IsZero(), !q.Team.IsZero(), q.NoTeam} {
		if on {
			filters++
		}
	}
	bounded := filters > 1 || q.NoTeam || !q.Tag.IsZero() || q.Visible != nil
	column, order, beyond := "last_at", "DESC", "<"
	if q.Sort == SortWaiting {
		column, order, beyond = "waiting", "ASC", ">"
		where = append(where, "c.waiting IS NOT NULL")
	}
	if bounded {
		return c.scanConversations(ctx, q, column, order, beyond)
	}
	if !q.After.ID.IsZero() {
		args = append(args, q.After.At, q.After.ID)
		where = append(where, fmt.Sprintf("(c.%s, c.id) %s ($%d, $%d)", column, beyond, len(args)-1, len(args)))
	}
	var all []Round
	for _, s := range q.Statuses {
		// One ordered range per status, merged below: a flat cost where a sort
		// over several statuses would read them whole.
		part, err := list(ctx, c.s, scanRound, fmt.Sprintf("SELECT %s FROM conversations c WHERE %s AND c.status = %d ORDER BY c.%s %s, c.id %s LIMIT %d",
			roundCols, strings.Join(where, " AND "), statusNumber(s), column, order, order, q.Limit+1), args...)
		if err != nil {
			return Page{}, fmt.Errorf("list conversations: %w", err)
		}
		all = append(all, part...)
	}
	key := sortKey(q.Sort)
	slices.SortFunc(all, func(a, b Round) int { return compareCursor(key(a), key(b), q.Sort) })
	page := Page{More: len(all) > q.Limit}
	if page.More {
		all = all[:q.Limit]
	}
	for _, r := range all {
		page.Items = append(page.Items, r.Conversation)
		page.Next = key(r)
	}
	return page, c.dress(ctx, page.Items)
}

func sortKey(s Sort) func(Round) Cursor {
	return func(r Round) Cursor {
		if s == SortWaiting {
			return Cursor{ms(r.WaitingSince), r.ID}
		}
		return Cursor{ms(r.LastAt), r.ID}
	}
}

func compareCursor(a, b Cursor, s Sort) int {
	c := 0
	switch {
	case a.At < b.At:
		c = -1
	case a.At > b.At:
		c = 1
	default:
		c = strings.Compare(string(a.ID[:]), string(b.ID[:]))
	}
	if s != SortWaiting {
		c = -c
	}
	return c
}

// scanConversations answers combinations no index fits: it walks the narrowest
// index there is, in batches, over at most ScanLimit rows.
func (c Scope) scanConversations(ctx context.Context, q ListQuery, column, order, beyond string) (Page, error) {
	if none, err := c.surelyNone(ctx, q); err != nil || none {
		return Page{}, err
	}
	base, args := "c.tenant = $1", []any{c.tenant}
	switch {
	case !q.Owner.IsZero():
		base, args = base+" AND c.owner = $2", append(args, q.Owner)
	case !q.Team.IsZero():
		base, args = base+" AND c.team = $2", append(args, q.Team)
	case !q.Account.IsZero():
		base, args = base+" AND c.account = $2", append(args, q.Account)
	}
	if q.Sort == SortWaiting {
		base += " AND c.waiting IS NOT NULL"
	}
	var page Page
	after, looked := q.After, 0
	key := sortKey(q.Sort)
	for looked < ScanLimit {
		cond, with := base, slices.Clone(args)
		if !after.ID.IsZero() {
			with = append(with, after.At, after.ID)
			cond += fmt.Sprintf(" AND (c.%s, c.id) %s ($%d, $%d)", column, beyond, len(with)-1, len(with))
		}
		const batch = 250
		var all []Round
		for _, s := range q.Statuses {
			part, err := list(ctx, c.s, scanRound, fmt.Sprintf("SELECT %s FROM conversations c WHERE %s AND c.status = %d ORDER BY c.%s %s, c.id %s LIMIT %d",
				roundCols, cond, statusNumber(s), column, order, order, batch), with...)
			if err != nil {
				return Page{}, fmt.Errorf("list conversations: %w", err)
			}
			all = append(all, part...)
		}
		slices.SortFunc(all, func(a, b Round) int { return compareCursor(key(a), key(b), q.Sort) })
		done := len(all) < batch
		if !done {
			all = all[:batch]
		}
		looked += len(all)
		keep, err := c.match(ctx, q, all)
		if err != nil {
			return Page{}, err
		}
		for i, r := range all {
			if keep[i] {
				if len(page.Items) == q.Limit {
					page.More = true
					return page, c.dress(ctx, page.Items)
				}
				page.Items = append(page.Items, r.Conversation)
			}
			after = key(r)
			page.Next = after
		}
		if done {
			return page, c.dress(ctx, page.Items)
		}
	}
	page.More = true
	return page, c.dress(ctx, page.Items)
}

// surelyNone looks at the kept counts: a filter whose count is nothing needs no
// walk.
func (c Scope) surelyNone(ctx context.Context, q ListQuery) (bool, error) {
	if slices.Contains(q.Statuses, core.StatusClosed) {
		return false, nil
	}
	var names []string
	if !q.Owner.IsZero() {
		names = append(names, "owner:"+q.Owner.String())
	}
	if !q.Account.IsZero() {
		names = append(names, "account:"+q.Account.String())
	}
	for _, name := range names {
		n, err := one(ctx, c.s, scalar[int64], "SELECT n FROM tallies WHERE tenant = $1 AND name = $2", c.tenant, name)
		if err != nil && !errors.Is(err, errNone) {
			return false, fmt.Errorf("read counts: %w", err)
		}
		if n == 0 {
			return true, nil
		}
	}
	return false, nil
}

// match tells which rows fit the filters the index did not.
func (c Scope) match(ctx context.Context, q ListQuery, all []Round) ([]bool, error) {
	tagged := map[canon.ID]bool{}
	ids := make([]canon.ID, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	if !q.Tag.IsZero() {
		hits, err := listIn(ctx, c.s, scalar[canon.ID], "SELECT conversation FROM conversation_tags WHERE tenant = $1 AND tag = $2 AND conversation IN (%s)", []any{c.tenant, q.Tag}, ids)
		if err != nil {
			return nil, fmt.Errorf("read tags: %w", err)
		}
		for _, id := range hits {
			tagged[id] = true
		}
	}
	added := map[canon.ID]bool{}
	if q.Visible != nil {
		hits, err := listIn(ctx, c.s, scalar[canon.ID], "SELECT conversation FROM colleagues WHERE tenant = $1 AND agent = $2 AND conversation IN (%s)", []any{c.tenant, q.Visible.Agent}, ids)
		if err != nil {
			return nil, fmt.Errorf("read colleagues: %w", err)
		}
		for _, id := range hits {
			added[id] = true
		}
	}
	keep := make([]bool, len(all))
	for i, r := range all {
		keep[i] = (q.Owner.IsZero() || r.Owner.ID == q.Owner) &&
			(q.Account.IsZero() || r.Account == q.Account) &&
			(q.Team.IsZero() || r.Owner.Team == q.Team) &&
			(!q.NoTeam || r.Owner.Team.IsZero()) &&
			(q.Tag.IsZero() || tagged[r.ID]) &&
			(q.Visible == nil || added[r.ID] || q.Visible.Sees(r.Conversation))
	}
	return keep, nil
}
