package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

func scanTag(rows *sql.Rows) (core.Tag, error) {
	var v core.Tag
	err := rows.Scan(&v.ID, &v.Scope, &v.Name, &v.Color)
	return v, err
}

// Tags lists tags after an id, oldest first; an empty scope means both.
func (c Scope) Tags(ctx context.Context, scope core.TagScope, after canon.ID, limit int) ([]core.Tag, error) {
	out, err := list(ctx, c.s, scanTag, "SELECT id, scope, name, color FROM tags WHERE tenant = $1 AND id > $2 AND ($3 = '' OR scope = $3) ORDER BY id LIMIT $4", c.tenant, after[:], string(scope), limit)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return out, nil
}

// Tag reads one tag.
func (c Scope) Tag(ctx context.Context, id canon.ID) (core.Tag, error) {
	v, err := one(ctx, c.s, scanTag, "SELECT id, scope, name, color FROM tags WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("tag")
	}
	if err != nil {
		return v, fmt.Errorf("read tag: %w", err)
	}
	return v, nil
}

// SaveTag adds a tag (zero id) or stores its name and colour.
func (t *Tx) SaveTag(ctx context.Context, v core.Tag, by canon.ID) (core.Tag, error) {
	fresh := v.ID.IsZero()
	if fresh {
		v.ID = canon.NewID()
	}
	same, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM tags WHERE tenant = $1 AND scope = $2 AND name = $3 AND id <> $4", t.tenant, string(v.Scope), v.Name, v.ID)
	if err != nil {
		return v, err
	}
	if len(same) > 0 {
		return v, taken("body.name")
	}
	if fresh {
		_, err = t.exec("INSERT INTO tags (tenant, id, scope, name, color) VALUES ($1, $2, $3, $4, $5)", t.tenant, v.ID, string(v.Scope), v.Name, v.Color)
	} else {
		_, err = t.exec("UPDATE tags SET name = $3, color = $4 WHERE tenant = $1 AND id = $2", t.tenant, v.ID, v.Name, v.Color)
	}
	if err != nil {
		return v, err
	}
	return v, t.announce(core.FeedSettings, by, v.ID, v)
}

// DeleteTag removes a tag from everything it is on.
func (t *Tx) DeleteTag(id, by canon.ID) error {
	n, err := t.exec("DELETE FROM tags WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("tag")
	}
	for _, q := range []string{"DELETE FROM conversation_tags WHERE tenant = $1 AND tag = $2", "DELETE FROM contact_tags WHERE tenant = $1 AND tag = $2"} {
		if _, err := t.exec(q, t.tenant, id); err != nil {
			return err
		}
	}
	return t.announce(core.FeedSettings, by, id, nil)
}

// TagConversation puts a tag on a conversation or takes it off.
func (t *Tx) TagConversation(ctx context.Context, conversation, tag canon.ID, on bool, by canon.ID) error {
	if err := t.scoped(ctx, tag, core.TagConversation); err != nil {
		return err
	}
	n, err := int64(0), error(nil)
	if on {
		var m spot
		if m, err = t.mark(conversation); err != nil {
			return err
		}
		n, err = t.exec("INSERT INTO conversation_tags (tenant, conversation, tag, shelf, last_at, waiting, due, lang) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
			t.tenant, conversation, tag, m.shelf, m.last, m.waiting, m.due, m.lang)
	} else {
		n, err = t.exec("DELETE FROM conversation_tags WHERE tenant = $1 AND conversation = $2 AND tag = $3", t.tenant, conversation, tag)
	}
	if err != nil {
		return err
	}
	return t.tellOf(ctx, conversation, by, n > 0)
}

// TagContact puts a tag on a contact or takes it off.
func (t *Tx) TagContact(ctx context.Context, contact, tag canon.ID, on bool, by canon.ID) error {
	if err := t.scoped(ctx, tag, core.TagContact); err != nil {
		return err
	}
	if err := t.exists(ctx, "contacts", contact, "contact", ""); err != nil {
		return err
	}
	q, kind := "DELETE FROM contact_tags WHERE tenant = $1 AND contact = $2 AND tag = $3", core.FeedUntagged
	if on {
		q, kind = "INSERT INTO contact_tags (tenant, contact, tag) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", core.FeedTagged
	}
	n, err := t.exec(q, t.tenant, contact, tag)
	if err != nil || n == 0 {
		return err
	}
	return t.announce(kind, by, contact, map[string]canon.ID{"tag": tag})
}

// scoped refuses a tag that is not there or is of the other scope.
func (t *Tx) scoped(ctx context.Context, tag canon.ID, want core.TagScope) error {
	scopes, err := list(ctx, t, scalar[string], "SELECT scope FROM tags WHERE tenant = $1 AND id = $2", t.tenant, tag)
	if err != nil {
		return err
	}
	if len(scopes) == 0 || core.TagScope(scopes[0]) != want {
		return core.NotFound("tag")
	}
	return nil
}
