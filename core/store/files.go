package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// File is a stored file.
type File struct {
	ID      canon.ID
	Key     string // where the storage has it
	Name    string
	MIME    string
	Size    int64
	SHA256  []byte
	Width   int
	Height  int
	Thread  canon.ID // the thread it was sent on, once known
	Agent   canon.ID // the agent who uploaded it
	Created time.Time
	// Revision rises when links to it are revoked.
	Revision int64
}

// AddFile keeps what is known of a file whose bytes are stored.
func (c Scope) AddFile(ctx context.Context, f File) error {
	return c.Write(ctx, func(t *Tx) error {
		_, err := t.exec("INSERT INTO files (tenant, id, key, name, mime, size, sha256, width, height, thread, agent, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
			c.tenant, f.ID, f.Key, f.Name, f.MIME, f.Size, f.SHA256, f.Width, f.Height, f.Thread, f.Agent, ms(t.Now()))
		return err
	})
}

// ReadFile returns what is known of a file.
func (c Scope) ReadFile(ctx context.Context, id canon.ID) (File, error) {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (File, error) {
		var f File
		var created int64
		err := rows.Scan(&f.ID, &f.Key, &f.Name, &f.MIME, &f.Size, &f.SHA256, &f.Width, &f.Height, &f.Thread, &f.Agent, &created, &f.Revision)
		f.Created = at(created)
		return f, err
	}, "SELECT id, key, name, mime, size, sha256, width, height, thread, agent, created, revoked FROM files WHERE tenant = $1 AND id = $2", c.tenant, id)
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	if len(all) == 0 {
		return File{}, core.NotFound("file")
	}
	return all[0], nil
}

// SeesFile reports whether a file may be shown to who sees no more than visible:
// it is of no thread; a message names it that is of a conversation they see; or it
// is the face of a contact they see. Only messages of the file's own thread count,
// and of them only the newest conversations that name it.
func (c Scope) SeesFile(ctx context.Context, f File, visible *Visible) (bool, error) {
	if visible == nil || f.Thread.IsZero() {
		return true, nil
	}
	named, err := list(ctx, c.s, scanStanding, `SELECT max(pos), conversation FROM messages WHERE tenant = $1 AND thread = $2 AND (content LIKE $3 OR more LIKE $3)
		GROUP BY conversation ORDER BY 1 DESC LIMIT 100`, c.tenant, f.Thread, "%"+f.ID.String()+"%")
	sees := map[canon.ID]bool{}
	if err == nil {
		err = c.sight(ctx, visible, sees, named)
	}
	if err != nil {
		return false, fmt.Errorf("read who sees a file: %w", err)
	}
	for _, ok := range sees {
		if ok {
			return true, nil
		}
	}
	faces, err := list(ctx, c.s, scalar[canon.ID], "SELECT c.id FROM threads h JOIN contacts c ON c.tenant = h.tenant AND c.id = h.contact WHERE h.tenant = $1 AND h.id = $2 AND c.avatar = $3", c.tenant, f.Thread, f.ID)
	if err != nil {
		return false, fmt.Errorf("read who sees a file: %w", err)
	}
	for _, id := range faces {
		if ok, err := c.SeesContact(ctx, id, visible); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// RenewFile counts a file as made now, and forgets another that is the same.
func (c Scope) RenewFile(ctx context.Context, id, same canon.ID) error {
	return c.Write(ctx, func(t *Tx) error {
		if err := t.do("UPDATE files SET created = $3 WHERE tenant = $1 AND id = $2", c.tenant, id, ms(t.Now())); err != nil {
			return err
		}
		return t.do("DELETE FROM files WHERE tenant = $1 AND id = $2", c.tenant, same)
	})
}

// RevokeFile makes every link given out for a file end.
func (c Scope) RevokeFile(ctx context.Context, id canon.ID) error {
	return c.Write(ctx, func(t *Tx) error {
		n, err := t.exec("UPDATE files SET revoked = revoked + 1 WHERE tenant = $1 AND id = $2", c.tenant, id)
		if err == nil && n == 0 {
			return core.NotFound("file")
		}
		return err
	})
}
