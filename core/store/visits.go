package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"parley/core/canon"
)

// Came is how a customer came who has not said anything yet.
type Came struct {
	Entry *canon.Entry `json:"entry,omitempty"`
	Visit *canon.Visit `json:"visit,omitempty"`
}

// fillVisits reads how the customers of threads without a conversation came.
func fillVisits(ctx context.Context, r reader, tenant canon.ID, all []*Lane) error {
	idle := map[canon.ID]*Lane{}
	var ids []canon.ID
	for _, l := range all {
		if l.Round == nil {
			idle[l.Thread.ID] = l
			ids = append(ids, l.Thread.ID)
		}
	}
	type row struct {
		thread canon.ID
		came   Came
	}
	rows, err := listIn(ctx, r, func(rows *sql.Rows) (row, error) {
		var v row
		var raw []byte
		if err := rows.Scan(&v.thread, &raw); err != nil {
			return v, err
		}
		return v, json.Unmarshal(raw, &v.came)
	}, "SELECT thread, visit FROM visits WHERE tenant = $1 AND thread IN (%s)", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read visits: %w", err)
	}
	for _, v := range rows {
		idle[v.thread].Came = &v.came
	}
	return nil
}

// applyCame keeps a visit until a conversation takes it.
func (t *Tx) applyCame(ch *Change) error {
	came := ch.Lane.Came
	if came == nil {
		return nil
	}
	if ch.Opened { // it has taken it
		return t.do("DELETE FROM visits WHERE tenant = $1 AND thread = $2", t.tenant, ch.Lane.Thread.ID)
	}
	if !ch.Came {
		return nil
	}
	raw, err := json.Marshal(came)
	if err != nil {
		return fmt.Errorf("encode a visit: %w", err)
	}
	return t.do("INSERT INTO visits (tenant, thread, visit) VALUES ($1, $2, $3) ON CONFLICT (tenant, thread) DO UPDATE SET visit = excluded.visit",
		t.tenant, ch.Lane.Thread.ID, string(raw))
}
