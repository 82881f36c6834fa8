package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// Erasing is a contact, or one conversation alone, that is to vanish for good,
// with what was found of it in tables that no index finds it in: reading all of
// them must not hold up who writes.
type Erasing struct {
	contact, conversation canon.ID
	people                []canon.ID // the contact and all who were merged into it
	lanes                 []laneAt
	arrived, told         numbersOf
}

// laneAt is where a thread's arrivals are kept.
type laneAt struct {
	account canon.ID
	lane    string
}

// numbersOf are rows of a table that were found, and up to where it was read.
type numbersOf struct {
	found []int64
	upTo  int64
}

// rereads is how many of the newest rows are read once more: PostgreSQL numbers a
// row before it is committed.
const rereads = 5000

// ErasingContact looks for what there is of a contact, on all accounts.
func (c Scope) ErasingContact(ctx context.Context, contact canon.ID) (Erasing, error) {
	e := Erasing{contact: contact, people: []canon.ID{contact}}
	for i := 0; i < len(e.people); i++ { // who was merged into one who was merged
		more, err := list(ctx, c.s, scalar[canon.ID], "SELECT gone FROM merges WHERE tenant = $1 AND kept = $2 AND undone = 0", c.tenant, e.people[i])
		if err != nil {
			return e, fmt.Errorf("look for who was merged: %w", err)
		}
		for _, id := range more {
			if !slices.Contains(e.people, id) {
				e.people = append(e.people, id)
			}
		}
	}
	return c.erasing(ctx, e, "t.contact", contact)
}

// ErasingConversation looks for what there is of one conversation.
func (c Scope) ErasingConversation(ctx context.Context, conv core.Conversation) (Erasing, error) {
	return c.erasing(ctx, Erasing{conversation: conv.ID}, "t.id", conv.Thread)
}

func (c Scope) erasing(ctx context.Context, e Erasing, by string, id canon.ID) (Erasing, error) {
	var err error
	if e.lanes, err = lanesOf(ctx, c.s, c.tenant, by, id); err != nil {
		return e, err
	}
	if err := e.arrivals(ctx, c.s, c.tenant); err != nil {
		return e, err
	}
	return e, e.tellings(ctx, c.s, c.tenant)
}

func lanesOf(ctx context.Context, r reader, tenant canon.ID, by string, id canon.ID) ([]laneAt, error) {
	rows, err := list(ctx, r, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND "+by+" = $2", tenant, id)
	if err != nil {
		return nil, fmt.Errorf("read threads: %w", err)
	}
	out := make([]laneAt, len(rows))
	for i, r := range rows {
		out[i] = laneAt{r.thread.Account, r.lane}
	}
	return out, nil
}

// arrivals finds what arrived on the lanes and was handled or given up. What
// still waits to be handled came later than what is to vanish.
func (e *Erasing) arrivals(ctx context.Context, r reader, tenant canon.ID) error {
	newest, err := one(ctx, r, scalar[int64], "SELECT coalesce(max(n), 0) FROM inbox")
	if err != nil {
		return fmt.Errorf("read what arrived: %w", err)
	}
	from := max(0, e.arrived.upTo-rereads)
	for _, l := range e.lanes {
		ns, err := list(ctx, r, scalar[int64], "SELECT n FROM inbox WHERE tenant = $1 AND n > $2 AND n <= $3 AND account = $4 AND lane = $5 AND state <> 0", tenant, from, newest, l.account, []byte(l.lane))
		if err != nil {
			return fmt.Errorf("read what arrived: %w", err)
		}
		e.arrived.found = append(e.arrived.found, ns...)
	}
	// What failed was put on a lane of its own.
	aside, err := list(ctx, r, func(rows *sql.Rows) (Arrived, error) {
		var a Arrived
		err := rows.Scan(&a.N, &a.Account, &a.Envelope)
		return a, err
	}, "SELECT n, account, envelope FROM inbox WHERE tenant = $1 AND state IN (2, 3, 4) AND n > $2 AND n <= $3", tenant, from, newest)
	if err != nil {
		return fmt.Errorf("read what could not be handled: %w", err)
	}
	for _, a := range aside {
		var env canon.Envelope
		if json.Unmarshal(a.Envelope, &env) != nil {
			continue // nobody could tell whose it is
		}
		if at := (laneAt{a.Account, string(LaneOf(env.Thread))}); slices.Contains(e.lanes, at) {
			e.arrived.found = append(e.arrived.found, a.N)
		}
	}
	e.arrived.upTo = newest
	return nil
}

// tellings finds entries of the feed that say something of what is to vanish.
func (e *Erasing) tellings(ctx context.Context, r reader, tenant canon.ID) error {
	newest, err := one(ctx, r, scalar[int64], "SELECT coalesce(max(n), 0) FROM feed")
	if err != nil {
		return fmt.Errorf("read the feed: %w", err)
	}
	from := max(0, e.told.upTo-rereads)
	find := func(cond string, id canon.ID) error {
		ns, err := list(ctx, r, scalar[int64], "SELECT f.n FROM feed f WHERE f.tenant = $1 AND f.n > $2 AND f.n <= $3 AND f.data <> '' AND "+cond, tenant, from, newest, id)
		if err != nil {
			return fmt.Errorf("read the feed: %w", err)
		}
		e.told.found = append(e.told.found, ns...)
		return nil
	}
	if e.contact.IsZero() {
		err = find("f.conversation = $4", e.conversation)
	} else {
		err = find("f.conversation IN (SELECT c.id FROM conversations c WHERE c.tenant = $1 AND c.contact = $4)", e.contact)
	}
	for _, id := range e.people {
		if err == nil {
			err = find("f.subject = $4", id)
		}
	}
	e.told.upTo = newest
	return err
}

// Erase removes it for good, and leaves a row that says so, without a name or
// word. It refuses while a conversation is open or something is being sent. The
// bytes of files go next, by FilesToErase.
func (t *Tx) Erase(ctx context.Context, e Erasing, by canon.ID) (core.Erased, error) {
	var out core.Erased
	// Threads first: whoever handles a message now finds its thread gone, and
	// decides again.
	cond, id := "c.id = $2", e.conversation
	if !e.contact.IsZero() {
		cond, id = "c.contact = $2", e.contact
		for _, q := range []string{"SELECT id FROM threads WHERE tenant = $1 AND contact = $2 ", "SELECT id FROM contacts WHERE tenant = $1 AND id = $2 "} {
			if _, err := list(ctx, t, scalar[canon.ID], q+t.w.forUpdate(), t.tenant, id); err != nil {
				return out, err
			}
		}
	}
	rounds, err := list(ctx, t, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND "+cond+" ORDER BY c.id "+t.w.forUpdate(), t.tenant, id)
	if err != nil {
		return out, fmt.Errorf("read conversations: %w", err)
	}
	if err := t.mayErase(ctx, rounds); err != nil {
		return out, err
	}
	// Once more what came since it was looked for.
	if !e.contact.IsZero() {
		if e.lanes, err = lanesOf(ctx, t, t.tenant, "t.contact", id); err != nil {
			return out, err
		}
	}
	if err := e.arrivals(ctx, t, t.tenant); err != nil {
		return out, err
	}
	if err := e.tellings(ctx, t, t.tenant); err != nil {
		return out, err
	}
	x := &eraser{t: t, by: by, files: map[canon.ID]bool{}}
	for _, r := range rounds {
		x.who = r.Contact
		if err := x.round(ctx, r); err != nil {
			return out, fmt.Errorf("erase conversation %s: %w", r.ID, err)
		}
	}
	if !e.contact.IsZero() {
		if err := x.contact(ctx, e); err != nil {
			return out, fmt.Errorf("erase contact %s: %w", e.contact, err)
		}
	}
	if err := x.drop(ctx, e); err != nil {
		return out, err
	}
	if err := x.fileRows(ctx); err != nil {
		return out, fmt.Errorf("erase files: %w", err)
	}
	t.After(func() { t.w.s.erased.Store(true) }) // what was erased is in the write-ahead log, too
	x.out.Conversations = len(rounds)
	return x.out, nil
}

// mayErase refuses what somebody or something is busy with.
func (t *Tx) mayErase(ctx context.Context, rounds []Round) error {
	for _, r := range rounds {
		if r.Owner.Kind != core.StatusClosed {
			return &core.Fault{Kind: core.FaultConflict, Code: "open", Text: connector.Text{EN: "A conversation with this customer is still open.", ZH: "与该客户的会话尚未结束。"},
				Remedy: connector.Text{EN: "Close it, then erase.", ZH: "请先结束会话，再彻底删除。"}}
		}
		going, err := list(ctx, t, scalar[int64], "SELECT 1 FROM outbox WHERE tenant = $1 AND conversation = $2 AND state < 2 LIMIT 1", t.tenant, r.ID)
		if err != nil {
			return err
		}
		if len(going) > 0 {
			return &core.Fault{Kind: core.FaultConflict, Code: "sending", Text: connector.Text{EN: "A message to this customer is on its way.", ZH: "还有消息正在发送给该客户。"},
				Remedy: connector.Text{EN: "Wait until it is sent, or discard it, then erase.", ZH: "请等待发送完成或放弃该消息，再彻底删除。"}}
		}
	}
	return nil
}

// FilesToErase lists where bytes lie that are to vanish, at most limit.
func (c Scope) FilesToErase(ctx context.Context, limit int) ([]string, error) {
	out, err := list(ctx, c.s, scalar[string], "SELECT key FROM erased_files WHERE tenant = $1 LIMIT $2", c.tenant, limit)
	if err != nil {
		return nil, fmt.Errorf("list erased files: %w", err)
	}
	return out, nil
}

// FileErased says that the bytes of an erased file are gone.
func (c Scope) FileErased(ctx context.Context, key string) error {
	return c.Write(ctx, func(t *Tx) error {
		return t.do("DELETE FROM erased_files WHERE tenant = $1 AND key = $2", c.tenant, key)
	})
}
