package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

const (
	// peopleBatch is how many contacts are kept in one transaction, and how many
	// new ones are left to be read instead.
	peopleBatch = 200
	// slack is how long after its id was made a contact is in the database at the
	// latest.
	slack = time.Minute
	// peopleSeen is how many contacts that may fit are read for one answer.
	peopleSeen = 400
)

// IndexPeople keeps what some contacts are found by, and reports whether there is
// more to do.
func (c Scope) IndexPeople(ctx context.Context) (more bool, err error) {
	p, err := c.progress(ctx)
	if err != nil || !p.known {
		return false, err
	}
	type changed struct {
		id    canon.ID
		times int64
	}
	due, err := list(ctx, c.s, func(rows *sql.Rows) (changed, error) {
		var v changed
		err := rows.Scan(&v.id, &v.times)
		return v, err
	}, "SELECT contact, times FROM search_people_due WHERE tenant = $1 ORDER BY contact LIMIT $2", c.tenant, peopleBatch)
	if err != nil {
		return false, fmt.Errorf("read which contacts changed: %w", err)
	}
	fresh, err := list(ctx, c.s, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4", c.tenant, p.people[:], before(c.s.Now().Add(-slack)), peopleBatch)
	if err != nil {
		return false, fmt.Errorf("read new contacts: %w", err)
	}
	if len(fresh) < peopleBatch {
		fresh = nil // few are read as fast as they are looked up
	}
	if len(due)+len(fresh) == 0 {
		return false, nil
	}
	ids := slices.Clone(fresh)
	for _, d := range due {
		ids = append(ids, d.id)
	}
	texts, err := c.known(ctx, ids)
	if err != nil {
		return false, err
	}
	var rows [][]any
	for id, all := range texts {
		seen := map[search.Term]bool{}
		search.EachPersonTerm(all, func(t search.Term) {
			if !seen[t] {
				seen[t] = true
				rows = append(rows, []any{c.tenant, int64(t), id})
			}
		})
	}
	slices.SortFunc(rows, func(a, b []any) int { return int(a[1].(int64)>>1 - b[1].(int64)>>1) })
	err = c.WriteLater(ctx, func(t *Tx) error {
		if len(fresh) > 0 {
			n, err := t.exec("UPDATE search_progress SET people = $3 WHERE tenant = $1 AND people = $2", c.tenant, p.people[:], fresh[len(fresh)-1])
			if err != nil || n == 0 {
				return errOr(err, errAnother)
			}
		}
		for _, d := range due {
			if err := t.do("DELETE FROM search_people WHERE tenant = $1 AND contact = $2", c.tenant, d.id); err != nil {
				return err
			}
			if err := t.do("DELETE FROM search_people_due WHERE tenant = $1 AND contact = $2 AND times = $3", c.tenant, d.id, d.times); err != nil {
				return err
			}
		}
		return t.insert("INSERT INTO search_people (tenant, term, contact)", 3, "ON CONFLICT DO NOTHING", rows)
	})
	return err == nil && (len(due) == peopleBatch || len(fresh) == peopleBatch), err
}

// before is the lowest id made at a time (UUID version 7 begins with it).
func before(t time.Time) []byte {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(t.UnixMilli())<<16)
	return raw[:]
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// known is what contacts are found by: name, addresses, note, and what they are
// called on each account.
func (c Scope) known(ctx context.Context, ids []canon.ID) (map[canon.ID][]string, error) {
	out := make(map[canon.ID][]string, len(ids))
	type row struct {
		id    canon.ID
		texts [4]string
	}
	scan := func(n int) func(*sql.Rows) (row, error) {
		return func(rows *sql.Rows) (row, error) {
			var r row
			to := []any{&r.id, &r.texts[0], &r.texts[1], &r.texts[2], &r.texts[3]}
			err := rows.Scan(to[:n+1]...)
			return r, err
		}
	}
	add := func(all []row) {
		for _, r := range all {
			for _, t := range r.texts {
				if strings.TrimSpace(t) != "" && !slices.Contains(out[r.id], t) {
					out[r.id] = append(out[r.id], t)
				}
			}
		}
	}
	people, err := listIn(ctx, c.s, scan(4), "SELECT id, name, phone, email, note FROM contacts WHERE tenant = $1 AND id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	add(people)
	here := make([]canon.ID, 0, len(people))
	for _, p := range people {
		here = append(here, p.id)
	}
	names, err := listIn(ctx, c.s, scan(2), "SELECT contact, name, remote_id FROM identities WHERE tenant = $1 AND contact IN (%s)", []any{c.tenant}, uniqueIDs(here))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	add(names)
	return out, nil
}

// FindPeople finds up to limit contacts that hold all phrases, newest first, of
// those with whom visible has a conversation to see.
func (c Scope) FindPeople(ctx context.Context, words []search.Phrase, visible *Visible, limit int) ([]core.Contact, error) {
	if len(words) == 0 {
		return nil, nil
	}
	p, err := c.progress(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := list(ctx, c.s, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND id > $2 ORDER BY id DESC LIMIT $3", c.tenant, p.people[:], 5000)
	if err != nil {
		return nil, fmt.Errorf("search contacts: %w", err)
	}
	kept, err := c.likely(ctx, words)
	if err != nil {
		return nil, err
	}
	changed, err := list(ctx, c.s, scalar[canon.ID], "SELECT contact FROM search_people_due WHERE tenant = $1 ORDER BY contact DESC LIMIT $2", c.tenant, peopleSeen)
	if err != nil {
		return nil, fmt.Errorf("search contacts: %w", err)
	}
	ids = append(append(ids, kept...), changed...)
	slices.SortFunc(ids, func(a, b canon.ID) int { return slices.Compare(b[:], a[:]) })
	ids = slices.Compact(ids)
	var out []core.Contact
	for len(ids) > 0 && len(out) < limit {
		some := ids[:min(len(ids), 64)]
		ids = ids[len(some):]
		texts, err := c.known(ctx, some)
		if err != nil {
			return nil, err
		}
		some = slices.DeleteFunc(slices.Clone(some), func(id canon.ID) bool { return !search.HoldsPerson(texts[id], words) })
		people, err := c.ContactsByID(ctx, some)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(people, func(a, b core.Contact) int { return slices.Compare(b.ID[:], a.ID[:]) })
		for _, who := range people {
			sees, err := c.SeesContact(ctx, who.ID, visible)
			if err != nil {
				return nil, err
			}
			if sees && len(out) < limit {
				out = append(out, who)
			}
		}
	}
	return out, nil
}

// likely are the newest contacts kept under a term of every phrase.
func (c Scope) likely(ctx context.Context, words []search.Phrase) ([]canon.ID, error) {
	ways := search.PersonTerms(words)
	if len(ways) > 6 {
		ways = ways[:6]
	}
	var out []canon.ID
	for _, first := range ways[0] {
		cond, args := "p0.tenant = $1 AND p0.term = $2", []any{c.tenant, int64(first)}
		for i, w := range ways[1:] {
			// Of one way the same term twice: so there are few statements.
			args = append(args, int64(w[0]), int64(w[len(w)-1]))
			cond += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM search_people p%d WHERE p%d.tenant = p0.tenant AND p%d.contact = p0.contact AND p%d.term IN ($%d, $%d))", i+1, i+1, i+1, i+1, len(args)-1, len(args))
		}
		some, err := list(ctx, c.s, scalar[canon.ID], fmt.Sprintf("SELECT p0.contact FROM search_people p0 WHERE %s ORDER BY p0.contact DESC LIMIT %d", cond, peopleSeen), args...)
		if err != nil {
			return nil, fmt.Errorf("search contacts: %w", err)
		}
		out = append(out, some...)
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
