package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

const noteCols = "id, contact, author, body, created, edited"

func scanNote(rows *sql.Rows) (core.ContactNote, error) {
	var v core.ContactNote
	var created, edited int64
	err := rows.Scan(&v.ID, &v.Contact, &v.Author, &v.Body, &created, &edited)
	v.Created, v.Edited = at(created), at(edited)
	return v, err
}

// ContactNotes lists what was written down about a contact, newest first,
// before an id (zero: from the newest).
func (c Scope) ContactNotes(ctx context.Context, contact, before canon.ID, limit int) ([]core.ContactNote, error) {
	cond, args := "", []any{c.tenant, contact, limit}
	if !before.IsZero() {
		cond, args = " AND id < $4", append(args, before)
	}
	out, err := list(ctx, c.s, scanNote, "SELECT "+noteCols+" FROM contact_notes WHERE tenant = $1 AND contact = $2"+cond+" ORDER BY id DESC LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list notes: %w", err)
	}
	return out, nil
}

// ContactNote reads one note of a contact.
func (t *Tx) ContactNote(ctx context.Context, contact, id canon.ID) (core.ContactNote, error) {
	v, err := one(ctx, t, scanNote, "SELECT "+noteCols+" FROM contact_notes WHERE tenant = $1 AND contact = $2 AND id = $3", t.tenant, contact, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("note")
	}
	return v, err
}

// SaveContactNote adds a note (zero id) or stores what it says now.
func (t *Tx) SaveContactNote(v core.ContactNote, by canon.ID) (core.ContactNote, error) {
	var err error
	if v.ID.IsZero() {
		v.ID, v.Author, v.Created = canon.NewID(), by, t.Now()
		_, err = t.exec("INSERT INTO contact_notes (tenant, id, contact, author, body, created) VALUES ($1, $2, $3, $4, $5, $6)",
			t.tenant, v.ID, v.Contact, v.Author, v.Body, ms(v.Created))
	} else {
		v.Edited = t.Now()
		_, err = t.exec("UPDATE contact_notes SET body = $3, edited = $4 WHERE tenant = $1 AND id = $2", t.tenant, v.ID, v.Body, ms(v.Edited))
	}
	if err != nil {
		return v, err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedContact, Actor: by, Subject: v.Contact})
	return v, nil
}

// DeleteContactNote removes a note.
func (t *Tx) DeleteContactNote(v core.ContactNote, by canon.ID) error {
	if _, err := t.exec("DELETE FROM contact_notes WHERE tenant = $1 AND id = $2", t.tenant, v.ID); err != nil {
		return err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedContact, Actor: by, Subject: v.Contact})
	return nil
}
