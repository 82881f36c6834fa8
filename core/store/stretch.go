package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
)

// Stretch is a piece of a thread as somebody sees it.
type Stretch struct {
	Items []core.Message // newest first
	// Next is the place to go on before; 0: this is the beginning. A stretch may be
	// short, or empty, and still have a next.
	Next int64
	// Hidden says that messages in it were left out: they are of conversations that
	// are not to be seen.
	Hidden bool
}

// What a stretch costs is bounded: where most of a thread is hidden, it ends short.
const (
	stretchLooks = 512 // places looked at in one go
	stretchTimes = 8
)

// Stretch returns up to limit messages of a thread standing before position before
// (0: the newest), without those of conversations that visible does not let see.
func (c Scope) Stretch(ctx context.Context, thread canon.ID, before int64, visible *Visible, limit int) (Stretch, error) {
	var out Stretch
	var err error
	if visible == nil {
		if out.Items, err = c.Messages(ctx, thread, before, limit+1); err == nil && len(out.Items) > limit {
			out.Items = out.Items[:limit]
			out.Next = out.Items[limit-1].Pos
		}
		return out, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	sees := map[canon.ID]bool{}
	var shown []int64
look:
	for range stretchTimes {
		places, err := list(ctx, c.s, scanStanding, "SELECT pos, conversation FROM messages WHERE tenant = $1 AND thread = $2 AND pos < $3 ORDER BY pos DESC LIMIT $4", c.tenant, thread, before, stretchLooks)
		if err == nil {
			err = c.sight(ctx, visible, sees, places)
		}
		if err != nil {
			return out, fmt.Errorf("read messages: %w", err)
		}
		for _, p := range places {
			if !sees[p.conversation] {
				out.Hidden = true
			} else if len(shown) == limit {
				out.Next = shown[limit-1]
				break look
			} else {
				shown = append(shown, p.pos)
			}
		}
		if len(places) < stretchLooks {
			out.Next = 0
			break
		}
		before = places[len(places)-1].pos
		out.Next = before
	}
	out.Items, err = listIn(ctx, c.s, scanMessage, "SELECT "+messageCols+" FROM messages m WHERE m.tenant = $1 AND m.thread = $2 AND m.pos IN (%s)", []any{c.tenant, thread}, shown)
	if err != nil {
		return out, fmt.Errorf("read messages: %w", err)
	}
	slices.SortFunc(out.Items, func(a, b core.Message) int { return int(b.Pos - a.Pos) })
	out.Items = slices.CompactFunc(out.Items, func(a, b core.Message) bool { return a.Pos == b.Pos })
	return out, deliveries(ctx, c.s, c.tenant, out.Items)
}

// Shown leaves out what is of conversations that visible does not let see.
func (c Scope) Shown(ctx context.Context, all []core.Message, visible *Visible) ([]core.Message, error) {
	if visible == nil {
		return all, nil
	}
	places := make([]standing, len(all))
	for i, m := range all {
		places[i].conversation = m.Conversation
	}
	sees := map[canon.ID]bool{}
	if err := c.sight(ctx, visible, sees, places); err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return slices.DeleteFunc(all, func(m core.Message) bool { return !sees[m.Conversation] }), nil
}

// standing is where a message stands, and of what conversation it is.
type standing struct {
	pos          int64
	conversation canon.ID
}

func scanStanding(rows *sql.Rows) (p standing, err error) {
	err = rows.Scan(&p.pos, &p.conversation)
	return p, err
}

// sight finds out which of the conversations at some places are to be seen, where
// that is not known yet.
func (c Scope) sight(ctx context.Context, visible *Visible, sees map[canon.ID]bool, places []standing) error {
	var ids []canon.ID
	for _, p := range places {
		if _, known := sees[p.conversation]; !known {
			sees[p.conversation] = false
			ids = append(ids, p.conversation)
		}
	}
	type held struct {
		id    canon.ID
		owner core.Owner
	}
	owners, err := listIn(ctx, c.s, func(rows *sql.Rows) (h held, err error) {
		var status int64
		err = rows.Scan(&h.id, &status, &h.owner.ID, &h.owner.Team)
		h.owner.Kind = statuses[status]
		return h, err
	}, "SELECT id, status, owner, team FROM conversations WHERE tenant = $1 AND id IN (%s)", []any{c.tenant}, ids)
	if err != nil {
		return err
	}
	for _, h := range owners {
		sees[h.id] = visible.serves(h.owner)
	}
	added, err := listIn(ctx, c.s, scalar[canon.ID], "SELECT conversation FROM colleagues WHERE tenant = $1 AND agent = $2 AND conversation IN (%s)", []any{c.tenant, visible.Agent}, ids)
	for _, id := range added {
		sees[id] = true
	}
	return err
}
