package store

import (
	"context"
	"errors"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// UndoMerge puts back what a merge moved, with what came to it since: an
// identity takes its threads and conversations along. Fields go back where
// nobody changed them meanwhile. It refuses where a later merge stands in the
// way.
func (t *Tx) UndoMerge(ctx context.Context, kept, id, by canon.ID) (core.Merge, error) {
	m, err := one(ctx, t, scanMerge, "SELECT "+mergeCols+mergeFrom+" AND m.id = $2 AND m.kept = $3", t.tenant, id, kept)
	if errors.Is(err, errNone) {
		return m.Merge, core.NotFound("merge")
	}
	if err != nil {
		return m.Merge, err
	}
	if err := t.lockContacts(ctx, m.Kept, m.Gone); err != nil {
		return m.Merge, err
	}
	if err := t.mayUndo(ctx, m); err != nil {
		return m.Merge, err
	}
	for _, q := range []string{
		"UPDATE identities SET contact = $3 WHERE tenant = $1 AND contact = $2 AND id IN (SELECT id FROM merge_moves WHERE tenant = $1 AND merging = $4 AND kind = 'identity')",
		"UPDATE threads SET contact = $3 WHERE tenant = $1 AND contact = $2 AND identity IN (SELECT id FROM merge_moves WHERE tenant = $1 AND merging = $4 AND kind = 'identity')",
		"UPDATE contact_notes SET contact = $3 WHERE tenant = $1 AND contact = $2 AND id IN (SELECT id FROM merge_moves WHERE tenant = $1 AND merging = $4 AND kind = 'note')",
		"UPDATE blocks SET contact = $3 WHERE tenant = $1 AND contact = $2 AND id IN (SELECT id FROM merge_moves WHERE tenant = $1 AND merging = $4 AND kind = 'block')",
	} {
		if _, err := t.exec(q, t.tenant, m.Kept, m.Gone, m.ID); err != nil {
			return m.Merge, err
		}
	}
	if _, err := t.exec("UPDATE conversations SET contact = $3 WHERE tenant = $1 AND contact = $2 AND thread IN (SELECT id FROM threads WHERE tenant = $1 AND contact = $3)", t.tenant, m.Kept, m.Gone); err != nil {
		return m.Merge, err
	}
	if _, err := t.exec("DELETE FROM contact_tags WHERE tenant = $1 AND contact = $2 AND tag IN (SELECT id FROM merge_moves WHERE tenant = $1 AND merging = $3 AND kind = 'tag')", t.tenant, m.Kept, m.ID); err != nil {
		return m.Merge, err
	}
	now, err := t.Contact(ctx, m.Kept)
	if err != nil {
		return m.Merge, err
	}
	if err := t.storeContact(parted(now, m)); err != nil {
		return m.Merge, err
	}
	if _, err := t.exec("UPDATE contacts SET merged = NULL, termed = 0 WHERE tenant = $1 AND id = $2", t.tenant, m.Gone); err != nil {
		return m.Merge, err
	}
	m.Undone = t.Now()
	if _, err := t.exec("UPDATE merges SET undone = $3 WHERE tenant = $1 AND id = $2", t.tenant, m.ID, ms(m.Undone)); err != nil {
		return m.Merge, err
	}
	open, err := t.openRounds(ctx, m.Gone)
	if err != nil {
		return m.Merge, err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedContact, Actor: by, Subject: m.Gone})
	return m.Merge, t.tellMerge(m.Merge, open, by)
}

// mayUndo says why a merge cannot be undone any more, if so.
func (t *Tx) mayUndo(ctx context.Context, m mergeRow) error {
	refuse := func(code string, text, remedy connector.Text) error {
		return &core.Fault{Kind: core.FaultConflict, Code: code, Text: text, Remedy: remedy}
	}
	if !m.Undone.IsZero() {
		return refuse("undone_already", connector.Text{EN: "This merge was undone already.", ZH: "该合并已被撤销。"}, connector.Text{EN: "Nothing is left to do.", ZH: "无需再次操作。"})
	}
	into, err := list(ctx, t, scalar[canon.ID], "SELECT merged FROM contacts WHERE tenant = $1 AND id = $2 AND merged IS NOT NULL", t.tenant, m.Kept)
	if err != nil {
		return err
	}
	if len(into) > 0 {
		return refuse("merged_on", connector.Text{EN: "The contact was itself merged into another one since.", ZH: "该客户之后又被合并到另一个客户。"},
			connector.Text{EN: "Undo that merge first.", ZH: "请先撤销那次合并。"})
	}
	later, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM merges WHERE tenant = $1 AND kept = $2 AND undone = 0 AND id > $3 LIMIT 1", t.tenant, m.Kept, m.ID)
	if err != nil {
		return err
	}
	if len(later) > 0 {
		return refuse("merged_later", connector.Text{EN: "Another contact was merged in after this one.", ZH: "此后又有其他客户合并进来。"},
			connector.Text{EN: "Undo the newest merge first.", ZH: "请先撤销最近一次合并。"})
	}
	gone, err := one(ctx, t, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.id = $2", t.tenant, m.Gone)
	if errors.Is(err, errNone) {
		return refuse("erased", connector.Text{EN: "The other contact was erased since.", ZH: "另一个客户已被删除。"}, connector.Text{EN: "It cannot be brought back.", ZH: "无法恢复。"})
	}
	if err != nil || gone.External == "" {
		return err
	}
	other, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND external = $2 AND merged IS NULL AND id <> $3", t.tenant, gone.External, m.Kept)
	if err == nil && len(other) > 0 {
		err = refuse("external_id_taken", connector.Text{EN: "Another contact has the id in the other system now.", ZH: "另一个客户已使用该外部编号。"},
			connector.Text{EN: "Take it off that contact first.", ZH: "请先清除那个客户的外部编号。"})
	}
	return err
}

// parted is the kept contact after an undo: what the merge gave it goes, what
// people wrote since stays.
func parted(now core.Contact, m mergeRow) core.Contact {
	back := func(v *string, after, before string) {
		if *v == after {
			*v = before
		}
	}
	back(&now.Name, m.after.Name, m.before.Name)
	back(&now.Locale, m.after.Locale, m.before.Locale)
	back(&now.Phone, m.after.Phone, m.before.Phone)
	back(&now.Email, m.after.Email, m.before.Email)
	back(&now.External, m.after.External, m.before.External)
	if now.Avatar == m.after.Avatar {
		now.Avatar = m.before.Avatar
	}
	if now.Attributes == nil {
		now.Attributes = map[string]string{}
	}
	for key, value := range m.after.Attributes {
		was, had := m.before.Attributes[key]
		switch {
		case now.Attributes[key] != value:
		case had:
			now.Attributes[key] = was
		default:
			delete(now.Attributes, key)
		}
	}
	return now
}
