package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Sort is the order of a list of conversations.
type Sort string

// The orders: newest message first, longest wait first (only those where a
// customer waits for a person), what is due first (only those a clock runs for), or
// the most urgent first and of those the newest. Those by a column have its name.
const (
	SortNewest   Sort = "newest"
	SortWaiting  Sort = "waiting"
	SortDue      Sort = "due"
	SortPriority Sort = "priority"
)

// urgencies are the priorities in the order SortPriority has them.
var urgencies = []core.Priority{core.PriorityUrgent, core.PriorityHigh, ""}

// ListQuery says which conversations to list: those that fit one value of each
// filter that has any. What a page costs does not grow with what is stored,
// whatever the filters and whether anything fits them.
type ListQuery struct {
	Statuses []core.Status // none: the three open ones, without what sleeps
	Owners   []canon.ID
	// Added lets through, besides those of Owners, those this agent was added to.
	Added     canon.ID
	Accounts  []canon.ID
	Teams     []canon.ID
	NoTeam    bool // those in no team, besides those of Teams
	Tags      []canon.ID
	Languages []string // as of a locale: "zh"
	// Priorities are how urgent; the empty one is as any.
	Priorities []core.Priority
	// Waiting, when set, leaves those in which a customer waits for a person since
	// then or longer, and asks for SortWaiting.
	Waiting time.Time
	// Due, when set, leaves those that are due by then, and asks for SortDue.
	Due   time.Time
	Sort  Sort
	After Cursor
	Limit int
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
// the last row looked at, and in a list by priority which one that row has.
type Cursor struct {
	At       int64         `json:"a"`
	ID       canon.ID      `json:"i"`
	Priority core.Priority `json:"p,omitempty"`
}

// Page is one page of conversations. More says that Next leads on.
type Page struct {
	Items []core.Conversation
	Names []Names // in the order of Items
	Next  Cursor
	More  bool
}

var openStatuses = []core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent}

// Conversations lists conversations.
func (c Scope) Conversations(ctx context.Context, q ListQuery) (Page, error) {
	if len(q.Statuses) == 0 {
		q.Statuses = openStatuses
	}
	if !q.Waiting.IsZero() && q.Sort != SortWaiting || !q.Due.IsZero() && q.Sort != SortDue {
		return Page{}, errors.New("a list by how long they wait, or by what is due, is sorted so")
	}
	var streams []*stream
	var err error
	if q.Sort != SortPriority {
		if streams, err = c.streams(ctx, q); err != nil || len(streams) == 0 {
			return Page{}, err
		}
	}
	found, next, more, err := c.page(ctx, q, streams)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: make([]core.Conversation, 0, len(found)), Names: make([]Names, 0, len(found)), Next: next, More: more}
	for _, b := range found {
		if q.fits(b.Conversation) { // it may have changed since its key was read
			page.Items = append(page.Items, b.Conversation)
			page.Names = append(page.Names, b.names)
		}
	}
	return page, nil
}

// page are the conversations of a page, and whether and where it goes on.
func (c Scope) page(ctx context.Context, q ListQuery, streams []*stream) (found []*listed, next Cursor, more bool, err error) {
	switch {
	case len(streams) == 1 && streams[0].table == "conversations" && !streams[0].spoken:
		found, err = c.run(ctx, q.Sort, streams[0], q.Limit+1)
	case c.s.together(streams, q.Limit+1):
		found, err = c.whole(ctx, q.Sort, streams, q.Limit+1)
	default:
		keys, err := c.places(ctx, q, streams, q.Limit+1)
		if err != nil {
			return nil, next, false, err
		}
		if more = len(keys) > q.Limit; more {
			keys = keys[:q.Limit]
			next = keys[q.Limit-1]
		}
		if n := slices.IndexFunc(keys, func(k Cursor) bool { return q.past(k.At) }); n >= 0 {
			keys, more = keys[:n], false
		}
		found, err = c.byPlace(ctx, keys)
		return found, next, more, err
	}
	if err != nil {
		return nil, next, false, err
	}
	if more = len(found) > q.Limit; more {
		found = found[:q.Limit]
		next = found[q.Limit-1].place(q.Sort)
	}
	if n := slices.IndexFunc(found, func(b *listed) bool { return q.past(b.place(q.Sort).At) }); n >= 0 {
		found, more = found[:n], false
	}
	return found, next, more, nil
}

// places are the first n places of a list whose streams are known, or, where it is
// by priority, of one priority after the other.
func (c Scope) places(ctx context.Context, q ListQuery, streams []*stream, n int) ([]Cursor, error) {
	if q.Sort != SortPriority {
		return c.merge(ctx, q.Sort, streams, n)
	}
	levels, after := urgencies, q.After
	if !after.ID.IsZero() {
		levels = levels[max(0, slices.Index(levels, after.Priority)):]
	}
	var out []Cursor
	for i, level := range levels {
		if len(q.Priorities) > 0 && !slices.Contains(q.Priorities, level) {
			continue
		}
		one := q
		one.Priorities, one.After = []core.Priority{level}, Cursor{}
		if i == 0 {
			one.After = after
		}
		streams, err := c.streams(ctx, one)
		if err != nil {
			return nil, err
		}
		keys, err := c.merge(ctx, SortNewest, streams, n-len(out))
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			k.Priority = level
			out = append(out, k)
		}
		if len(out) == n {
			break
		}
	}
	return out, nil
}

// streams are the ordered runs that a list is merged from.
func (c Scope) streams(ctx context.Context, q ListQuery) ([]*stream, error) {
	start := q.After
	if start.ID.IsZero() {
		start = q.Sort.order().start
	}
	var out []*stream
	add := func(src source, value, weight int64) {
		out = append(out, &stream{source: src, value: value, weight: weight, last: start})
	}
	if len(q.Owners)+len(q.Accounts)+len(q.Teams)+len(q.Tags)+len(q.Languages)+len(q.Priorities) == 0 && !q.NoTeam && q.Visible == nil {
		for _, s := range q.Statuses {
			add(byStatus, statusNumber(s), 1)
		}
		return out, nil
	}
	all, err := c.shelvesFor(ctx, q)
	if err != nil {
		return nil, err
	}
	// A conversation may stand in several of the sources: it comes once.
	each := func(all []shelfRow, from func(tag canon.ID, language string) source, fits func(core.Owner) bool) error {
		for _, tag := range anyOf(q.Tags) {
			for _, language := range anyOf(q.Languages) {
				src, has := from(tag, language), map[int64]bool(nil)
				if src.marks != "" { // of a language most shelves have something
					if has, err = c.shelvesOf(ctx, src); err != nil {
						return err
					}
				}
				for _, s := range all {
					if (has == nil || has[s.number]) && fits(s.owner) {
						add(src, s.number, s.n)
					}
				}
			}
		}
		return nil
	}
	added := func(all []shelfRow, agent canon.ID) error {
		return each(all, func(tag canon.ID, language string) source { return byColleague(agent, tag, language) }, func(core.Owner) bool { return true })
	}
	if err := each(all, byMarks, func(o core.Owner) bool { return q.Visible == nil || q.Visible.serves(o) }); err != nil {
		return nil, err
	}
	if q.Visible != nil {
		if err := added(all, q.Visible.Agent); err != nil {
			return nil, err
		}
	}
	if q.Added.IsZero() || len(q.Owners) == 0 {
		return out, nil
	}
	// Most were added to nothing, and then there is no need to look at what
	// everybody else has.
	has, err := c.shelvesOf(ctx, byColleague(q.Added, canon.ID{}, ""))
	if err != nil || len(has) == 0 {
		return out, err
	}
	anybodys := q
	anybodys.Owners = nil
	if all, err = c.shelvesFor(ctx, anybodys); err != nil {
		return nil, err
	}
	return out, added(all, q.Added)
}

// shelvesFor are the shelves the filters let through, but for tags, languages and
// visibility.
func (c Scope) shelvesFor(ctx context.Context, q ListQuery) ([]shelfRow, error) {
	cond, args := "", []any(nil)
	for _, f := range []struct {
		column string
		ids    []canon.ID
		more   bool
	}{{"owner", q.Owners, false}, {"team", q.Teams, q.NoTeam}, {"account", q.Accounts, false}} {
		// Of several the fitting ones are told from the shelves themselves, which are
		// few: so that few statements are ever prepared.
		if len(f.ids) == 1 && !f.more {
			args = append(args, f.ids[0])
			cond += fmt.Sprintf(" AND s.%s = $%d", f.column, len(args)+1)
		}
	}
	if q.NoTeam && len(q.Teams) == 0 {
		cond += " AND s.team IS NULL"
	}
	all, err := shelves(ctx, c.s, c.tenant, cond+inStatuses(q.Statuses), args...)
	return slices.DeleteFunc(all, func(s shelfRow) bool { return !q.stands(s.shelf) }), err
}

// anyOf are the values to look for one after the other: one zero value, which
// stands for any, where there are none.
func anyOf[T any](values []T) []T {
	if len(values) == 0 {
		return make([]T, 1)
	}
	return values
}

// inStatuses is the condition for shelves of some statuses.
func inStatuses(all []core.Status) string {
	numbers := make([]string, len(all))
	for i, s := range all {
		numbers[i] = strconv.FormatInt(statusNumber(s), 10)
	}
	return " AND s.status IN (" + strings.Join(numbers, ",") + ")"
}

// stands reports whether the filters let a shelf through, apart from tags,
// languages and visibility.
func (q ListQuery) stands(s shelf) bool {
	status := s.owner.Kind
	if s.asleep {
		status = core.StatusSnoozed
	}
	return slices.Contains(q.Statuses, status) &&
		(len(q.Owners) == 0 || slices.Contains(q.Owners, s.owner.ID)) &&
		(len(q.Accounts) == 0 || slices.Contains(q.Accounts, s.account)) &&
		(len(q.Priorities) == 0 || slices.Contains(q.Priorities, s.urgency)) &&
		(len(q.Teams) == 0 && !q.NoTeam || slices.Contains(q.Teams, s.owner.Team) || q.NoTeam && s.owner.Team.IsZero())
}

// past reports whether what stands at a place waits too short to be listed, or is
// due too late.
func (q ListQuery) past(at int64) bool {
	return !q.Waiting.IsZero() && at > ms(q.Waiting) || !q.Due.IsZero() && at > ms(q.Due)
}

// fits reports whether a conversation belongs into the list.
func (q ListQuery) fits(c core.Conversation) bool {
	if !q.Added.IsZero() && slices.Contains(c.Colleagues, q.Added) {
		q.Owners = nil
	}
	return q.stands(shelfOf(c)) &&
		(len(q.Tags) == 0 || slices.ContainsFunc(q.Tags, func(id canon.ID) bool { return slices.Contains(c.Tags, id) })) &&
		(len(q.Languages) == 0 || slices.Contains(q.Languages, languageOf(c.Locale))) &&
		(q.Sort != SortWaiting || !c.WaitingSince.IsZero()) && (q.Sort != SortDue || !c.Due.IsZero()) && !q.past((&listed{Conversation: c}).place(q.Sort).At) &&
		q.Visible.Sees(c)
}
