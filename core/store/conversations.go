package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// dress adds tags and colleagues.
func (c Scope) dress(ctx context.Context, items []core.Conversation) error {
	return dress(ctx, c.s, c.tenant, items)
}

func dress(ctx context.Context, r reader, tenant canon.ID, items []core.Conversation) error {
	at := make(map[canon.ID]*core.Conversation, len(items))
	ids := make([]canon.ID, len(items))
	for i := range items {
		items[i].Tags, items[i].Colleagues = []canon.ID{}, []canon.ID{}
		at[items[i].ID], ids[i] = &items[i], items[i].ID
	}
	type pair struct{ conversation, other canon.ID }
	scan := func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.conversation, &p.other)
		return p, err
	}
	tags, err := listIn(ctx, r, scan, "SELECT conversation, tag FROM conversation_tags WHERE tenant = $1 AND conversation IN (%s)", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	for _, p := range tags {
		if c := at[p.conversation]; !slices.Contains(c.Tags, p.other) {
			c.Tags = append(c.Tags, p.other)
		}
	}
	added, err := listIn(ctx, r, scan, "SELECT conversation, agent FROM colleagues WHERE tenant = $1 AND conversation IN (%s)", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read colleagues: %w", err)
	}
	for _, p := range added {
		if c := at[p.conversation]; !slices.Contains(c.Colleagues, p.other) {
			c.Colleagues = append(c.Colleagues, p.other)
		}
	}
	return nil
}

// Round reads one conversation with what the orchestrator keeps of it.
func (c Scope) Round(ctx context.Context, id canon.ID) (Round, error) {
	all, err := list(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", c.tenant, id)
	if err != nil {
		return Round{}, fmt.Errorf("read conversation: %w", err)
	}
	if len(all) == 0 {
		return Round{}, core.NotFound("conversation")
	}
	one := []core.Conversation{all[0].Conversation}
	if err := c.dress(ctx, one); err != nil {
		return Round{}, err
	}
	all[0].Conversation = one[0]
	if one[0].Owner.Kind == core.StatusQueue {
		if all[0].Place, err = c.Place(ctx, all[0].Conversation); err != nil {
			return Round{}, err
		}
	}
	return all[0], nil
}

// ConversationsByID reads conversations; those that are gone are left out.
func (c Scope) ConversationsByID(ctx context.Context, ids []canon.ID) ([]core.Conversation, error) {
	all, err := listIn(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	out := make([]core.Conversation, len(all))
	for i, r := range all {
		out[i] = r.Conversation
	}
	return out, c.dress(ctx, out)
}

// Place is where a queued conversation stands, from 1. It costs as much as the
// queue is long.
func (c Scope) Place(ctx context.Context, conv core.Conversation) (int, error) {
	cond, args := "team = $4", []any{c.tenant, ms(conv.WaitingSince), conv.ID, conv.Owner.Team}
	if conv.Owner.Team.IsZero() {
		cond, args = "team IS NULL", args[:3]
	}
	n, err := one(ctx, c.s, scalar[int64], "SELECT count(*) FROM conversations WHERE tenant = $1 AND status = 1 AND waiting IS NOT NULL AND (waiting, id) < ($2, $3) AND "+cond, args...)
	if err != nil {
		return 0, fmt.Errorf("read the queue: %w", err)
	}
	return int(n) + 1, nil
}

// ContactConversations lists a contact's conversations, newest first.
func (c Scope) ContactConversations(ctx context.Context, contact canon.ID, before canon.ID, limit int) ([]core.Conversation, error) {
	cond, args := "", []any{c.tenant, contact, limit}
	if !before.IsZero() {
		cond, args = " AND c.id < $4", append(args, before)
	}
	all, err := list(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.contact = $2"+cond+" ORDER BY c.id DESC LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	out := make([]core.Conversation, len(all))
	for i, r := range all {
		out[i] = r.Conversation
	}
	return out, c.dress(ctx, out)
}

// OwnerChanges is who had a conversation, oldest first.
func (c Scope) OwnerChanges(ctx context.Context, conversation canon.ID) ([]core.OwnerChange, error) {
	all, err := list(ctx, c.s, scalar[[]byte], "SELECT change FROM owner_changes WHERE tenant = $1 AND conversation = $2 ORDER BY lease", c.tenant, conversation)
	if err != nil {
		return nil, fmt.Errorf("read owners: %w", err)
	}
	out := make([]core.OwnerChange, len(all))
	for i, raw := range all {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, fmt.Errorf("owner %d of conversation %s: %w", i, conversation, err)
		}
	}
	return out, nil
}

// Tallies are the kept counts, by name: "status:bot", "owner:<id>",
// "queue:<team or empty>", "account:<id>".
func (c Scope) Tallies(ctx context.Context) (map[string]int64, error) {
	type pair struct {
		name string
		n    int64
	}
	all, err := list(ctx, c.s, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.name, &p.n)
		return p, err
	}, "SELECT name, n FROM tallies WHERE tenant = $1", c.tenant)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	out := make(map[string]int64, len(all))
	for _, p := range all {
		out[p.name] = p.n
	}
	return out, nil
}

// LongestWaiting is since when the head of a team's queue waits; zero when
// nobody does.
func (c Scope) LongestWaiting(ctx context.Context, team canon.ID) (time.Time, error) {
	q, args := "SELECT waiting FROM conversations WHERE tenant = $1 AND team = $2 AND status = 1 AND waiting IS NOT NULL ORDER BY waiting LIMIT 1", []any{c.tenant, team}
	if team.IsZero() {
		q, args = "SELECT waiting FROM conversations WHERE tenant = $1 AND status = 1 AND team IS NULL AND waiting IS NOT NULL ORDER BY waiting LIMIT 1", args[:1]
	}
	v, err := one(ctx, c.s, scalar[int64], q, args...)
	if errors.Is(err, errNone) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read the queue: %w", err)
	}
	return at(v), nil
}

// Thread reads a thread.
func (c Scope) Thread(ctx context.Context, id canon.ID) (core.Thread, int64, error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.id = $2", c.tenant, id)
	if err != nil {
		return core.Thread{}, 0, fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return core.Thread{}, 0, core.NotFound("thread")
	}
	return rows[0].thread, rows[0].read, nil
}

// ThreadByKey finds a thread by its key.
func (c Scope) ThreadByKey(ctx context.Context, account canon.ID, key canon.ThreadKey) (core.Thread, int64, error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.account = $2 AND t.lane = $3", c.tenant, account, LaneOf(key))
	if err != nil {
		return core.Thread{}, 0, fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return core.Thread{}, 0, core.NotFound("thread")
	}
	return rows[0].thread, rows[0].read, nil
}

// Idle returns open conversations of a status in which nothing happened since
// before, and which had their owner by then, oldest first. With answered only
// those in which the customer was the one to answer.
func (c Scope) Idle(ctx context.Context, status core.Status, before time.Time, answered bool, limit int) ([]canon.ID, error) {
	cond := ""
	if answered {
		cond = " AND c.waiting IS NULL AND c.answered_at >= c.asked_at"
	}
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT c.id FROM conversations c WHERE c.tenant = $1 AND c.status = $2 AND c.last_at < $3"+cond+`
		AND NOT EXISTS (SELECT 1 FROM owner_changes o WHERE o.tenant = c.tenant AND o.conversation = c.id AND o.lease = c.lease AND o.at >= $3)
		ORDER BY c.last_at LIMIT $4`, c.tenant, statusNumber(status), ms(before), limit)
	if err != nil {
		return nil, fmt.Errorf("list idle conversations: %w", err)
	}
	return out, nil
}

// ThreadAddress is where a thread stands: its account and the hash of its key.
func (c Scope) ThreadAddress(ctx context.Context, thread canon.ID) (account canon.ID, lane string, err error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.id = $2", c.tenant, thread)
	if err != nil {
		return account, "", fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return account, "", core.NotFound("thread")
	}
	return rows[0].thread.Account, rows[0].lane, nil
}
