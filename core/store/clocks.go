package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Clock counts towards one goal in opening hours. The zero one counts nothing.
// Times are in milliseconds.
type Clock struct {
	For    core.DueFor `json:"for"`
	Within int         `json:"within"`          // minutes the goal gives
	Began  int64       `json:"began"`           // when the customer began to wait
	Spent  int64       `json:"spent,omitempty"` // opening time that was up before Since
	Since  int64       `json:"since,omitempty"` // runs since; 0: it is paused
	Due    int64       `json:"due,omitempty"`   // 0: paused, or hours that never open
	Told   bool        `json:"told,omitempty"`  // that the goal was missed
}

// Clocks are the two that a conversation may have: until somebody answers, and
// until it is closed.
type Clocks struct {
	Reply    Clock `json:"reply,omitzero"`
	Resolved Clock `json:"resolved,omitzero"`
}

// Missed reports whether a goal is missed that was not told of yet.
func (c Clock) Missed(now time.Time) bool { return c.Due > 0 && c.Due <= ms(now) && !c.Told }

// show sets until when a conversation asks for something: the nearer of the two.
func (c Clocks) show(v *core.Conversation) {
	v.Due, v.DueFor, v.DueWithin = time.Time{}, "", 0
	next := c.Reply
	if r := c.Resolved; next.Due == 0 || r.Due > 0 && r.Due < next.Due {
		next = r
	}
	if next.Due > 0 {
		v.Due, v.DueFor, v.DueWithin = at(next.Due), next.For, next.Within
	}
}

// alarm is when something is to be told of; 0: never.
func (c Clocks) alarm() (out int64) {
	for _, k := range []Clock{c.Reply, c.Resolved} {
		if k.Due > 0 && !k.Told && (out == 0 || k.Due < out) {
			out = k.Due
		}
	}
	return out
}

// readClocks reads clocks, and shows them on the conversation they are of.
func readClocks(raw []byte, v *core.Conversation) (c Clocks, err error) {
	if len(raw) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("clocks of conversation %s: %w", v.ID, err)
	}
	c.show(v)
	return c, nil
}

// applyClocks stores clocks that changed.
func (t *Tx) applyClocks(ch *Change) error {
	r := ch.Lane.Round
	if r == nil || r.Clocks == ch.WasClocks {
		return nil
	}
	r.Clocks.show(&r.Conversation)
	raw := []byte(nil)
	if r.Clocks != (Clocks{}) {
		var err error
		if raw, err = json.Marshal(r.Clocks); err != nil {
			return err
		}
	}
	var due any
	if !r.Due.IsZero() {
		due = ms(r.Due)
	}
	return t.do("UPDATE conversations SET due = $1, alarm = $2, clocks = $3 WHERE tenant = $4 AND id = $5", due, r.Clocks.alarm(), string(raw), t.tenant, r.ID)
}

// Missed are the conversations with a goal that is missed and was not told of,
// the longest first.
func (c Scope) Missed(ctx context.Context, limit int) ([]canon.ID, error) {
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT id FROM conversations WHERE tenant = $1 AND alarm > 0 AND alarm <= $2 ORDER BY alarm LIMIT $3", c.tenant, ms(c.s.Now()), limit)
	if err != nil {
		return nil, fmt.Errorf("read which goals are missed: %w", err)
	}
	return out, nil
}

// Recount is how far counting anew has come after goals or hours changed. The
// zero one says that there is nothing to count.
type Recount struct {
	begins  int64 // when it was asked for, so that it is told from a later one
	status  int64
	waiting int64
	id      canon.ID
}

// settled is how long a change takes to be known to every node.
const settled = 5 * time.Second

// recount asks for what waits to be counted anew, from the beginning.
func (t *Tx) recount() error {
	_, err := t.exec(`INSERT INTO recounts (tenant, begins, status, waiting, id) VALUES ($1, $2, $3, -1, $4)
		ON CONFLICT (tenant) DO UPDATE SET begins = excluded.begins, status = excluded.status, waiting = excluded.waiting, id = excluded.id`,
		t.tenant, ms(t.Now().Add(settled)), statusNumber(core.StatusQueue), make([]byte, 16))
	return err
}

// recountTeam does so where a team is going to have other goals or hours.
func (t *Tx) recountTeam(ctx context.Context, v core.Team, goals string) error {
	same, err := list(ctx, t, scalar[int64], "SELECT 1 FROM teams WHERE tenant = $1 AND id = $2 AND goals = $3 AND hours IS NOT DISTINCT FROM $4", t.tenant, v.ID, goals, v.Hours)
	if err != nil || len(same) > 0 {
		return err
	}
	return t.recount()
}

// Recounting returns what is to be counted anew next, and what to say when it is
// done: from is the zero Recount when there is nothing to count now.
func (c Scope) Recounting(ctx context.Context, limit int) (from, to Recount, rounds []Round, err error) {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (r Recount, err error) {
		err = rows.Scan(&r.begins, &r.status, &r.waiting, &r.id)
		return r, err
	}, "SELECT begins, status, waiting, id FROM recounts WHERE tenant = $1 AND begins <= $2", c.tenant, ms(c.s.Now()))
	if err != nil {
		return from, to, nil, fmt.Errorf("read what is to be counted anew: %w", err)
	}
	if len(all) == 0 {
		return from, to, nil, nil
	}
	from = all[0]
	rounds, err = list(ctx, c.s, scanRound, "SELECT "+roundCols+` FROM conversations c WHERE c.tenant = $1 AND c.status = $2 AND c.waiting IS NOT NULL AND (c.waiting, c.id) > ($3, $4)
		ORDER BY c.waiting, c.id LIMIT $5`, c.tenant, from.status, from.waiting, from.id[:], limit)
	if err != nil {
		return from, to, nil, fmt.Errorf("read who waits: %w", err)
	}
	switch to = from; {
	case len(rounds) == limit:
		last := rounds[limit-1]
		to.waiting, to.id = ms(last.WaitingSince), last.ID
	case from.status == statusNumber(core.StatusQueue):
		to.status, to.waiting, to.id = statusNumber(core.StatusAgent), -1, canon.ID{}
	default:
		to = Recount{} // that was all
	}
	return from, to, rounds, nil
}

// Recounted says how far it has come, unless it was asked for again meanwhile.
func (t *Tx) Recounted(from, to Recount) error {
	if to == (Recount{}) {
		_, err := t.exec("DELETE FROM recounts WHERE tenant = $1 AND begins = $2", t.tenant, from.begins)
		return err
	}
	_, err := t.exec("UPDATE recounts SET status = $3, waiting = $4, id = $5 WHERE tenant = $1 AND begins = $2", t.tenant, from.begins, to.status, to.waiting, to.id[:])
	return err
}
