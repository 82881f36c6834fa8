package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

const viewCols = "id, agent, roles, name, icon, color, filter, place, created, updated"

func scanView(rows *sql.Rows) (core.View, error) {
	var v core.View
	var roles, filter []byte
	var created, updated int64
	if err := rows.Scan(&v.ID, &v.Owner, &roles, &v.Name, &v.Icon, &v.Color, &filter, &v.Place, &created, &updated); err != nil {
		return v, err
	}
	v.Created, v.Updated = at(created), at(updated)
	return v, errors.Join(json.Unmarshal(roles, &v.Roles), json.Unmarshal(filter, &v.Filter))
}

// Views are the shared views and an agent's own, in their order.
func (c Scope) Views(ctx context.Context, agent canon.ID) ([]core.View, error) {
	out, err := list(ctx, c.s, scanView, "SELECT "+viewCols+" FROM views WHERE tenant = $1 AND (agent IS NULL OR agent = $2) ORDER BY place, id", c.tenant, agent[:])
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	return out, nil
}

// View reads one view.
func (c Scope) View(ctx context.Context, id canon.ID) (core.View, error) {
	v, err := one(ctx, c.s, scanView, "SELECT "+viewCols+" FROM views WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("view")
	}
	if err != nil {
		return v, fmt.Errorf("read view: %w", err)
	}
	return v, nil
}

// SaveView adds a view (zero id), at the end of its kind, or stores it.
func (t *Tx) SaveView(ctx context.Context, v core.View, by canon.ID) (core.View, error) {
	filter, err := json.Marshal(v.Filter)
	if err != nil {
		return v, err
	}
	if v.Roles == nil {
		v.Roles = []core.Role{}
	}
	roles, err := json.Marshal(v.Roles)
	if err != nil {
		return v, err
	}
	v.Updated = t.Now()
	if v.ID.IsZero() {
		places, err := list(ctx, t, scalar[int], "SELECT place FROM views WHERE tenant = $1 AND (agent = $2 OR (agent IS NULL AND $3 = 1))", t.tenant, v.Owner[:], flag(v.Owner.IsZero()))
		if err != nil {
			return v, err
		}
		for _, p := range places {
			v.Place = max(v.Place, p+1)
		}
		v.ID, v.Created = canon.NewID(), t.Now()
		if _, err := t.exec("INSERT INTO views (tenant, id, agent, roles, name, icon, color, filter, place, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			t.tenant, v.ID, v.Owner, string(roles), v.Name, v.Icon, v.Color, string(filter), v.Place, ms(v.Created), ms(v.Updated)); err != nil {
			return v, err
		}
	} else {
		n, err := t.exec("UPDATE views SET agent = $3, roles = $4, name = $5, icon = $6, color = $7, filter = $8, place = $9, updated = $10 WHERE tenant = $1 AND id = $2",
			t.tenant, v.ID, v.Owner, string(roles), v.Name, v.Icon, v.Color, string(filter), v.Place, ms(v.Updated))
		if err != nil {
			return v, err
		}
		if n == 0 {
			return v, core.NotFound("view")
		}
	}
	return v, t.announce(core.FeedSettings, by, v.ID, nil)
}

// DeleteView removes a view.
func (t *Tx) DeleteView(id, by canon.ID) error {
	n, err := t.exec("DELETE FROM views WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("view")
	}
	return t.announce(core.FeedSettings, by, id, nil)
}

// CountUpTo counts the conversations of a list, up to limit.
func (c Scope) CountUpTo(ctx context.Context, q ListQuery, limit int) (int, error) {
	if len(q.Statuses) == 0 {
		q.Statuses = openStatuses
	}
	if q.Visible == nil && q.Sort != SortWaiting && q.Sort != SortDue && len(q.Tags)+len(q.Languages) == 0 {
		all, err := shelves(ctx, c.s, c.tenant, inStatuses(q.Statuses)) // kept, not counted
		n := int64(0)
		for _, s := range all {
			if q.stands(s.shelf) {
				n += s.n
			}
		}
		return int(min(n, int64(limit))), err
	}
	ids, err := c.ConversationIDs(ctx, q, limit)
	return len(ids), err
}

// ConversationIDs are the first conversations of a list.
func (c Scope) ConversationIDs(ctx context.Context, q ListQuery, limit int) ([]canon.ID, error) {
	if len(q.Statuses) == 0 {
		q.Statuses = openStatuses
	}
	streams, err := c.streams(ctx, q)
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	keys, err := c.places(ctx, q, streams, limit)
	out := make([]canon.ID, 0, len(keys))
	for _, k := range keys {
		if !q.past(k.At) {
			out = append(out, k.ID)
		}
	}
	return out, err
}
