package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"parley/core"
	"parley/core/canon"
)

// contactScan is how many places of an index one page of a list or search looks
// at, so that no combination of filters is slow in a million contacts.
const contactScan = 5000

// ContactPlace is where a list of contacts goes on. Of a search it is the term
// found and in which of its ranges.
type ContactPlace struct {
	Span int      `json:"s,omitempty"`
	Term string   `json:"t,omitempty"`
	ID   canon.ID `json:"i"`
}

// ContactQuery says which contacts to list: newest first, or those a search
// finds, the shortest words first. A page looks at no more than 5,000 places; it
// may then be short and still have a next.
type ContactQuery struct {
	Text    string // beginnings of words of name, address, id, number (or its end)
	Tag     canon.ID
	Account canon.ID // of one of their identities
	After   *ContactPlace
	Limit   int
}

// Contacts lists contacts; next is where to go on, nil at the end.
func (c Scope) Contacts(ctx context.Context, q ContactQuery) (items []core.Contact, next *ContactPlace, err error) {
	words := spans(q.Text)
	var ids []canon.ID
	if len(words) > 0 {
		if _, err := c.IndexContacts(ctx, 500); err != nil && !Unavailable(err) {
			return nil, nil, err
		}
		ids, next, err = c.found(ctx, q, words)
	} else {
		ids, next, err = c.newest(ctx, q)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list contacts: %w", err)
	}
	all, err := listIn(ctx, c.s, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("list contacts: %w", err)
	}
	byID := make(map[canon.ID]core.Contact, len(all))
	for _, v := range all {
		byID[v.ID] = v
	}
	for _, id := range ids {
		if v, ok := byID[id]; ok {
			items = append(items, v)
		}
	}
	return items, next, dressContacts(ctx, c.s, c.tenant, c.s.Now(), items)
}

// args gathers the arguments of a statement.
type args []any

// of adds one and returns its placeholder.
func (a *args) of(v any) string {
	*a = append(*a, v)
	return fmt.Sprintf("$%d", len(*a))
}

// newest are the contacts of the tenant, of a tag or of an account, newest first.
func (c Scope) newest(ctx context.Context, q ContactQuery) ([]canon.ID, *ContactPlace, error) {
	a := args{c.tenant}
	from, column := "contacts x", "x.id"
	where := "x.tenant = $1"
	switch {
	case !q.Tag.IsZero():
		from, column = "contact_tags x", "x.contact"
		where += " AND x.tag = " + a.of(q.Tag)
	case !q.Account.IsZero():
		from, column = "identities x", "x.contact"
		where += " AND x.account = " + a.of(q.Account)
	}
	if q.After != nil {
		where += fmt.Sprintf(" AND %s < %s", column, a.of(q.After.ID))
	}
	edge, err := list(ctx, c.s, scalar[canon.ID], fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s DESC LIMIT 1 OFFSET %d", column, from, where, column, contactScan-1), a...)
	if err != nil {
		return nil, nil, err
	}
	if len(edge) > 0 {
		where += fmt.Sprintf(" AND %s >= %s", column, a.of(edge[0]))
	}
	where += c.rest(&a, column, q, from)
	ids, err := list(ctx, c.s, scalar[canon.ID], fmt.Sprintf("SELECT DISTINCT %s FROM %s WHERE %s ORDER BY %s DESC LIMIT %d", column, from, where, column, q.Limit+1), a...)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case len(ids) > q.Limit:
		ids = ids[:q.Limit]
		return ids, &ContactPlace{ID: ids[q.Limit-1]}, nil
	case len(edge) > 0:
		return ids, &ContactPlace{ID: edge[0]}, nil
	}
	return ids, nil, nil
}

// rest are the conditions beside the index a list walks along.
func (c Scope) rest(a *args, column string, q ContactQuery, from string) string {
	where := ""
	if from == "contacts x" {
		where = " AND x.merged IS NULL"
	} else {
		where = fmt.Sprintf(" AND EXISTS (SELECT 1 FROM contacts c WHERE c.tenant = x.tenant AND c.id = %s AND c.merged IS NULL)", column)
	}
	if !q.Tag.IsZero() && from != "contact_tags x" {
		where += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM contact_tags g WHERE g.tenant = x.tenant AND g.contact = %s AND g.tag = %s)", column, a.of(q.Tag))
	}
	if !q.Account.IsZero() && from != "identities x" {
		where += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM identities i WHERE i.tenant = x.tenant AND i.account = %s AND i.contact = %s)", a.of(q.Account), column)
	}
	return where
}

// place is a term of a contact.
type place struct {
	term    string
	contact canon.ID
}

func scanPlace(rows *sql.Rows) (place, error) {
	var p place
	err := rows.Scan(&p.term, &p.contact)
	return p, err
}

// found are the contacts a search finds, in the order of the terms of its first
// word; the others they must have too.
func (c Scope) found(ctx context.Context, q ContactQuery, words [][]span) ([]canon.ID, *ContactPlace, error) {
	var ids []canon.ID
	at := ContactPlace{}
	if q.After != nil {
		at = *q.After
	}
	looked := 0
	for ; at.Span < len(words[0]); at = (ContactPlace{Span: at.Span + 1}) {
		more, next, n, err := c.inSpan(ctx, q, words, at, q.Limit-len(ids), contactScan-looked)
		if err != nil {
			return nil, nil, err
		}
		ids, looked = append(ids, more...), looked+n
		if next != nil {
			return ids, next, nil
		}
		if (len(ids) >= q.Limit || looked >= contactScan) && at.Span+1 < len(words[0]) {
			return ids, &ContactPlace{Span: at.Span + 1}, nil
		}
	}
	return ids, nil, nil
}

// inSpan reads the contacts of one range of terms: at most limit, of at most
// scan places, and how many places it may have looked at.
func (c Scope) inSpan(ctx context.Context, q ContactQuery, words [][]span, at ContactPlace, limit, scan int) (ids []canon.ID, next *ContactPlace, looked int, err error) {
	in := words[0][at.Span]
	a := args{c.tenant, in.from, in.to}
	where := "x.tenant = $1 AND x.term >= $2 AND x.term < $3"
	if at.Term != "" {
		where += fmt.Sprintf(" AND (x.term, x.contact) > (%s, %s)", a.of(at.Term), a.of(at.ID))
	}
	edge, err := list(ctx, c.s, scanPlace, fmt.Sprintf("SELECT x.term, x.contact FROM contact_terms x WHERE %s ORDER BY x.term, x.contact LIMIT 1 OFFSET %d", where, scan-1), a...)
	if err != nil {
		return nil, nil, 0, err
	}
	if len(edge) > 0 {
		looked = scan
		where += fmt.Sprintf(" AND (x.term, x.contact) <= (%s, %s)", a.of(edge[0].term), a.of(edge[0].contact))
	}
	// Each contact once: at the first of its terms that fits.
	where += " AND NOT EXISTS (SELECT 1 FROM contact_terms y WHERE y.tenant = x.tenant AND y.contact = x.contact AND y.term >= $2 AND y.term < x.term)"
	for _, earlier := range words[0][:at.Span] {
		where += " AND NOT" + having(&a, []span{earlier})
	}
	for _, w := range words[1:] {
		where += " AND" + having(&a, w)
	}
	where += c.rest(&a, "x.contact", q, "contact_terms x")
	rows, err := list(ctx, c.s, scanPlace, fmt.Sprintf("SELECT x.term, x.contact FROM contact_terms x WHERE %s ORDER BY x.term, x.contact LIMIT %d", where, limit+1), a...)
	if err != nil {
		return nil, nil, 0, err
	}
	switch {
	case len(rows) > limit:
		rows = rows[:limit]
		if limit == 0 {
			next = &at
		} else {
			next = &ContactPlace{at.Span, rows[limit-1].term, rows[limit-1].contact}
		}
	case len(edge) > 0:
		next = &ContactPlace{at.Span, edge[0].term, edge[0].contact}
	}
	for _, r := range rows {
		ids = append(ids, r.contact)
	}
	return ids, next, looked, nil
}

// having asks for a term in any of some ranges.
func having(a *args, in []span) string {
	ranges := make([]string, len(in))
	for i, s := range in {
		ranges[i] = fmt.Sprintf("y.term >= %s AND y.term < %s", a.of(s.from), a.of(s.to))
	}
	return " EXISTS (SELECT 1 FROM contact_terms y WHERE y.tenant = x.tenant AND y.contact = x.contact AND (" + strings.Join(ranges, " OR ") + "))"
}
