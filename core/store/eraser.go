package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

// eraser removes the rows of a contact or conversation, table by table.
type eraser struct {
	t   *Tx
	by  canon.ID
	who canon.ID // whose conversations they were
	out core.Erased
	// files are those named by what vanished; true: by what colleagues said.
	files map[canon.ID]bool
}

// idText finds ids in stored JSON.
var idText = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// name notes the files a text may name.
func (x *eraser) name(ours bool, texts ...[]byte) {
	for _, text := range texts {
		for _, m := range idText.FindAll(text, -1) {
			if id, err := canon.ParseID(string(m)); err == nil {
				x.files[id] = x.files[id] || ours
			}
		}
	}
}

// all runs statements about the tenant and one thing.
func (x *eraser) all(id canon.ID, statements ...string) error {
	for _, q := range statements {
		if _, err := x.t.exec(q, x.t.tenant, id); err != nil {
			return err
		}
	}
	return nil
}

// round removes one conversation: counts kept over time stay.
func (x *eraser) round(ctx context.Context, r Round) error {
	t := x.t
	type said struct {
		n       int64
		id      canon.ID
		from    core.From
		content []byte
		more    []byte
	}
	lines, err := list(ctx, t, func(rows *sql.Rows) (v said, err error) {
		err = rows.Scan(&v.n, &v.id, &v.from, &v.content, &v.more)
		return v, err
	}, "SELECT n, id, sender_kind, content, more FROM messages WHERE tenant = $1 AND thread = $2 AND conversation = $3", t.tenant, r.Thread, r.ID)
	if err != nil {
		return err
	}
	blocks := map[int64]bool{}
	for _, l := range lines {
		x.name(l.from == core.FromAgent || l.from == core.FromNote, l.content, l.more)
		if b := l.n / search.Span; !blocks[b] {
			blocks[b] = true
			if err := t.saysElse(l.n); err != nil {
				return err
			}
		}
		if err := x.all(l.id,
			"DELETE FROM attempts WHERE tenant = $1 AND outbox IN (SELECT id FROM outbox WHERE tenant = $1 AND message = $2)",
			"DELETE FROM chores WHERE tenant = $1 AND outbox IN (SELECT id FROM outbox WHERE tenant = $1 AND message = $2)",
			"DELETE FROM outbox_items WHERE tenant = $1 AND outbox IN (SELECT id FROM outbox WHERE tenant = $1 AND message = $2)",
			"DELETE FROM outbox WHERE tenant = $1 AND message = $2",
			"DELETE FROM fetches WHERE tenant = $1 AND message = $2"); err != nil {
			return err
		}
	}
	x.out.Messages += len(lines)
	// Who was named in a note and had not read it is named no more.
	if err := x.all(r.ID,
		`UPDATE agents SET mentioned = mentioned - (SELECT count(*) FROM mentions m WHERE m.tenant = $1 AND m.agent = agents.id AND m.conversation = $2 AND m.unread = 1)
			WHERE tenant = $1 AND mentioned > 0`,
		"DELETE FROM mentions WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM owner_changes WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM colleagues WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM conversation_tags WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM timers WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM turns WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM ratings WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM bot_missed WHERE tenant = $1 AND conversation = $2",
		"DELETE FROM conversations WHERE tenant = $1 AND id = $2"); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM messages WHERE tenant = $1 AND thread = $2 AND conversation = $3", t.tenant, r.Thread, r.ID); err != nil {
		return err
	}
	t.stand(r.shelf, shelf{r.Account, r.Owner, r.Snooze != nil}, -1)
	if err := x.remember(r.ID, "conversation", r.Account, ms(r.Created), ms(r.Closed), len(lines)); err != nil {
		return err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedErased, Actor: x.by, Conversation: r.ID, Subject: r.ID})
	return nil
}

// contact removes who somebody is.
func (x *eraser) contact(ctx context.Context, e Erasing) error {
	t := x.t
	if err := x.all(e.contact,
		"DELETE FROM visits WHERE tenant = $1 AND thread IN (SELECT id FROM threads WHERE tenant = $1 AND contact = $2)",
		"DELETE FROM tickets WHERE tenant = $1 AND thread IN (SELECT id FROM threads WHERE tenant = $1 AND contact = $2)"); err != nil {
		return err
	}
	files, err := list(ctx, t, scalar[canon.ID], "SELECT f.id FROM threads h JOIN files f ON f.tenant = h.tenant AND f.thread = h.id WHERE h.tenant = $1 AND h.contact = $2", t.tenant, e.contact)
	if err != nil {
		return err
	}
	for _, id := range files {
		x.files[id] = true
	}
	for _, id := range e.people {
		faces, err := list(ctx, t, scalar[canon.ID], "SELECT avatar FROM contacts WHERE tenant = $1 AND id = $2 AND avatar IS NOT NULL", t.tenant, id)
		if err != nil {
			return err
		}
		for _, f := range faces {
			x.files[f] = true
		}
		if err := x.all(id,
			"DELETE FROM threads WHERE tenant = $1 AND contact = $2",
			"DELETE FROM identities WHERE tenant = $1 AND contact = $2",
			"DELETE FROM contact_notes WHERE tenant = $1 AND contact = $2",
			"DELETE FROM contact_tags WHERE tenant = $1 AND contact = $2",
			"DELETE FROM contact_terms WHERE tenant = $1 AND contact = $2",
			"DELETE FROM blocks WHERE tenant = $1 AND contact = $2",
			"DELETE FROM merge_moves WHERE tenant = $1 AND merging IN (SELECT id FROM merges WHERE tenant = $1 AND (kept = $2 OR gone = $2))",
			"DELETE FROM merges WHERE tenant = $1 AND (kept = $2 OR gone = $2)",
			"DELETE FROM contacts WHERE tenant = $1 AND id = $2"); err != nil {
			return err
		}
	}
	if err := x.remember(e.contact, "contact", canon.ID{}, 0, 0, x.out.Messages); err != nil {
		return err
	}
	return t.announce(core.FeedErasedOne, x.by, e.contact, nil)
}

func (x *eraser) remember(id canon.ID, kind string, account canon.ID, opened, closed int64, messages int) error {
	_, err := x.t.exec("INSERT INTO erased (tenant, id, kind, account, opened, closed, messages, agent, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		x.t.tenant, id, kind, account, opened, closed, messages, x.by, ms(x.t.Now()))
	return err
}

// drop removes what came, what was told, and what answers of the last day say.
func (x *eraser) drop(ctx context.Context, e Erasing) error {
	t := x.t
	for _, n := range e.arrived.found {
		// The callback as it came stands on the first row made of it, which may be
		// somebody else's.
		if _, err := t.exec(`UPDATE inbox SET raw = NULL WHERE tenant = $1 AND n = (SELECT max(f.n) FROM inbox f JOIN inbox o ON o.n = $2
			WHERE f.tenant = $1 AND f.n <= $2 AND f.n > $2 - 1000 AND f.link = o.link AND f.received = o.received AND f.raw IS NOT NULL)`, t.tenant, n); err != nil {
			return fmt.Errorf("erase a callback: %w", err)
		}
	}
	for _, n := range e.arrived.found {
		if _, err := t.exec("DELETE FROM inbox WHERE tenant = $1 AND n = $2 AND state <> 0", t.tenant, n); err != nil {
			return fmt.Errorf("erase what arrived: %w", err)
		}
	}
	for _, n := range e.told.found {
		if _, err := t.exec("UPDATE feed SET data = '' WHERE tenant = $1 AND n = $2", t.tenant, n); err != nil {
			return fmt.Errorf("erase from the feed: %w", err)
		}
	}
	_, err := t.exec("UPDATE idempotency SET body = $2 WHERE tenant = $1 AND status > 0", t.tenant, []byte{})
	return err
}

// fileRows removes the files that were theirs, and what was made of them. What a
// bot, a phrase or another conversation shows too stays.
func (x *eraser) fileRows(ctx context.Context) error {
	t := x.t
	for id, ours := range x.files {
		found, err := list(ctx, t, func(rows *sql.Rows) (File, error) {
			var f File
			err := rows.Scan(&f.ID, &f.Key, &f.Thread, &f.Agent)
			return f, err
		}, "SELECT id, key, thread, agent FROM files WHERE tenant = $1 AND id = $2", t.tenant, id)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Thread.IsZero() && !ours {
			continue
		}
		used, err := x.used(ctx, id)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		made, err := list(ctx, t, func(rows *sql.Rows) (File, error) {
			var f File
			err := rows.Scan(&f.ID, &f.Key)
			return f, err
		}, "SELECT f.id, f.key FROM renditions r JOIN files f ON f.tenant = r.tenant AND f.id = r.made WHERE r.tenant = $1 AND r.file = $2", t.tenant, id)
		if err != nil {
			return err
		}
		for _, f := range append(made, found...) {
			if err := t.insert("INSERT INTO erased_files (tenant, key)", 2, "ON CONFLICT DO NOTHING", [][]any{{t.tenant, f.Key}}); err != nil {
				return err
			}
			if err := x.all(f.ID, "DELETE FROM files WHERE tenant = $1 AND id = $2"); err != nil {
				return err
			}
			x.out.Files++
		}
		if err := x.all(id, "DELETE FROM renditions WHERE tenant = $1 AND file = $2"); err != nil {
			return err
		}
	}
	return nil
}

// used reports whether something that stays shows a file: there are few of these,
// and erasing is rare.
func (x *eraser) used(ctx context.Context, id canon.ID) (bool, error) {
	like := "%" + id.String() + "%"
	for _, q := range []string{
		"SELECT 1 FROM canned WHERE tenant = $1 AND body LIKE $2 LIMIT 1",
		"SELECT 1 FROM bots WHERE tenant = $1 AND draft LIKE $2 LIMIT 1",
		"SELECT 1 FROM bot_versions WHERE tenant = $1 AND content LIKE $2 LIMIT 1",
		"SELECT 1 FROM links WHERE tenant = $1 AND config LIKE $2 LIMIT 1",
		"SELECT 1 FROM outbox WHERE tenant = $1 AND state < 2 AND request LIKE $2 LIMIT 1",
	} {
		hits, err := list(ctx, x.t, scalar[int64], q, x.t.tenant, like)
		if err != nil || len(hits) > 0 {
			return true, err
		}
	}
	hits, err := list(ctx, x.t, scalar[int64], "SELECT 1 FROM agents WHERE tenant = $1 AND avatar = $2 LIMIT 1", x.t.tenant, id)
	if err != nil || len(hits) > 0 {
		return true, err
	}
	hits, err = list(ctx, x.t, scalar[int64], "SELECT 1 FROM threads h JOIN messages m ON m.tenant = h.tenant AND m.thread = h.id WHERE h.tenant = $1 AND h.contact = $3 AND m.content LIKE $2 LIMIT 1", x.t.tenant, like, x.who)
	return len(hits) > 0, err
}
