package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/core/canon"
)

// Arrival is an envelope to be made durable.
type Arrival struct {
	Link     canon.ID
	Account  canon.ID // zero: nobody linked it
	Envelope canon.Envelope
	Encoded  []byte // the envelope as JSON
	Raw      []byte // the callback it came in, on its first envelope only
	Waiting  bool   // set by Accept: it is new and will be handled
}

// LaneOf hashes a thread key to the name of its lane.
func LaneOf(k canon.ThreadKey) []byte {
	var room [192]byte
	text := room[:0]
	for _, s := range []canon.RemoteID{k.Account, k.Peer, k.Thread} {
		text = append(append(strconv.AppendInt(text, int64(len(s)), 10), ':'), s...)
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// contentHash is of what was said, without what differs between two tellings
// of the same event: our id and the platform's ticket.
func contentHash(e canon.Envelope) ([]byte, error) {
	raw, err := canon.MarshalEvent(e.Event)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return sum[:8], nil
}

// acceptance is one callback waiting to be made durable. Those of one group are
// written with a few statements together: this is the path every message takes.
type acceptance struct {
	tenant  canon.ID
	link    canon.ID
	rows    []accepted
	cursors map[string]string
}

type accepted struct {
	a          *Arrival
	scope      canon.ID // the account, or the link while nobody linked it
	lane       []byte
	hash, body []byte
	trouble    string
}

// Accept makes envelopes and cursors durable: when it returns nil every
// envelope is stored, or was already stored under the same key. Nothing else
// happens in its transaction.
func (c Scope) Accept(ctx context.Context, link canon.ID, arrivals []Arrival, cursors map[string]string) error {
	acc := &acceptance{tenant: c.tenant, link: link, rows: make([]accepted, len(arrivals)), cursors: cursors}
	for i := range arrivals {
		a := &arrivals[i]
		body, err := contentHash(a.Envelope)
		if err != nil {
			return fmt.Errorf("encode envelope %s: %w", a.Envelope.ID, err)
		}
		if a.Encoded == nil {
			if a.Encoded, err = a.Envelope.AppendJSON(nil); err != nil {
				return fmt.Errorf("encode envelope %s: %w", a.Envelope.ID, err)
			}
		}
		scope, hash := a.Account, dedupeKey(a.Envelope.EventID)
		if scope.IsZero() {
			scope, hash = link, strayKey(a.Envelope.Account, a.Envelope.EventID)
		}
		acc.rows[i] = accepted{a: a, scope: scope, lane: LaneOf(a.Envelope.Thread), hash: hash, body: body}
	}
	return c.s.submit(c.s.jobs, &job{ctx: ctx, tenant: c.tenant, accept: acc})
}

// seenKey is what a platform event is recognised by.
type seenKey struct {
	tenant, scope canon.ID
	hash          [dedupeSize]byte
}

func keyOf(tenant canon.ID, r *accepted) seenKey {
	return seenKey{tenant, r.scope, [dedupeSize]byte(r.hash)}
}

// accept writes the callbacks of a group. Nearly always none of their events was
// seen before: they are written as if that were sure, and a key that is there
// already breaks the uniqueness of seen, for acceptAnew.
func (w *writer) accept(sh *shared, all []*acceptance) error {
	n := 0
	for _, acc := range all {
		n += len(acc.rows)
	}
	now := ms(sh.now)
	seen, inbox := make([]any, 0, n*seenWidth), make([]any, 0, n*inboxWidth)
	for _, acc := range all {
		for i := range acc.rows {
			r := &acc.rows[i]
			r.trouble = ""
			seen = append(seen, acc.tenant[:], r.scope[:], r.hash, r.body)
			inbox = acc.appendInbox(inbox, r, now)
		}
	}
	if n == 1 && w.s.dialect == Postgres {
		if err := w.do(nil, acceptOne, append(seen, inbox...)); err != nil {
			return err
		}
		return w.moveCursors(all)
	}
	if err := w.insertFlat(seenInsert, seenWidth, "", seen); err != nil {
		return err
	}
	if err := w.insertFlat(inboxInsert, inboxWidth, "", inbox); err != nil {
		return err
	}
	return w.moveCursors(all)
}

// acceptOne accepts a lone event by one statement: PostgreSQL plans, runs and
// answers for each.
var acceptOne = "WITH kept AS (" + seenInsert + " VALUES (" + inList(1, seenWidth) + ")) " + inboxInsert + " VALUES (" + inList(seenWidth+1, inboxWidth) + ")"

// seenBefore reports whether err says that an event was seen before.
func seenBefore(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return Duplicate(err) && pg.TableName == "seen"
	}
	return Duplicate(err) && strings.Contains(err.Error(), "seen.hash")
}

const (
	seenInsert  = "INSERT INTO seen (tenant, account, hash, content)"
	seenWidth   = 4
	inboxInsert = "INSERT INTO inbox (tenant, link, account, lane, envelope, raw, received, state, trouble)"
	inboxWidth  = 9
)

// appendInbox appends the columns of an arrival and notes whether it waits.
func (acc *acceptance) appendInbox(args []any, r *accepted, now int64) []any {
	state := InboxWaiting
	var account, raw any
	if r.a.Account.IsZero() {
		state = InboxUnrouted
	} else {
		account = r.a.Account[:]
	}
	if len(r.a.Raw) > 0 {
		raw = r.a.Raw
	}
	r.a.Waiting = state == InboxWaiting
	return append(args, acc.tenant[:], acc.link[:], account, r.lane, string(r.a.Encoded), raw, now, int64(state), r.trouble)
}

// acceptAnew writes the callbacks of a group that holds events seen before: a
// repeat stores nothing, other content under a known key is stored and flagged.
func (w *writer) acceptAnew(sh *shared, all []*acceptance) error {
	fresh, err := w.remember(all)
	if err != nil {
		return err
	}
	now := ms(sh.now)
	var inbox []any
	for _, acc := range all {
		t := &Tx{w: w, shared: sh, tenant: acc.tenant, ctx: context.Background()}
		for i := range acc.rows {
			r := &acc.rows[i]
			r.a.Waiting, r.trouble = false, ""
			key := keyOf(acc.tenant, r)
			if !fresh[key] {
				again, err := t.differs(r)
				if err != nil {
					return err
				}
				if !again {
					continue
				}
				r.trouble = "the platform used this event id before, for other content"
			}
			delete(fresh, key) // the same key once more in this group is a repeat
			inbox = acc.appendInbox(inbox, r, now)
		}
	}
	if err := w.insertFlat(inboxInsert, inboxWidth, "", inbox); err != nil {
		return err
	}
	return w.moveCursors(all)
}

// moveCursors keeps how far links have read, with what they read.
func (w *writer) moveCursors(all []*acceptance) error {
	for _, acc := range all {
		for name, value := range acc.cursors {
			if err := w.do(nil, `INSERT INTO cursors (tenant, link, name, value) VALUES ($1, $2, $3, $4)
				ON CONFLICT (tenant, link, name) DO UPDATE SET value = excluded.value`, []any{acc.tenant, acc.link, name, value}); err != nil {
				return err
			}
		}
	}
	return nil
}

// remember keeps the keys of a group for good and returns those that are new.
func (w *writer) remember(all []*acceptance) (map[seenKey]bool, error) {
	if err := w.send(); err != nil {
		return nil, err
	}
	var keys []any
	for _, acc := range all {
		for i := range acc.rows {
			r := &acc.rows[i]
			keys = append(keys, acc.tenant[:], r.scope[:], r.hash, r.body)
		}
	}
	fresh := make(map[seenKey]bool, len(keys)/seenWidth)
	for len(keys) > 0 {
		size := chunk(len(keys)/seenWidth, seenWidth)
		st, err := w.prepared(w.bulk(seenInsert, seenWidth, size, "ON CONFLICT DO NOTHING RETURNING tenant, account, hash"))
		if err != nil {
			return nil, err
		}
		found, err := st.QueryContext(context.Background(), keys[:size*seenWidth]...)
		if err != nil {
			return nil, fmt.Errorf("remember event ids: %w", err)
		}
		if err := readKeys(found, fresh); err != nil {
			return nil, fmt.Errorf("remember event ids: %w", err)
		}
		keys = keys[size*seenWidth:]
	}
	return fresh, nil
}

func readKeys(rows *sql.Rows, into map[seenKey]bool) error {
	defer rows.Close()
	for rows.Next() {
		var k seenKey
		var hash []byte
		if err := rows.Scan(&k.tenant, &k.scope, &hash); err != nil {
			return err
		}
		k.hash = [dedupeSize]byte(hash)
		into[k] = true
	}
	return rows.Err()
}

// differs reports whether a known key came with other content than before, and
// remembers that content: the same again is a repeat too.
func (t *Tx) differs(r *accepted) (bool, error) {
	other, err := list(t.ctx, t, scalar[int64], "SELECT 1 FROM seen WHERE tenant = $1 AND account = $2 AND hash = $3 AND content <> $4", t.tenant, r.scope, r.hash, r.body)
	if err != nil || len(other) == 0 {
		return false, err
	}
	sum := sha256.Sum256(append(append([]byte("again:"), r.hash...), r.body...))
	n, err := t.exec("INSERT INTO seen (tenant, account, hash, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", t.tenant, r.scope, append(r.hash[:8:8], sum[:dedupeSize-8]...), r.body)
	return n == 1, err
}
