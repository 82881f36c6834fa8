package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
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

// ListQuery says which conversations to list. What a page costs does not grow
// with what is stored, whatever the filters and whether anything fits them.
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
	return v == nil || v.serves(c.Owner) || slices.Contains(c.Colleagues, v.Agent)
}

// serves reports whether what such an owner has is the agent's to see.
func (v *Visible) serves(o core.Owner) bool {
	switch o.Kind {
	case core.StatusAgent, core.StatusClosed:
		return o.ID == v.Agent
	case core.StatusQueue:
		return slices.Contains(v.Teams, o.Team)
	}
	return false
}

// Cursor is a place in a list: the sorting time in milliseconds and the id of
// the last row looked at.
type Cursor struct {
	At int64    `json:"a"`
	ID canon.ID `json:"i"`
}

// Page is one page of conversations. More says that Next leads on.
type Page struct {
	Items []core.Conversation
	// Contacts are with whom, in the order of Items: id, name and avatar alone.
	Contacts []core.Contact
	Next     Cursor
	More     bool
}

// Conversations lists conversations.
func (c Scope) Conversations(ctx context.Context, q ListQuery) (Page, error) {
	if len(q.Statuses) == 0 {
		q.Statuses = []core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent}
	}
	streams, err := c.streams(ctx, q)
	if err != nil || len(streams) == 0 {
		return Page{}, err
	}
	var found []listed
	var page Page
	if len(streams) == 1 && streams[0].table == "conversations" {
		if found, err = c.run(ctx, q.Sort, streams[0], q.Limit+1); err != nil {
			return Page{}, err
		}
		if page.More = len(found) > q.Limit; page.More {
			found = found[:q.Limit]
			page.Next = found[q.Limit-1].place(q.Sort)
		}
	} else {
		keys, err := c.merge(ctx, q.Sort, streams, q.Limit+1)
		if err != nil {
			return Page{}, err
		}
		if page.More = len(keys) > q.Limit; page.More {
			keys = keys[:q.Limit]
			page.Next = keys[q.Limit-1]
		}
		if found, err = c.byPlace(ctx, keys); err != nil {
			return Page{}, err
		}
	}
	if err := dress(ctx, c.s, c.tenant, found); err != nil {
		return Page{}, err
	}
	page.Items = make([]core.Conversation, 0, len(found))
	for i := range found {
		if q.fits(found[i].Conversation) { // it may have changed since its key was read
			page.Items = append(page.Items, found[i].Conversation)
			page.Contacts = append(page.Contacts, found[i].person)
		}
	}
	return page, nil
}

// streams are the ordered runs that a list is merged from.
func (c Scope) streams(ctx context.Context, q ListQuery) ([]*stream, error) {
	start := q.After
	if start.ID.IsZero() {
		start = q.Sort.order().start
	}
	var out []*stream
	add := func(src source, value int64) { out = append(out, &stream{source: src, value: value, last: start}) }
	if q.Owner.IsZero() && q.Account.IsZero() && q.Team.IsZero() && !q.NoTeam && q.Tag.IsZero() && q.Visible == nil {
		for _, s := range q.Statuses {
			add(byStatus, statusNumber(s))
		}
		return out, nil
	}
	cond, args := "", []any(nil)
	for _, f := range []struct {
		column string
		id     canon.ID
	}{{"owner", q.Owner}, {"team", q.Team}, {"account", q.Account}} {
		if !f.id.IsZero() {
			args = append(args, f.id)
			cond += fmt.Sprintf(" AND s.%s = $%d", f.column, len(args)+1)
		}
	}
	if q.NoTeam {
		cond += " AND s.team IS NULL"
	}
	all, err := shelves(ctx, c.s, c.tenant, cond+inStatuses(q.Statuses), args...)
	if err != nil {
		return nil, err
	}
	src, has := byShelf, map[int64]bool(nil)
	if !q.Tag.IsZero() {
		src = byTag(q.Tag)
		if has, err = c.shelvesOf(ctx, src); err != nil {
			return nil, err
		}
	}
	for _, s := range all {
		if (has == nil || has[s.number]) && (q.Visible == nil || q.Visible.serves(s.owner)) {
			add(src, s.number)
		}
	}
	if q.Visible == nil {
		return out, nil
	}
	src = byColleague(q.Visible.Agent, q.Tag)
	if has, err = c.shelvesOf(ctx, src); err != nil {
		return nil, err
	}
	for _, s := range all {
		if has[s.number] {
			add(src, s.number)
		}
	}
	return out, nil
}

// inStatuses is the condition for shelves of some statuses.
func inStatuses(all []core.Status) string {
	numbers := make([]string, len(all))
	for i, s := range all {
		numbers[i] = strconv.FormatInt(statusNumber(s), 10)
	}
	return " AND s.status IN (" + strings.Join(numbers, ",") + ")"
}

// stands reports whether the filters let a shelf through, apart from tag and
// visibility.
func (q ListQuery) stands(account canon.ID, o core.Owner) bool {
	return slices.Contains(q.Statuses, o.Kind) &&
		(q.Owner.IsZero() || o.ID == q.Owner) &&
		(q.Account.IsZero() || account == q.Account) &&
		(q.Team.IsZero() || o.Team == q.Team) &&
		(!q.NoTeam || o.Team.IsZero())
}

// fits reports whether a conversation belongs into the list.
func (q ListQuery) fits(c core.Conversation) bool {
	return q.stands(c.Account, c.Owner) &&
		(q.Tag.IsZero() || slices.Contains(c.Tags, q.Tag)) &&
		(q.Sort != SortWaiting || !c.WaitingSince.IsZero()) &&
		q.Visible.Sees(c)
}
