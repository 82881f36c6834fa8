package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
)

const contactCols = "c.id, c.name, c.avatar, c.locale, c.phone, c.email, c.note, c.attrs, c.created, c.updated, c.seen"

func scanContact(rows *sql.Rows) (core.Contact, error) {
	var c core.Contact
	var attrs []byte
	var created, updated, seen int64
	if err := rows.Scan(&c.ID, &c.Name, &c.Avatar, &c.Locale, &c.Phone, &c.Email, &c.Note, &attrs, &created, &updated, &seen); err != nil {
		return c, err
	}
	c.Created, c.Updated, c.Seen, c.Tags = at(created), at(updated), at(seen), []canon.ID{}
	if err := json.Unmarshal(attrs, &c.Attributes); err != nil {
		return c, fmt.Errorf("attributes of contact %s: %w", c.ID, err)
	}
	return c, nil
}

// contactScan is how many contacts one page of a search looks at.
const contactScan = 5000

// ContactQuery says which contacts to list, newest first. A search looks at no
// more than 5,000 contacts a page; the page is then shorter and its cursor
// goes on from there.
type ContactQuery struct {
	Text   string // part of name, address, phone or note, in any case
	Tag    canon.ID
	Before canon.ID
	Limit  int
}

// Contacts lists contacts. next is where to go on; zero at the end.
func (c Scope) Contacts(ctx context.Context, q ContactQuery) (items []core.Contact, next canon.ID, err error) {
	bound, args := "", []any{c.tenant}
	if !q.Before.IsZero() {
		bound, args = " AND id < $2", append(args, q.Before)
	}
	if q.Text == "" && q.Tag.IsZero() {
		items, err = list(ctx, c.s, scanContact, fmt.Sprintf("SELECT %s FROM contacts c WHERE c.tenant = $1%s ORDER BY c.id DESC LIMIT %d", contactCols, strings.ReplaceAll(bound, "id", "c.id"), q.Limit+1), args...)
		if err != nil {
			return nil, next, fmt.Errorf("list contacts: %w", err)
		}
		if len(items) > q.Limit {
			items = items[:q.Limit]
			next = items[q.Limit-1].ID
		}
		return items, next, dressContacts(ctx, c.s, c.tenant, c.s.Now(), items)
	}
	edge, err := list(ctx, c.s, scalar[canon.ID], fmt.Sprintf("SELECT id FROM contacts WHERE tenant = $1%s ORDER BY id DESC LIMIT 1 OFFSET %d", bound, contactScan-1), args...)
	if err != nil {
		return nil, next, fmt.Errorf("list contacts: %w", err)
	}
	where := "c.tenant = $1" + strings.ReplaceAll(bound, "id", "c.id")
	if len(edge) > 0 {
		args = append(args, edge[0])
		where += fmt.Sprintf(" AND c.id >= $%d", len(args))
	}
	if q.Text != "" {
		args = append(args, "%"+likeText(q.Text)+"%")
		n := len(args)
		where += fmt.Sprintf(` AND (lower(c.name) LIKE $%d ESCAPE '\' OR lower(c.email) LIKE $%d ESCAPE '\' OR c.phone LIKE $%d ESCAPE '\' OR lower(c.note) LIKE $%d ESCAPE '\')`, n, n, n, n)
	}
	if !q.Tag.IsZero() {
		args = append(args, q.Tag)
		where += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM contact_tags x WHERE x.tenant = c.tenant AND x.contact = c.id AND x.tag = $%d)", len(args))
	}
	items, err = list(ctx, c.s, scanContact, fmt.Sprintf("SELECT %s FROM contacts c WHERE %s ORDER BY c.id DESC LIMIT %d", contactCols, where, q.Limit+1), args...)
	if err != nil {
		return nil, next, fmt.Errorf("search contacts: %w", err)
	}
	switch {
	case len(items) > q.Limit:
		items = items[:q.Limit]
		next = items[q.Limit-1].ID
	case len(edge) > 0:
		next = edge[0]
	}
	return items, next, dressContacts(ctx, c.s, c.tenant, c.s.Now(), items)
}

// likeText takes the meaning out of what LIKE understands.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(s))
}

// Contact reads one contact.
func (c Scope) Contact(ctx context.Context, id canon.ID) (core.Contact, error) {
	return contact(ctx, c.s, c.tenant, c.s.Now(), id)
}

// Contact reads one contact inside the transaction.
func (t *Tx) Contact(ctx context.Context, id canon.ID) (core.Contact, error) {
	return contact(ctx, t, t.tenant, t.Now(), id)
}

func contact(ctx context.Context, r reader, tenant canon.ID, now time.Time, id canon.ID) (core.Contact, error) {
	v, err := one(ctx, r, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("contact")
	}
	if err != nil {
		return v, fmt.Errorf("read contact: %w", err)
	}
	all := []core.Contact{v}
	err = dressContacts(ctx, r, tenant, now, all)
	return all[0], err
}

// ContactsByID reads contacts without tags and blocks; those that are gone are
// left out.
func (c Scope) ContactsByID(ctx context.Context, ids []canon.ID) ([]core.Contact, error) {
	out, err := listIn(ctx, c.s, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return out, nil
}

// dressContacts adds tags and whether a block is in force.
func dressContacts(ctx context.Context, r reader, tenant canon.ID, now time.Time, all []core.Contact) error {
	byID := make(map[canon.ID]*core.Contact, len(all))
	ids := make([]canon.ID, len(all))
	for i := range all {
		byID[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	ids = uniqueIDs(ids)
	type pair struct{ contact, tag canon.ID }
	pairs, err := listIn(ctx, r, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.contact, &p.tag)
		return p, err
	}, "SELECT DISTINCT contact, tag FROM contact_tags WHERE tenant = $1 AND contact IN (%s) ORDER BY contact, tag", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read tags of contacts: %w", err)
	}
	for _, p := range pairs {
		byID[p.contact].Tags = append(byID[p.contact].Tags, p.tag)
	}
	blocked, err := listIn(ctx, r, scalar[canon.ID], "SELECT contact FROM blocks WHERE tenant = $1 AND (expires = 0 OR expires > $2) AND contact IN (%s)", []any{tenant, ms(now)}, ids)
	if err != nil {
		return fmt.Errorf("read blocks of contacts: %w", err)
	}
	for _, id := range blocked {
		byID[id].Blocked = true
	}
	return nil
}

// Identities lists who a contact is on the accounts.
func (c Scope) Identities(ctx context.Context, contact canon.ID) ([]core.Identity, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Identity, error) {
		var v core.Identity
		var verified, created int64
		err := rows.Scan(&v.ID, &v.Contact, &v.Account, &v.RemoteID, &v.Name, &verified, &created)
		v.Verified, v.Created = verified != 0, at(created)
		return v, err
	}, "SELECT id, contact, account, remote_id, name, verified, created FROM identities WHERE tenant = $1 AND contact = $2 ORDER BY id LIMIT 200", c.tenant, contact)
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return out, nil
}

// Introduce keeps what a platform tells of the person behind an identity, where
// nothing is known yet.
func (t *Tx) Introduce(i core.Identity, p canon.Peer) error {
	if _, err := t.exec("UPDATE identities SET name = $3 WHERE tenant = $1 AND id = $2 AND name = ''", t.tenant, i.ID, cutRunes(p.Name, 200)); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE contacts SET name = CASE WHEN name = '' THEN $3 ELSE name END, locale = CASE WHEN locale = '' THEN $4 ELSE locale END,
		phone = CASE WHEN phone = '' THEN $5 ELSE phone END, email = CASE WHEN email = '' THEN $6 ELSE email END, updated = $7
		WHERE tenant = $1 AND id = $2`, t.tenant, i.Contact, cutRunes(p.Name, 200), p.Locale, p.Phone, p.Email, ms(t.Now()))
	return err
}

// Portray gives a contact without a picture one, and tells everybody.
func (t *Tx) Portray(ctx context.Context, contact, file canon.ID) error {
	n, err := t.exec("UPDATE contacts SET avatar = $3, updated = $4 WHERE tenant = $1 AND id = $2 AND avatar IS NULL", t.tenant, contact, file, ms(t.Now()))
	if err != nil || n == 0 {
		return err
	}
	c, err := t.Contact(ctx, contact)
	if err != nil {
		return err
	}
	return t.announce(core.FeedContact, canon.ID{}, contact, c)
}

// ChangeContact stores what people may change of a contact.
func (t *Tx) ChangeContact(ctx context.Context, c core.Contact, by canon.ID) (core.Contact, error) {
	attrs, err := json.Marshal(c.Attributes)
	if err != nil {
		return c, err
	}
	if c.Attributes == nil {
		attrs = []byte("{}")
	}
	if err := t.exists(ctx, "files", c.Avatar, "file", "body.avatar"); err != nil {
		return c, err
	}
	c.Updated = t.Now()
	if _, err := t.exec("UPDATE contacts SET name = $3, avatar = $4, locale = $5, phone = $6, email = $7, note = $8, attrs = $9, updated = $10 WHERE tenant = $1 AND id = $2",
		t.tenant, c.ID, c.Name, c.Avatar, c.Locale, c.Phone, c.Email, c.Note, string(attrs), ms(c.Updated)); err != nil {
		return c, err
	}
	return c, t.announce(core.FeedContact, by, c.ID, c)
}
