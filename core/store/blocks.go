package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

const blockCols = "id, kind, contact, prefix, reason, agent, created, expires, hits"

func scanBlock(rows *sql.Rows) (core.Block, error) {
	var b core.Block
	var created, expires int64
	err := rows.Scan(&b.ID, &b.Kind, &b.Contact, &b.Prefix, &b.Reason, &b.By, &created, &expires, &b.Hits)
	b.Created, b.Expires = at(created), at(expires)
	return b, err
}

// Blocks lists blocks, newest first, before an id (zero: from the newest).
// Expired ones stay listed until they are deleted.
func (c Scope) Blocks(ctx context.Context, before canon.ID, limit int) ([]core.Block, error) {
	cond, args := "", []any{c.tenant, limit}
	if !before.IsZero() {
		cond, args = " AND id < $3", append(args, before)
	}
	out, err := list(ctx, c.s, scanBlock, "SELECT "+blockCols+" FROM blocks WHERE tenant = $1"+cond+" ORDER BY id DESC LIMIT $2", args...)
	if err != nil {
		return nil, fmt.Errorf("list blocks: %w", err)
	}
	return out, nil
}

// Block reads one block.
func (c Scope) Block(ctx context.Context, id canon.ID) (core.Block, error) {
	v, err := one(ctx, c.s, scanBlock, "SELECT "+blockCols+" FROM blocks WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("block")
	}
	if err != nil {
		return v, fmt.Errorf("read block: %w", err)
	}
	return v, nil
}

// SaveBlock adds a block (zero id) or stores its reason and expiry.
func (t *Tx) SaveBlock(ctx context.Context, b core.Block) (core.Block, error) {
	if err := t.exists(ctx, "contacts", b.Contact, "contact", "body.contact"); err != nil {
		return b, err
	}
	if b.ID.IsZero() {
		b.ID, b.Created = canon.NewID(), t.Now()
		if _, err := t.exec("INSERT INTO blocks (tenant, id, kind, contact, prefix, reason, agent, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			t.tenant, b.ID, string(b.Kind), b.Contact, b.Prefix, b.Reason, b.By, ms(b.Created), ms(b.Expires)); err != nil {
			return b, err
		}
	} else if _, err := t.exec("UPDATE blocks SET reason = $3, expires = $4 WHERE tenant = $1 AND id = $2", t.tenant, b.ID, b.Reason, ms(b.Expires)); err != nil {
		return b, err
	}
	return b, t.announceBlock(b)
}

// DeleteBlock lifts a block.
func (t *Tx) DeleteBlock(ctx context.Context, id, by canon.ID) error {
	b, err := one(ctx, t, scanBlock, "SELECT "+blockCols+" FROM blocks WHERE tenant = $1 AND id = $2", t.tenant, id)
	if errors.Is(err, errNone) {
		return core.NotFound("block")
	}
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM blocks WHERE tenant = $1 AND id = $2", t.tenant, id); err != nil {
		return err
	}
	b.By = by
	return t.announceBlock(b)
}

// announceBlock tells that a contact changed, or that the list did.
func (t *Tx) announceBlock(b core.Block) error {
	if b.Contact.IsZero() {
		return t.announce(core.FeedSettings, b.By, b.ID, nil)
	}
	return t.announce(core.FeedContact, b.By, b.Contact, nil)
}
