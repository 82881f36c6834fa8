package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

func scanCalendar(rows *sql.Rows) (core.Calendar, error) {
	var k core.Calendar
	var week, holidays []byte
	if err := rows.Scan(&k.ID, &k.Name, &k.TimeZone, &week, &holidays); err != nil {
		return k, err
	}
	return k, errors.Join(json.Unmarshal(week, &k.Week), json.Unmarshal(holidays, &k.Holidays))
}

// Calendars lists calendars after an id, oldest first.
func (c Scope) Calendars(ctx context.Context, after canon.ID, limit int) ([]core.Calendar, error) {
	out, err := list(ctx, c.s, scanCalendar, "SELECT id, name, tz, week, holidays FROM calendars WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	return out, nil
}

// Calendar reads one calendar.
func (c Scope) Calendar(ctx context.Context, id canon.ID) (core.Calendar, error) {
	k, err := one(ctx, c.s, scanCalendar, "SELECT id, name, tz, week, holidays FROM calendars WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return k, core.NotFound("calendar")
	}
	if err != nil {
		return k, fmt.Errorf("read calendar: %w", err)
	}
	return k, nil
}

// SaveCalendar adds a calendar (zero id) or stores all of one.
func (t *Tx) SaveCalendar(k core.Calendar, by canon.ID) (core.Calendar, error) {
	for i := range k.Week {
		if k.Week[i] == nil {
			k.Week[i] = []core.Period{}
		}
	}
	if k.Holidays == nil {
		k.Holidays = []core.Holiday{}
	}
	week, err := json.Marshal(k.Week)
	if err != nil {
		return k, err
	}
	holidays, err := json.Marshal(k.Holidays)
	if err != nil {
		return k, err
	}
	if k.ID.IsZero() {
		k.ID = canon.NewID()
		_, err = t.exec("INSERT INTO calendars (tenant, id, name, tz, week, holidays) VALUES ($1, $2, $3, $4, $5, $6)", t.tenant, k.ID, k.Name, k.TimeZone, string(week), string(holidays))
	} else {
		if err := t.recount(); err != nil {
			return k, err
		}
		_, err = t.exec("UPDATE calendars SET name = $3, tz = $4, week = $5, holidays = $6 WHERE tenant = $1 AND id = $2", t.tenant, k.ID, k.Name, k.TimeZone, string(week), string(holidays))
	}
	if err != nil {
		return k, err
	}
	return k, t.announce(core.FeedSettings, by, k.ID, k)
}

// DeleteCalendar removes a calendar nobody serves by.
func (t *Tx) DeleteCalendar(ctx context.Context, id, by canon.ID) error {
	used, err := list(ctx, t, scalar[int64], "SELECT 1 FROM tenants WHERE id = $1 AND hours = $2 UNION ALL SELECT 1 FROM teams WHERE tenant = $1 AND hours = $2 LIMIT 1", t.tenant, id)
	if err != nil {
		return err
	}
	if len(used) > 0 {
		return &core.Fault{Kind: core.FaultConflict, Code: "hours_used",
			Text:   connector.Text{EN: "A team or the business serves by these hours.", ZH: "仍有技能组或企业正在使用该工作时间。"},
			Remedy: connector.Text{EN: "Give them other hours first.", ZH: "请先为其改用其他工作时间。"}}
	}
	n, err := t.exec("DELETE FROM calendars WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("calendar")
	}
	return t.announce(core.FeedSettings, by, id, nil)
}
