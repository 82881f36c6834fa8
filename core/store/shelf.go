package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"parley/core"
	"parley/core/canon"
)

// shelf is where a conversation stands in the lists: all of one account with the
// same status, team, owner and priority stand on one shelf, ordered by time, and
// how many they are is kept. Any list is the shelves that fit its filters, merged: it
// costs what it shows and what shelves there are, however much stands on them.
type shelf struct {
	account canon.ID
	owner   core.Owner
	asleep  bool // snoozed, which only an agent's can be
	urgency core.Priority
}

// shelfOf is where a conversation belongs.
func shelfOf(c core.Conversation) shelf {
	return shelf{c.Account, c.Owner, c.Snooze != nil, c.Priority}
}

func (s shelf) status() int64 {
	if s.asleep {
		return snoozed
	}
	return statusNumber(s.owner.Kind)
}

// number names a shelf within its tenant. Numbers below 2³² were given when
// conversations of before were shelved, and when priorities got shelves.
func (s shelf) number() int64 {
	raw := []byte{byte(s.status())}
	for _, id := range []canon.ID{s.account, s.owner.Team, s.owner.ID} {
		raw = append(raw, id[:]...)
	}
	raw = append(raw, s.urgency...) // nothing for those as any, whose numbers stay as they were
	sum := sha256.Sum256(raw)
	return int64(binary.BigEndian.Uint64(sum[:]))&(1<<63-1) | 1<<32
}

type shelfKey struct {
	tenant canon.ID
	number int64
}

// shelved is how many more stand on a shelf.
type shelved struct {
	shelf
	n int64
}

// stand counts conversations onto a shelf, or off it.
func (t *Tx) stand(number int64, s shelf, by int64) {
	if t.shared.shelves == nil {
		t.shared.shelves = map[shelfKey]*shelved{}
	}
	key := shelfKey{t.tenant, number}
	if t.shared.shelves[key] == nil {
		t.shared.shelves[key] = &shelved{shelf: s}
	}
	t.shared.shelves[key].n += by
}

// reshelve keeps the counts when a conversation is opened or changes hands, and
// returns the number of the shelf it then stands on.
func (t *Tx) reshelve(ch *Change) int64 {
	r := ch.Lane.Round
	from, to := shelf{r.Account, ch.WasOwner, ch.WasSnooze != nil, r.Priority}, shelfOf(r.Conversation)
	if !ch.Opened && from == to {
		return ch.WasShelf
	}
	number := to.number()
	if !ch.Opened {
		t.stand(ch.WasShelf, from, -1)
	}
	t.stand(number, to, 1)
	return number
}

// flushShelves writes the counts of a transaction.
func (w *writer) flushShelves(sh *shared) error {
	// In one order everywhere, so that two writers do not wait for each other.
	keys := slices.SortedFunc(maps.Keys(sh.shelves), func(a, b shelfKey) int {
		return cmp.Or(bytes.Compare(a.tenant[:], b.tenant[:]), cmp.Compare(a.number, b.number))
	})
	var rows [][]any
	for _, k := range keys {
		if s := sh.shelves[k]; s.n != 0 {
			rows = append(rows, []any{k.tenant, k.number, s.status(), s.account, s.owner.Team, s.owner.ID, string(s.urgency), s.n})
		}
	}
	return w.insert("INSERT INTO shelves (tenant, shelf, status, account, team, owner, priority, n)", 8,
		"ON CONFLICT (tenant, shelf) DO UPDATE SET n = shelves.n + excluded.n", rows)
}

// shelfRow is a shelf that is not empty.
type shelfRow struct {
	shelf
	number, n int64
}

// shelves reads what shelves s are not empty, of those that fit; cond goes on
// from the tenant, which is $1.
func shelves(ctx context.Context, r reader, tenant canon.ID, cond string, args ...any) ([]shelfRow, error) {
	out, err := list(ctx, r, func(rows *sql.Rows) (shelfRow, error) {
		var s shelfRow
		var status int64
		err := rows.Scan(&s.number, &status, &s.account, &s.owner.Team, &s.owner.ID, &s.urgency, &s.n)
		s.owner.Kind, s.asleep = statuses[status], status == snoozed
		return s, err
	}, "SELECT s.shelf, s.status, s.account, s.team, s.owner, s.priority, s.n FROM shelves s WHERE s.tenant = $1 AND s.n > 0"+cond, append([]any{tenant}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	return out, nil
}

// standing counts, inside a transaction, the conversations whose owner fits,
// with what the transaction itself changes. cond is as for shelves.
func (t *Tx) standing(ctx context.Context, fits func(core.Owner) bool, cond string, args ...any) (int, error) {
	all, err := shelves(ctx, t, t.tenant, cond, args...)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	for _, s := range all {
		if fits(s.owner) {
			n += s.n
		}
	}
	for k, s := range t.shared.shelves {
		if k.tenant == t.tenant && fits(s.owner) {
			n += s.n
		}
	}
	return int(n), nil
}

// QueueLength is how many conversations wait for a team (zero: for agents in
// no team), from the kept counts.
func (t *Tx) QueueLength(ctx context.Context, team canon.ID) (int, error) {
	cond, args := queueOf(team, 2)
	return t.standing(ctx, func(o core.Owner) bool { return o.Kind == core.StatusQueue && o.Team == team }, cond, args...)
}

// serves reports whether a bot or an agent has any conversation.
func (t *Tx) serves(ctx context.Context, kind core.Status, id canon.ID) (bool, error) {
	n, err := t.standing(ctx, func(o core.Owner) bool { return o.Kind == kind && o.ID == id }, " AND s.owner = $2", id)
	return n > 0, err
}

// queueOf is the condition for the shelves of a team's queue (zero: of no
// team); its placeholder is number n.
func queueOf(team canon.ID, n int) (cond string, args []any) {
	if team.IsZero() {
		return " AND s.status = 1 AND s.team IS NULL", nil
	}
	return fmt.Sprintf(" AND s.status = 1 AND s.team = $%d", n), []any{team}
}

// Added counts the conversations an agent was added to that another agent has:
// those open, and those that sleep.
func (c Scope) Added(ctx context.Context, agent canon.ID) (open, asleep int64, err error) {
	has, err := c.shelvesOf(ctx, byColleague(agent, canon.ID{}, ""))
	if err != nil || len(has) == 0 {
		return 0, 0, err
	}
	all, err := shelves(ctx, c.s, c.tenant, inStatuses([]core.Status{core.StatusAgent, core.StatusSnoozed}))
	if err != nil {
		return 0, 0, err
	}
	sleeps := map[int64]bool{}
	for _, s := range all {
		if has[s.number] && s.owner.ID != agent {
			sleeps[s.number] = s.asleep
		}
	}
	type count struct{ shelf, n int64 }
	counts, err := listIn(ctx, c.s, func(rows *sql.Rows) (n count, err error) {
		err = rows.Scan(&n.shelf, &n.n)
		return n, err
	}, "SELECT shelf, count(*) FROM colleagues WHERE tenant = $1 AND agent = $2 AND shelf IN (%s) GROUP BY shelf", []any{c.tenant, agent}, slices.Collect(maps.Keys(sleeps)))
	if err != nil {
		return 0, 0, fmt.Errorf("count what an agent was added to: %w", err)
	}
	for _, s := range counts {
		if sleeps[s.shelf] {
			asleep += s.n
		} else {
			open += s.n
		}
	}
	return open, asleep, nil
}

// Tallies are the kept counts, by name: "status:bot", "owner:<id>"
// and "snoozed:<id>", which are not among those, "queue:<team or empty>",
// "account:<id>".
func (c Scope) Tallies(ctx context.Context) (map[string]int64, error) {
	all, err := shelves(ctx, c.s, c.tenant, "")
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, s := range all {
		if s.owner.Kind.Open() {
			out["account:"+s.account.String()] += s.n
		}
		if s.asleep {
			out["status:snoozed"] += s.n
			out["snoozed:"+s.owner.ID.String()] += s.n
			continue
		}
		out["status:"+string(s.owner.Kind)] += s.n
		switch s.owner.Kind {
		case core.StatusBot, core.StatusAgent:
			out["owner:"+s.owner.ID.String()] += s.n
		case core.StatusQueue:
			out["queue:"+s.owner.Team.String()] += s.n
		}
	}
	return out, nil
}
