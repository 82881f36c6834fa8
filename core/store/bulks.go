package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// bulksKept is for how long a bulk that ended can be looked at, and bulksAtOnce
// how many one may have running.
const (
	bulksKept   = 7 * 24 * time.Hour
	bulksAtOnce = 5
)

// BulkRow is one conversation of a bulk.
type BulkRow struct {
	N            int64
	Conversation canon.ID
	Fault        *core.Fault // why it failed
}

var bulkStates = [...]core.BulkState{core.BulkRunning, core.BulkDone, core.BulkCancelled}

const bulkCols = "id, agent, token, act, state, total, done, failed, created, ended"

func scanBulk(rows *sql.Rows) (core.Bulk, error) {
	var b core.Bulk
	var act []byte
	var state, program, created, ended int64
	if err := rows.Scan(&b.ID, &b.By, &program, &act, &state, &b.Total, &b.Done, &b.Failed, &created, &ended); err != nil {
		return b, err
	}
	b.State, b.Program, b.Created, b.Ended = bulkStates[state], program != 0, at(created), at(ended)
	return b, json.Unmarshal(act, &b.Act)
}

// AddBulk stores a bulk that is to run, and forgets old ones of the same person.
func (t *Tx) AddBulk(ctx context.Context, b core.Bulk, conversations []canon.ID) (core.Bulk, error) {
	running, err := one(ctx, t, scalar[int64], "SELECT count(*) FROM bulks WHERE tenant = $1 AND agent = $2 AND state = 0", t.tenant, b.By)
	if err != nil {
		return b, err
	}
	if running >= bulksAtOnce {
		return b, &core.Fault{Kind: core.FaultConflict, Code: "bulks_running",
			Text:   connector.Text{EN: "Five of your bulk actions are still running.", ZH: "你已有 5 个批量操作正在进行。"},
			Remedy: connector.Text{EN: "Wait for one to end, or cancel one.", ZH: "请等待其完成或取消后再试。"}}
	}
	old := []any{t.tenant, b.By, ms(t.Now().Add(-bulksKept))}
	const ended = "tenant = $1 AND agent = $2 AND state > 0 AND ended < $3"
	if _, err := t.exec("DELETE FROM bulk_rows WHERE tenant = $1 AND bulk IN (SELECT id FROM bulks WHERE "+ended+")", old...); err != nil {
		return b, err
	}
	if _, err := t.exec("DELETE FROM bulks WHERE "+ended, old...); err != nil {
		return b, err
	}
	act, err := json.Marshal(b.Act)
	if err != nil {
		return b, err
	}
	b.ID, b.Created, b.State, b.Total = canon.NewID(), t.Now(), core.BulkRunning, len(conversations)
	if b.Total == 0 { // nothing fits: it is over
		b.State, b.Ended = core.BulkDone, b.Created
	}
	if _, err := t.exec("INSERT INTO bulks (tenant, id, agent, token, act, state, total, created, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.tenant, b.ID, b.By, flag(b.Program), string(act), flag(b.Total == 0), b.Total, ms(b.Created), ms(b.Ended)); err != nil {
		return b, err
	}
	rows := make([][]any, len(conversations))
	for i, id := range conversations {
		rows[i] = []any{t.tenant, b.ID, i, id}
	}
	return b, t.insert("INSERT INTO bulk_rows (tenant, bulk, n, conversation)", 4, "", rows)
}

// Bulk reads one bulk.
func (c Scope) Bulk(ctx context.Context, id canon.ID) (core.Bulk, error) {
	return bulk(ctx, c.s, c.tenant, id)
}

func bulk(ctx context.Context, r reader, tenant, id canon.ID) (core.Bulk, error) {
	b, err := one(ctx, r, scanBulk, "SELECT "+bulkCols+" FROM bulks WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return b, core.NotFound("bulk")
	}
	if err != nil {
		return b, fmt.Errorf("read bulk: %w", err)
	}
	return b, nil
}

// Bulks are somebody's newest.
func (c Scope) Bulks(ctx context.Context, by canon.ID, limit int) ([]core.Bulk, error) {
	out, err := list(ctx, c.s, scanBulk, "SELECT "+bulkCols+" FROM bulks WHERE tenant = $1 AND agent = $2 ORDER BY created DESC LIMIT $3", c.tenant, by, limit)
	if err != nil {
		return nil, fmt.Errorf("list bulks: %w", err)
	}
	return out, nil
}

// RunningBulks are those with something left to do, oldest first.
func (c Scope) RunningBulks(ctx context.Context, limit int) ([]core.Bulk, error) {
	out, err := list(ctx, c.s, scanBulk, "SELECT "+bulkCols+" FROM bulks WHERE tenant = $1 AND state = 0 ORDER BY created LIMIT $2", c.tenant, limit)
	if err != nil {
		return nil, fmt.Errorf("list bulks: %w", err)
	}
	return out, nil
}

// BulkRows are the next rows of a bulk that are to be done, or those that failed,
// after row number n.
func (c Scope) BulkRows(ctx context.Context, id canon.ID, failed bool, after int64, limit int) ([]BulkRow, error) {
	state := 2 * flag(failed)
	out, err := list(ctx, c.s, func(rows *sql.Rows) (BulkRow, error) {
		var r BulkRow
		var trouble []byte
		if err := rows.Scan(&r.N, &r.Conversation, &trouble); err != nil || len(trouble) == 0 {
			return r, err
		}
		r.Fault = new(core.Fault)
		return r, json.Unmarshal(trouble, r.Fault)
	}, "SELECT n, conversation, trouble FROM bulk_rows WHERE tenant = $1 AND bulk = $2 AND state = $3 AND n > $4 ORDER BY n LIMIT $5", c.tenant, id, state, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read rows of a bulk: %w", err)
	}
	return out, nil
}

// BulkDid notes what became of some rows of a bulk, each once, and tells who
// asked for it. It returns the bulk as it is then.
func (t *Tx) BulkDid(ctx context.Context, id canon.ID, rows []BulkRow) (core.Bulk, error) {
	done, failed := int64(0), int64(0)
	for _, r := range rows {
		state, trouble := 1, ""
		if r.Fault != nil {
			raw, err := json.Marshal(r.Fault)
			if err != nil {
				return core.Bulk{}, err
			}
			state, trouble = 2, string(raw)
		}
		n, err := t.exec("UPDATE bulk_rows SET state = $4, trouble = $5 WHERE tenant = $1 AND bulk = $2 AND n = $3 AND state = 0", t.tenant, id, r.N, state, trouble)
		if err != nil {
			return core.Bulk{}, err
		}
		if r.Fault != nil {
			failed += n // none: another node was faster
		} else {
			done += n
		}
	}
	if _, err := t.exec("UPDATE bulks SET done = done + $3, failed = failed + $4 WHERE tenant = $1 AND id = $2", t.tenant, id, done, failed); err != nil {
		return core.Bulk{}, err
	}
	if _, err := t.exec("UPDATE bulks SET state = 1, ended = $3 WHERE tenant = $1 AND id = $2 AND state = 0 AND done + failed >= total", t.tenant, id, ms(t.Now())); err != nil {
		return core.Bulk{}, err
	}
	b, err := bulk(ctx, t, t.tenant, id)
	if err != nil {
		return b, err
	}
	return b, t.announce(core.FeedBulk, b.By, b.ID, b)
}

// CancelBulk leaves undone what is not done yet; one that ended stays as it is.
func (t *Tx) CancelBulk(ctx context.Context, id canon.ID) (core.Bulk, error) {
	n, err := t.exec("UPDATE bulks SET state = 2, ended = $3 WHERE tenant = $1 AND id = $2 AND state = 0", t.tenant, id, ms(t.Now()))
	if err != nil {
		return core.Bulk{}, err
	}
	b, err := bulk(ctx, t, t.tenant, id)
	if err != nil || n == 0 {
		return b, err
	}
	return b, t.announce(core.FeedBulk, b.By, b.ID, b)
}
