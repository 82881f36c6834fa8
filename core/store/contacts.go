package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
)

const contactCols = "c.id, c.name, c.avatar, c.locale, c.phone, c.email, c.external, c.attrs, c.created, c.updated, c.seen, c.merged"

func scanContact(rows *sql.Rows) (core.Contact, error) {
	var c core.Contact
	var attrs []byte
	var created, updated, seen int64
	if err := rows.Scan(&c.ID, &c.Name, &c.Avatar, &c.Locale, &c.Phone, &c.Email, &c.External, &attrs, &created, &updated, &seen, &c.Merged); err != nil {
		return c, err
	}
	c.Created, c.Updated, c.Seen, c.Tags = at(created), at(updated), at(seen), []canon.ID{}
	if err := json.Unmarshal(attrs, &c.Attributes); err != nil {
		return c, fmt.Errorf("attributes of contact %s: %w", c.ID, err)
	}
	return c, nil
}

// Contact reads one contact.
func (c Scope) Contact(ctx context.Context, id canon.ID) (core.Contact, error) {
	return contact(ctx, c.s, c.tenant, c.s.Now(), id)
}

// Contact reads one contact inside the transaction.
func (t *Tx) Contact(ctx context.Context, id canon.ID) (core.Contact, error) {
	return contact(ctx, t, t.tenant, t.Now(), id)
}

// contact reads a contact; one merged into another answers as that one.
func contact(ctx context.Context, r reader, tenant canon.ID, now time.Time, id canon.ID) (core.Contact, error) {
	var v core.Contact
	for {
		var err error
		v, err = one(ctx, r, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.id = $2", tenant, id)
		if errors.Is(err, errNone) {
			return v, core.NotFound("contact")
		}
		if err != nil {
			return v, fmt.Errorf("read contact: %w", err)
		}
		if v.Merged.IsZero() {
			break
		}
		id = v.Merged
	}
	all := []core.Contact{v}
	err := dressContacts(ctx, r, tenant, now, all)
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

// WholeContacts reads contacts with tags and blocks; those that are gone are left
// out, and those merged into others answer as themselves.
func (c Scope) WholeContacts(ctx context.Context, ids []canon.ID) ([]core.Contact, error) {
	out, err := c.ContactsByID(ctx, ids)
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, dressContacts(ctx, c.s, c.tenant, c.s.Now(), out)
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
	if _, err := t.exec("UPDATE identities SET name = CASE WHEN name = '' THEN $3 ELSE name END, person = CASE WHEN person = '' THEN $4 ELSE person END WHERE tenant = $1 AND id = $2",
		t.tenant, i.ID, cutRunes(p.Name, 200), PersonOf(p)); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE contacts SET name = CASE WHEN name = '' THEN $3 ELSE name END, locale = CASE WHEN locale = '' THEN $4 ELSE locale END,
		phone = CASE WHEN phone = '' THEN $5 ELSE phone END, email = CASE WHEN email = '' THEN $6 ELSE email END, updated = $7, termed = 0
		WHERE tenant = $1 AND id = $2`, t.tenant, i.Contact, cutRunes(p.Name, 200), p.Locale, p.Phone, p.Email, ms(t.Now()))
	return err
}

// Portray gives a contact a picture in place of old, or of none, and tells
// everybody; somebody else's choice meanwhile stays.
func (t *Tx) Portray(ctx context.Context, contact, file, old canon.ID) error {
	n, err := t.exec("UPDATE contacts SET avatar = $3, updated = $4 WHERE tenant = $1 AND id = $2 AND (avatar = $5 OR avatar IS NULL AND $6 = 1)",
		t.tenant, contact, file, ms(t.Now()), old, flag(old.IsZero()))
	if err != nil || n == 0 {
		return err
	}
	return t.announce(core.FeedContact, canon.ID{}, contact, nil)
}

// ChangeContact stores what people may change of a contact.
func (t *Tx) ChangeContact(ctx context.Context, c core.Contact, by canon.ID) (core.Contact, error) {
	if err := t.exists(ctx, "files", c.Avatar, "file", "body.avatar"); err != nil {
		return c, err
	}
	if c.External != "" {
		other, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND external = $2 AND merged IS NULL AND id <> $3", t.tenant, c.External, c.ID)
		if err != nil {
			return c, err
		}
		if len(other) > 0 {
			return c, taken("body.external_id")
		}
	}
	c.Updated = t.Now()
	if err := t.storeContact(c); err != nil {
		return c, err
	}
	return c, t.announce(core.FeedContact, by, c.ID, nil)
}

func (t *Tx) storeContact(c core.Contact) error {
	attrs, err := json.Marshal(c.Attributes)
	if err != nil {
		return err
	}
	if c.Attributes == nil {
		attrs = []byte("{}")
	}
	_, err = t.exec("UPDATE contacts SET name = $3, avatar = $4, locale = $5, phone = $6, email = $7, external = $8, attrs = $9, updated = $10, seen = $11, termed = 0 WHERE tenant = $1 AND id = $2",
		t.tenant, c.ID, c.Name, c.Avatar, c.Locale, c.Phone, c.Email, c.External, string(attrs), ms(t.Now()), ms(c.Seen))
	if Duplicate(err) {
		return taken("body.external_id")
	}
	return err
}

// PersonOf is who a peer is on other accounts too, by an alias somebody vouches
// for; empty where nobody does.
func PersonOf(p canon.Peer) string {
	for _, a := range p.Also {
		if a.Verified && (a.Kind == "unionid" || a.Kind == "user") {
			return cutRunes(a.Kind+":"+string(a.ID), 200)
		}
	}
	return ""
}

// IdentitiesOf reads who some contacts are on the accounts.
func (c Scope) IdentitiesOf(ctx context.Context, contacts []core.Contact) (map[canon.ID][]core.Identity, error) {
	ids := make([]canon.ID, len(contacts))
	for i, v := range contacts {
		ids[i] = v.ID
	}
	all, err := listIn(ctx, c.s, func(rows *sql.Rows) (core.Identity, error) {
		var v core.Identity
		err := rows.Scan(&v.ID, &v.Contact, &v.Account, &v.RemoteID)
		return v, err
	}, "SELECT id, contact, account, remote_id FROM identities WHERE tenant = $1 AND contact IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	slices.SortFunc(all, func(a, b core.Identity) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	out := make(map[canon.ID][]core.Identity, len(contacts))
	for _, v := range all {
		out[v.Contact] = append(out[v.Contact], v)
	}
	return out, nil
}
