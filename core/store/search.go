package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

// SearchQuery says which messages to find. Conditions that are set must all hold.
type SearchQuery struct {
	Words  []search.Phrase // every one
	From   *Speakers       // one of them said it
	In     *Places         // in one of them
	Tags   []canon.ID      // the conversation has one of them
	Tagged bool            // Tags is a condition, even when it is empty
	After  time.Time       // said then or later
	Before time.Time       // said earlier
	// Visible, when set, leaves out what a limited agent may not see.
	Visible *Visible
	Below   int64 // only messages with a lower number; 0: from the newest
	Limit   int
}

// Speakers are agents and bots, and customers by their threads.
type Speakers struct {
	Staff   []canon.ID
	Threads []canon.ID
}

// Places are accounts, and teams that have the conversation.
type Places struct {
	Accounts, Teams []canon.ID
}

// Found is a message that was found.
type Found struct {
	core.Message       // without how far it got
	N            int64 // the number to go on below
	Account      canon.ID
	Contact      canon.ID
	Owner        core.Owner // of its conversation
}

// SearchPage are messages found, newest first.
type SearchPage struct {
	Items []Found
	Next  int64 // go on below; 0: there is nothing more
	// Reach is set while older messages are still on their way into what is
	// searched: when the oldest was said that is in it already.
	Reach time.Time
}

// What a page costs is bounded: where fewer fit, the page is short and goes on
// from there.
const (
	maxLooked = 4000 // messages one page reads
	maxBlocks = 2048 // blocks one page looks through: four million messages
)

// Search finds messages. What a page costs does not grow with how many messages
// there are.
func (c Scope) Search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	p, err := c.progress(ctx)
	if err != nil {
		return SearchPage{}, err
	}
	if !p.known {
		newest, err := one(ctx, c.s, scalar[int64], "SELECT coalesce(max(n), 0) FROM messages")
		if err != nil {
			return SearchPage{}, fmt.Errorf("search messages: %w", err)
		}
		p.low, p.high = newest/search.Span, newest/search.Span
	}
	l := &looker{c: c, q: q, top: q.Below}
	if l.top <= 0 {
		l.top = 1 << 62
	}
	whole, err := l.said(ctx)
	if err != nil {
		return SearchPage{}, err
	}
	if !whole {
		if err := l.newest(ctx, p.high*search.Span); err != nil {
			return SearchPage{}, err
		}
		if err := l.blocks(ctx, p.low, p.high); err != nil {
			return SearchPage{}, err
		}
	}
	page := SearchPage{Items: l.found}
	if l.full() || l.stopped {
		page.Next = l.last
	}
	if p.low > 0 && !whole {
		page.Reach, err = c.reach(ctx, p.low*search.Span)
	}
	return page, err
}

// reach is when the oldest message was said that is searched.
func (c Scope) reach(ctx context.Context, from int64) (time.Time, error) {
	oldest, err := list(ctx, c.s, scalar[int64], "SELECT m.at FROM messages m WHERE "+byNumber+" AND m.n >= $2 ORDER BY m.n LIMIT 1", c.tenant, from)
	if err != nil {
		return time.Time{}, fmt.Errorf("search messages: %w", err)
	}
	if len(oldest) == 0 {
		return c.s.Now(), nil
	}
	return at(oldest[0]), nil
}

// looker looks at messages from the newest on until a page is full.
type looker struct {
	c      Scope
	q      SearchQuery
	top    int64 // only below
	found  []Found
	last   int64 // number of the oldest one looked at: the next page goes on below
	looked int
	// stopped says that there are more blocks than one page looks through.
	stopped bool
}

func (l *looker) full() bool { return len(l.found) >= l.q.Limit || l.looked >= maxLooked }

// batch is how many messages are read at a time.
const batch = 128

// newest looks at the messages that are not in a block yet.
func (l *looker) newest(ctx context.Context, from int64) error {
	for l.top > from && !l.full() {
		all, err := list(ctx, l.c.s, scanSeen, "SELECT "+seenCols+seenFrom+" WHERE "+byNumber+" AND m.n >= $2 AND m.n < $3 AND m.sender_kind <> 'event' ORDER BY m.n DESC LIMIT $4", l.c.tenant, from, l.top, batch)
		if err != nil {
			return fmt.Errorf("search messages: %w", err)
		}
		if err := l.judge(ctx, all); err != nil {
			return err
		}
		if len(all) < batch {
			if !l.full() {
				l.top = from
			}
			return nil
		}
		l.top = all[len(all)-1].N
	}
	return nil
}

// blocks looks at what blocks say may fit, first in a few of them, then in many.
func (l *looker) blocks(ctx context.Context, low, high int64) error {
	to := min(high, (l.top+search.Span-1)/search.Span)
	if end := to - maxBlocks; end > low {
		low = end
		defer func() {
			if !l.full() {
				l.stopped, l.last = true, low*search.Span
			}
		}()
	}
	for width := int64(16); to > low && !l.full(); width = min(width*8, 2048) {
		from := max(low, to-width)
		sets, err := l.sets(ctx, from, to)
		if err != nil {
			return err
		}
		var next []int64
		for b := to - 1; b >= from && !l.full(); b-- {
			set := sets[b]
			if set == nil {
				continue
			}
			for i := search.Span - 1; i >= 0 && !l.full(); i-- {
				if n := b*search.Span + int64(i); n < l.top && set.Has(i) {
					if next = append(next, n); len(next) == batch || len(next) == 32 && len(l.found)+len(next) >= l.q.Limit {
						if err := l.look(ctx, next); err != nil {
							return err
						}
						next = next[:0]
					}
				}
			}
		}
		if len(next) > 0 && !l.full() {
			if err := l.look(ctx, next); err != nil {
				return err
			}
		}
		to = from
	}
	return nil
}

// look reads messages by their numbers and judges them.
func (l *looker) look(ctx context.Context, ns []int64) error {
	all, err := listIn(ctx, l.c.s, scanSeen, "SELECT "+seenCols+seenFrom+" WHERE "+byNumber+" AND m.n IN (%s)", []any{l.c.tenant}, ns)
	if err != nil {
		return fmt.Errorf("search messages: %w", err)
	}
	slices.SortFunc(all, func(a, b seen) int { return int(b.N - a.N) })
	all = slices.CompactFunc(all, func(a, b seen) bool { return a.N == b.N })
	if err := l.judge(ctx, all); err != nil {
		return err
	}
	if !l.full() { // those that are gone count too
		l.last = ns[len(ns)-1]
	}
	l.looked += len(ns) - len(all)
	return nil
}

// judge keeps those that fit, in order.
func (l *looker) judge(ctx context.Context, all []seen) error {
	added, tagged, err := l.marks(ctx, all)
	if err != nil {
		return err
	}
	for _, m := range all {
		if l.full() {
			return nil
		}
		l.looked, l.last = l.looked+1, m.N
		if l.q.stands(m, added, tagged) {
			if err := m.read(); err != nil {
				return err
			}
			if len(l.q.Words) == 0 || search.Holds(search.Texts(m.Content), l.q.Words) {
				l.found = append(l.found, m.Found)
			}
		}
	}
	return nil
}

// marks reads which of the conversations the agent was added to, and which have
// one of the tags.
func (l *looker) marks(ctx context.Context, all []seen) (added, tagged map[canon.ID]bool, err error) {
	var marked []canon.ID
	for _, m := range all {
		if m.marked {
			marked = append(marked, m.Conversation)
		}
	}
	marked = uniqueIDs(marked)
	has := func(q string, id canon.ID, into map[canon.ID]bool) error {
		found, err := listIn(ctx, l.c.s, scalar[canon.ID], q, []any{l.c.tenant, id}, marked)
		for _, id := range found {
			into[id] = true
		}
		return err
	}
	added, tagged = map[canon.ID]bool{}, map[canon.ID]bool{}
	if l.q.Visible != nil {
		if err := has("SELECT conversation FROM colleagues WHERE tenant = $1 AND agent = $2 AND conversation IN (%s)", l.q.Visible.Agent, added); err != nil {
			return nil, nil, fmt.Errorf("read colleagues: %w", err)
		}
	}
	for _, tag := range l.q.Tags {
		if err := has("SELECT conversation FROM conversation_tags WHERE tenant = $1 AND tag = $2 AND conversation IN (%s)", tag, tagged); err != nil {
			return nil, nil, fmt.Errorf("read tags: %w", err)
		}
	}
	return added, tagged, nil
}

// seen is a message with what it is judged by.
type seen struct {
	Found
	marked  bool
	content []byte
}

const (
	seenCols = `m.n, m.id, m.thread, m.conversation, m.pos, m.rev, m.sender_kind, m.sender, m.sender_name, m.at, m.content, m.edited, m.recalled,
		c.account, c.contact, c.status, c.owner, c.team, c.marked`
	seenFrom = " FROM messages m JOIN conversations c ON c.tenant = m.tenant AND c.id = m.conversation"
)

func scanSeen(rows *sql.Rows) (seen, error) {
	var m seen
	var when, edited, recalled, status, marked int64
	err := rows.Scan(&m.N, &m.ID, &m.Thread, &m.Conversation, &m.Pos, &m.Rev, &m.From, &m.Sender, &m.Name, &when, &m.content, &edited, &recalled,
		&m.Account, &m.Contact, &status, &m.Owner.ID, &m.Owner.Team, &marked)
	m.At, m.Edited, m.Recalled, m.marked = at(when), at(edited), at(recalled), marked != 0
	m.Owner.Kind = statuses[status]
	return m, err
}

// read reads what the message says.
func (m *seen) read() error {
	if err := json.Unmarshal(m.content, &m.Content); err != nil {
		return fmt.Errorf("message %s: %w", m.ID, err)
	}
	return nil
}

// stands reports whether everything but the words fits.
func (q SearchQuery) stands(m seen, added, tagged map[canon.ID]bool) bool {
	switch {
	case m.From == core.FromEvent, !m.Recalled.IsZero(),
		!q.After.IsZero() && m.At.Before(q.After), !q.Before.IsZero() && !m.At.Before(q.Before),
		q.From != nil && !q.From.said(m), q.Tagged && !tagged[m.Conversation],
		q.In != nil && !slices.Contains(q.In.Accounts, m.Account) && (m.Owner.Team.IsZero() || !slices.Contains(q.In.Teams, m.Owner.Team)):
		return false
	}
	return q.Visible == nil || q.Visible.serves(m.Owner) || added[m.Conversation]
}

func (s *Speakers) said(m seen) bool {
	if m.From == core.FromCustomer {
		return slices.Contains(s.Threads, m.Thread)
	}
	return slices.Contains(s.Staff, m.Sender)
}
