package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

// peoplePages is how many pages of contacts are looked at for one answer, where
// most of them are not for visible.
const peoplePages = 8

// FindPeople finds up to limit contacts by all phrases, as Contacts does, of those
// with whom visible has a conversation to see.
func (c Scope) FindPeople(ctx context.Context, words []search.Phrase, visible *Visible, limit int) ([]core.Contact, error) {
	if len(words) == 0 {
		return nil, nil
	}
	texts := make([]string, len(words))
	for i, p := range words {
		texts[i] = p.Spaced()
	}
	q := ContactQuery{Text: strings.Join(texts, " "), Limit: 50}
	var out []core.Contact
	for range peoplePages {
		people, next, err := c.Contacts(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, who := range people {
			sees, err := c.SeesContact(ctx, who.ID, visible)
			if err != nil {
				return nil, err
			}
			if sees {
				out = append(out, who)
			}
			if len(out) == limit {
				return out, nil
			}
		}
		if q.After = next; next == nil {
			break
		}
	}
	return out, nil
}

// SeesContact reports whether visible has a conversation with a contact to see.
func (c Scope) SeesContact(ctx context.Context, contact canon.ID, visible *Visible) (bool, error) {
	if visible == nil {
		return true, nil
	}
	for before := (canon.ID{}); ; {
		all, err := c.ContactConversations(ctx, contact, before, 100)
		if err != nil {
			return false, err
		}
		for _, v := range all {
			before = v.ID
			if visible.Sees(v) {
				return true, nil
			}
		}
		if len(all) < 100 {
			return false, nil
		}
	}
}

// ThreadsOf are the threads of some contacts, the newest first.
func (c Scope) ThreadsOf(ctx context.Context, contacts []canon.ID) ([]canon.ID, error) {
	out, err := listIn(ctx, c.s, scalar[canon.ID], "SELECT id FROM threads WHERE tenant = $1 AND contact IN (%s)", []any{c.tenant}, uniqueIDs(contacts))
	if err != nil {
		return nil, fmt.Errorf("read threads: %w", err)
	}
	return uniqueIDs(out), nil
}

// said looks at what some customers said, all of it, where that is no more than a
// page reads; false: it was not looked at.
func (l *looker) said(ctx context.Context) (whole bool, err error) {
	if l.q.From == nil || len(l.q.From.Staff) > 0 || len(l.q.From.Threads) == 0 {
		return false, nil
	}
	lengths, err := listIn(ctx, l.c.s, scalar[int64], "SELECT pos FROM threads WHERE tenant = $1 AND id IN (%s)", []any{l.c.tenant}, l.q.From.Threads)
	if err != nil {
		return false, fmt.Errorf("search messages: %w", err)
	}
	most := int64(0)
	for _, n := range lengths {
		most += n
	}
	if most > maxLooked {
		return false, nil
	}
	ns, err := listIn(ctx, l.c.s, scalar[int64], "SELECT n FROM messages WHERE tenant = $1 AND sender_kind = 'customer' AND thread IN (%s)", []any{l.c.tenant}, l.q.From.Threads)
	if err != nil {
		return false, fmt.Errorf("search messages: %w", err)
	}
	ns = slices.DeleteFunc(ns, func(n int64) bool { return n >= l.top })
	slices.SortFunc(ns, func(a, b int64) int { return int(b - a) })
	for part := range slices.Chunk(slices.Compact(ns), batch) {
		if l.full() {
			break
		}
		if err := l.look(ctx, part); err != nil {
			return false, err
		}
	}
	return true, nil
}
