package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// PickAgent chooses the online agent of a team (zero: of no team) with the
// smallest share of load below the maximum, the one assigned to longest ago
// among equals, and counts the conversation to them. ok is false when nobody
// is free.
func (t *Tx) PickAgent(ctx context.Context, team canon.ID) (agent canon.ID, ok bool, err error) {
	free := "a.tenant = $1 AND a.disabled = 0 AND a.state = 'online' AND a.load < a.max_load AND a.role NOT IN ('bot', 'designer') AND "
	var q string
	args := []any{t.tenant}
	if team.IsZero() {
		q = free + "NOT EXISTS (SELECT 1 FROM team_members m WHERE m.tenant = a.tenant AND m.agent = a.id)"
	} else {
		q = free + "EXISTS (SELECT 1 FROM team_members m WHERE m.tenant = a.tenant AND m.agent = a.id AND m.team = $2)"
		args = append(args, team)
	}
	lock := ""
	if t.w.s.dialect == Postgres {
		lock = " FOR UPDATE OF a SKIP LOCKED"
	}
	ids, err := list(ctx, t, scalar[canon.ID], "SELECT a.id FROM agents a WHERE "+q+" ORDER BY a.load * 1000 / a.max_load, a.assigned, a.id LIMIT 1"+lock, args...)
	if err != nil {
		return canon.ID{}, false, fmt.Errorf("pick an agent: %w", err)
	}
	if len(ids) == 0 {
		return canon.ID{}, false, nil
	}
	return ids[0], true, t.addLoad(ids[0], 1)
}

// Take counts a conversation to an agent whatever their maximum is, and
// Release takes it off.
func (t *Tx) Take(agent canon.ID) error { return t.addLoad(agent, 1) }

// Release counts a conversation off an agent.
func (t *Tx) Release(agent canon.ID) error { return t.addLoad(agent, -1) }

func (t *Tx) addLoad(agent canon.ID, by int64) error {
	q := "UPDATE agents SET load = load + $3, assigned = $4 WHERE tenant = $1 AND id = $2"
	args := []any{t.tenant, agent, by, ms(t.Now())}
	if by < 0 {
		q, args = "UPDATE agents SET load = load + $3 WHERE tenant = $1 AND id = $2 AND load > 0", args[:3]
	}
	_, err := t.exec(q, args...)
	return err
}

// Queued returns the head of a team's queue (zero: of no team), longest wait
// first.
func (c Scope) Queued(ctx context.Context, team canon.ID, limit int) ([]canon.ID, error) {
	cond, args := queueOf(team, 2)
	all, err := shelves(ctx, c.s, c.tenant, cond, args...)
	if err != nil {
		return nil, err
	}
	streams := make([]*stream, len(all))
	for i, s := range all {
		streams[i] = &stream{source: byShelf, value: s.number, last: SortWaiting.order().start}
	}
	heads, err := c.merge(ctx, SortWaiting, streams, limit)
	if err != nil {
		return nil, err
	}
	out := make([]canon.ID, len(heads))
	for i, h := range heads {
		out[i] = h.ID
	}
	return out, nil
}

// QueuesOf returns the teams with somebody waiting; the zero id stands for no
// team.
func (c Scope) QueuesOf(ctx context.Context) ([]canon.ID, error) {
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT DISTINCT team FROM shelves WHERE tenant = $1 AND status = 1 AND n > 0", c.tenant)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	return out, nil
}

// AnyoneServing reports whether an agent of the team (zero: of no team) is
// online, busy or merely full: somebody who will come to the queue.
func (c Scope) AnyoneServing(ctx context.Context, team canon.ID) (bool, error) {
	q, args := "NOT EXISTS (SELECT 1 FROM team_members m WHERE m.tenant = a.tenant AND m.agent = a.id)", []any{c.tenant}
	if !team.IsZero() {
		q, args = "EXISTS (SELECT 1 FROM team_members m WHERE m.tenant = a.tenant AND m.agent = a.id AND m.team = $2)", append(args, team)
	}
	n, err := one(ctx, c.s, scalar[int64], "SELECT count(*) FROM agents a WHERE a.tenant = $1 AND a.disabled = 0 AND a.state IN ('online', 'busy') AND "+q, args...)
	if err != nil {
		return false, fmt.Errorf("read agents: %w", err)
	}
	return n > 0, nil
}

// DueTimer is a conversation whose silence has lasted.
type DueTimer struct {
	Conversation canon.ID
	Thread       canon.ID
	Due          time.Time
}

// DueTimers returns timers that ran out.
func (c Scope) DueTimers(ctx context.Context, limit int) ([]DueTimer, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (DueTimer, error) {
		var d DueTimer
		var due int64
		err := rows.Scan(&d.Conversation, &d.Thread, &due)
		d.Due = at(due)
		return d, err
	}, `SELECT t.conversation, c.thread, t.due FROM timers t JOIN conversations c ON c.tenant = t.tenant AND c.id = t.conversation
		WHERE t.tenant = $1 AND t.due <= $2 ORDER BY t.due LIMIT $3`, c.tenant, ms(c.s.Now()), limit)
	if err != nil {
		return nil, fmt.Errorf("read timers: %w", err)
	}
	return out, nil
}

// TimerStands reports whether a timer is still due at the same time: nobody
// ended it or set it anew.
func (t *Tx) TimerStands(ctx context.Context, d DueTimer) (bool, error) {
	all, err := list(ctx, t, scalar[int64], "SELECT 1 FROM timers WHERE tenant = $1 AND conversation = $2 AND due = $3", t.tenant, d.Conversation, ms(d.Due))
	return len(all) > 0, err
}

// ForgetTimer ends a timer that cannot be carried out.
func (t *Tx) ForgetTimer(d DueTimer) error {
	_, err := t.exec("DELETE FROM timers WHERE tenant = $1 AND conversation = $2 AND due = $3", t.tenant, d.Conversation, ms(d.Due))
	return err
}

// Turns returns questions to bots that are not answered, oldest deadline
// first.
func (c Scope) Turns(ctx context.Context, limit int) ([]TurnRow, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (TurnRow, error) {
		var r TurnRow
		var deadline int64
		var cause []byte
		err := rows.Scan(&r.ID, &r.Conversation, &r.Lease, &r.Bot, &cause, &deadline, &r.Tries)
		r.Cause, r.Deadline = cause, at(deadline)
		return r, err
	}, "SELECT id, conversation, lease, bot, cause, deadline, tries FROM turns WHERE tenant = $1 ORDER BY deadline LIMIT $2", c.tenant, limit)
	if err != nil {
		return nil, fmt.Errorf("read turns: %w", err)
	}
	return out, nil
}

// Colleague adds an agent to a conversation, or takes them off.
func (t *Tx) Colleague(conversation, agent canon.ID, on bool) error {
	if !on {
		_, err := t.exec("DELETE FROM colleagues WHERE tenant = $1 AND conversation = $2 AND agent = $3", t.tenant, conversation, agent)
		return err
	}
	m, err := t.mark(conversation)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO colleagues (tenant, conversation, agent, added, shelf, last_at, waiting, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
		t.tenant, conversation, agent, ms(t.Now()), m.shelf, m.last, m.waiting, m.due)
	return err
}

// IsColleague reports whether an agent was added to a conversation.
func (t *Tx) IsColleague(ctx context.Context, conversation, agent canon.ID) (bool, error) {
	all, err := list(ctx, t, scalar[int64], "SELECT 1 FROM colleagues WHERE tenant = $1 AND conversation = $2 AND agent = $3", t.tenant, conversation, agent)
	return len(all) > 0, err
}

// HasTag reports whether a conversation has any tag.
func (t *Tx) HasTag(ctx context.Context, conversation canon.ID) (bool, error) {
	all, err := list(ctx, t, scalar[int64], "SELECT 1 FROM conversation_tags WHERE tenant = $1 AND conversation = $2 LIMIT 1", t.tenant, conversation)
	return len(all) > 0, err
}

// AgentName reads an agent's name and whether they may serve.
func (t *Tx) AgentName(ctx context.Context, id canon.ID) (name string, serves bool, err error) {
	type row struct {
		name     string
		role     core.Role
		disabled int64
	}
	all, err := list(ctx, t, func(rows *sql.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.name, &r.role, &r.disabled)
		return r, err
	}, "SELECT name, role, disabled FROM agents WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return "", false, fmt.Errorf("read agent: %w", err)
	}
	if len(all) == 0 {
		return "", false, core.NotFound("agent")
	}
	return all[0].name, all[0].disabled == 0 && all[0].role.Serves(), nil
}

// TeamExists reports whether there is such a team.
func (t *Tx) TeamExists(ctx context.Context, id canon.ID) (bool, error) {
	all, err := list(ctx, t, scalar[int64], "SELECT 1 FROM teams WHERE tenant = $1 AND id = $2", t.tenant, id)
	return len(all) > 0, err
}

// DueFetch is inbound media to be brought.
type DueFetch struct {
	Message canon.ID
	Part    int
	Account canon.ID
	Tries   int
}

// DueFetches returns inbound media whose fetching is due.
func (c Scope) DueFetches(ctx context.Context, limit int) ([]DueFetch, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (DueFetch, error) {
		var f DueFetch
		err := rows.Scan(&f.Message, &f.Part, &f.Account, &f.Tries)
		return f, err
	}, "SELECT message, part, account, tries FROM fetches WHERE tenant = $1 AND due <= $2 ORDER BY due LIMIT $3", c.tenant, ms(c.s.Now()), limit)
	if err != nil {
		return nil, fmt.Errorf("read fetches: %w", err)
	}
	return out, nil
}

// FetchDone ends a fetch, or puts it off until due with what went wrong.
func (t *Tx) FetchDone(message canon.ID, part int, due int64, trouble string) error {
	if due == 0 {
		_, err := t.exec("DELETE FROM fetches WHERE tenant = $1 AND message = $2 AND part = $3", t.tenant, message, part)
		return err
	}
	_, err := t.exec("UPDATE fetches SET tries = tries + 1, due = $4, trouble = $5 WHERE tenant = $1 AND message = $2 AND part = $3", t.tenant, message, part, due, trouble)
	return err
}
