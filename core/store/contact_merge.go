package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// mergeFields are what a contact keeps of itself, as a merge remembers it.
type mergeFields struct {
	Name       string            `json:"name"`
	Avatar     canon.ID          `json:"avatar"`
	Locale     string            `json:"locale"`
	Phone      string            `json:"phone"`
	Email      string            `json:"email"`
	External   string            `json:"external"`
	Attributes map[string]string `json:"attributes"`
}

func fieldsOf(c core.Contact) mergeFields {
	return mergeFields{c.Name, c.Avatar, c.Locale, c.Phone, c.Email, c.External, c.Attributes}
}

// MergeTakes are the fields of the other contact a merge can take where both
// have one; "attributes.KEY" besides.
var MergeTakes = []string{"name", "avatar", "locale", "phone", "email", "external_id"}

// joined is what the kept contact is after a merge: its own, filled from the
// other where it has nothing, and the other's where that is asked for.
func joined(kept, gone core.Contact, take []string) core.Contact {
	out := kept
	pick := func(name string, mine *string, other string) {
		if other != "" && (*mine == "" || slices.Contains(take, name)) {
			*mine = other
		}
	}
	pick("name", &out.Name, gone.Name)
	pick("locale", &out.Locale, gone.Locale)
	pick("phone", &out.Phone, gone.Phone)
	pick("email", &out.Email, gone.Email)
	pick("external_id", &out.External, gone.External)
	if !gone.Avatar.IsZero() && (out.Avatar.IsZero() || slices.Contains(take, "avatar")) {
		out.Avatar = gone.Avatar
	}
	out.Attributes = maps.Clone(kept.Attributes)
	if out.Attributes == nil {
		out.Attributes = map[string]string{}
	}
	for key, value := range gone.Attributes {
		if _, has := out.Attributes[key]; !has || slices.Contains(take, "attributes."+key) {
			out.Attributes[key] = value
		}
	}
	if gone.Seen.After(out.Seen) {
		out.Seen = gone.Seen
	}
	return out
}

// MergeContacts puts everything of one contact on another: identities with their
// threads and conversations, notes, blocks and tags; who owns a conversation
// stays. The one that is gone keeps its own row for UndoMerge and answers as the
// kept one from then on. take is of MergeTakes.
func (t *Tx) MergeContacts(ctx context.Context, kept, gone canon.ID, take []string, by canon.ID) (core.Merge, error) {
	m := core.Merge{ID: canon.NewID(), Kept: kept, Gone: gone, By: by, At: t.Now()}
	if kept == gone {
		return m, core.Invalid("same_contact", "body.other", connector.Text{EN: "This is the same contact.", ZH: "这是同一个客户。"},
			connector.Text{EN: "Choose another one.", ZH: "请选择另一个客户。"})
	}
	if err := t.lockContacts(ctx, kept, gone); err != nil {
		return m, err
	}
	a, err := t.Contact(ctx, kept)
	if err != nil {
		return m, err
	}
	b, err := t.Contact(ctx, gone)
	if err != nil {
		return m, err
	}
	if a.ID != kept || b.ID != gone {
		return m, core.NotFound("contact")
	}
	m.Name = b.Name
	open, err := t.openRounds(ctx, gone)
	if err != nil {
		return m, err
	}
	// Threads first: whoever handles a message now finds its thread moved, and
	// decides again.
	for _, q := range []string{
		"UPDATE threads SET contact = $3 WHERE tenant = $1 AND contact = $2",
		"UPDATE conversations SET contact = $3 WHERE tenant = $1 AND contact = $2",
	} {
		if _, err := t.exec(q, t.tenant, gone, kept); err != nil {
			return m, err
		}
	}
	for _, k := range []struct{ kind, table string }{{"identity", "identities"}, {"note", "contact_notes"}, {"block", "blocks"}} {
		if _, err := t.exec("INSERT INTO merge_moves (tenant, merging, kind, id) SELECT tenant, $3, '"+k.kind+"', id FROM "+k.table+" WHERE tenant = $1 AND contact = $2", t.tenant, gone, m.ID); err != nil {
			return m, err
		}
		if _, err := t.exec("UPDATE "+k.table+" SET contact = $3 WHERE tenant = $1 AND contact = $2", t.tenant, gone, kept); err != nil {
			return m, err
		}
	}
	if _, err := t.exec(`INSERT INTO merge_moves (tenant, merging, kind, id) SELECT g.tenant, $4, 'tag', g.tag FROM contact_tags g
		WHERE g.tenant = $1 AND g.contact = $2 AND NOT EXISTS (SELECT 1 FROM contact_tags h WHERE h.tenant = $1 AND h.contact = $3 AND h.tag = g.tag)`, t.tenant, gone, kept, m.ID); err != nil {
		return m, err
	}
	if _, err := t.exec("INSERT INTO contact_tags (tenant, contact, tag) SELECT tenant, $3, tag FROM contact_tags WHERE tenant = $1 AND contact = $2 ON CONFLICT DO NOTHING", t.tenant, gone, kept); err != nil {
		return m, err
	}
	if _, err := t.exec("UPDATE contacts SET merged = $3, termed = 1 WHERE tenant = $1 AND id = $2", t.tenant, gone, kept); err != nil {
		return m, err
	}
	if _, err := t.exec("DELETE FROM contact_terms WHERE tenant = $1 AND contact = $2", t.tenant, gone); err != nil {
		return m, err
	}
	after := joined(a, b, take)
	if err := t.storeContact(after); err != nil {
		return m, err
	}
	before, err := json.Marshal(fieldsOf(a))
	if err != nil {
		return m, err
	}
	then, err := json.Marshal(fieldsOf(after))
	if err != nil {
		return m, err
	}
	if _, err := t.exec("INSERT INTO merges (tenant, id, kept, gone, agent, at, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		t.tenant, m.ID, kept, gone, by, ms(m.At), string(before), string(then)); err != nil {
		return m, err
	}
	return m, t.tellMerge(m, open, by)
}

// lockContacts keeps others off some contacts until the transaction ends.
func (t *Tx) lockContacts(ctx context.Context, a, b canon.ID) error {
	_, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND id IN ($2, $3) ORDER BY id "+t.w.forUpdate(), t.tenant, a, b)
	return err
}

func (t *Tx) openRounds(ctx context.Context, contact canon.ID) ([]canon.ID, error) {
	return list(ctx, t, scalar[canon.ID], "SELECT conversation FROM threads WHERE tenant = $1 AND contact = $2 AND conversation IS NOT NULL LIMIT 1000", t.tenant, contact)
}

// tellMerge tells who is whom now, and of conversations that are open.
func (t *Tx) tellMerge(m core.Merge, open []canon.ID, by canon.ID) error {
	if err := t.announce(core.FeedMerged, by, m.Gone, m); err != nil {
		return err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedContact, Actor: by, Subject: m.Kept})
	for _, id := range open {
		t.Feed(core.FeedEntry{Kind: core.FeedConversation, Actor: by, Conversation: id, Subject: id})
	}
	return nil
}

// mergeRow is a merge with what it remembers.
type mergeRow struct {
	core.Merge
	before, after mergeFields
}

const mergeCols = "m.id, m.kept, m.gone, m.agent, m.at, m.undone, m.before, m.after, p.name"

func scanMerge(rows *sql.Rows) (mergeRow, error) {
	var m mergeRow
	var when, undone int64
	var before, after []byte
	var name sql.NullString
	if err := rows.Scan(&m.ID, &m.Kept, &m.Gone, &m.By, &when, &undone, &before, &after, &name); err != nil {
		return m, err
	}
	m.At, m.Undone, m.Name = at(when), at(undone), name.String
	return m, errors.Join(json.Unmarshal(before, &m.before), json.Unmarshal(after, &m.after))
}

const mergeFrom = " FROM merges m LEFT JOIN contacts p ON p.tenant = m.tenant AND p.id = m.gone WHERE m.tenant = $1"

// Merges lists what was merged into a contact, newest first, at most 100.
func (c Scope) Merges(ctx context.Context, kept canon.ID) ([]core.Merge, error) {
	rows, err := list(ctx, c.s, scanMerge, "SELECT "+mergeCols+mergeFrom+" AND m.kept = $2 ORDER BY m.id DESC LIMIT 100", c.tenant, kept)
	if err != nil {
		return nil, fmt.Errorf("list merges: %w", err)
	}
	out := make([]core.Merge, len(rows))
	for i, m := range rows {
		out[i] = m.Merge
	}
	return out, nil
}
