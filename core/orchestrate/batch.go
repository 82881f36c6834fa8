package orchestrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"parley/core/canon"
	"parley/core/store"
)

const (
	// batchSize is how many arrivals are looked at at once.
	batchSize = 256
	// maxTries is how often handling an arrival is tried before it is dead.
	maxTries = 5
	// groupSettles is how long an album waits for its other members.
	groupSettles = time.Second
)

// arrival is one envelope about to be handled.
type arrival struct {
	store.Arrived
	env canon.Envelope
}

// batch handles what waits, each lane in order. It returns when to come back:
// at once (0), after a while, or negative: when woken.
func (o *Orchestrator) batch(tenant canon.ID) (time.Duration, error) {
	ctx := o.ctx
	scope := o.store.For(tenant)
	waiting, err := scope.Waiting(ctx, 0, batchSize)
	if err != nil {
		return 0, err
	}
	if len(waiting) == 0 {
		return -1, nil
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return 0, err
	}
	now := o.store.Now()
	lanes, again := o.sortOut(ctx, tenant, waiting, now)
	// In each pass every lane gives what it can at once: a run of messages that
	// share a transaction, or one arrival that needs its own.
	for len(lanes) > 0 && ctx.Err() == nil {
		var together []*queue
		rest := lanes[:0:0]
		for _, q := range lanes {
			if simple(q.head().env.Event) {
				together = append(together, q)
			} else {
				o.single(ctx, tenant, q)
			}
		}
		if len(together) > 0 {
			o.together(ctx, tenant, book, together)
		}
		for _, q := range lanes {
			if len(q.all) > 0 && !q.held {
				rest = append(rest, q)
			}
		}
		lanes = rest
	}
	if again == 0 && len(waiting) < batchSize {
		return 0, nil // look once more: what came meanwhile woke nobody else
	}
	return again, nil
}

// queue is one lane's part of a batch.
type queue struct {
	key  store.LaneKey
	all  []arrival
	held bool // its head has to wait: nothing of the lane may overtake it
}

func (q *queue) head() arrival { return q.all[0] }

// sortOut groups arrivals by lane. Lanes whose head is put off are left out.
func (o *Orchestrator) sortOut(ctx context.Context, tenant canon.ID, waiting []store.Arrived, now time.Time) (lanes []*queue, again time.Duration) {
	type address struct {
		account canon.ID
		lane    string
	}
	byLane := map[address]*queue{}
	for _, w := range waiting {
		a := arrival{Arrived: w}
		at := address{w.Account, w.Lane}
		q := byLane[at]
		if q == nil {
			q = &queue{}
			byLane[at] = q
			lanes = append(lanes, q)
		}
		if err := json.Unmarshal(w.Envelope, &a.env); err != nil {
			o.fail(ctx, tenant, q, a, fmt.Errorf("decode the envelope: %w", err))
			continue
		}
		q.key = store.LaneKey{Account: w.Account, Key: a.env.Thread}
		q.all = append(q.all, a)
	}
	ready := lanes[:0:0]
	for _, q := range lanes {
		if len(q.all) == 0 || q.held {
			continue
		}
		if wait := holdFor(q, now); wait > 0 {
			if again == 0 || wait < again {
				again = wait
			}
			continue
		}
		ready = append(ready, q)
	}
	return ready, again
}

// holdFor is how long the head of a lane must still wait: for its next try, or
// for the other members of its album.
func holdFor(q *queue, now time.Time) time.Duration {
	head := q.head()
	if wait := time.Duration(head.Due-now.UnixMilli()) * time.Millisecond; head.Due > 0 && wait > 0 {
		return wait
	}
	if head.env.Group == "" {
		return 0
	}
	last := head
	for _, a := range q.all[1:] {
		if a.env.Group != head.env.Group {
			return 0 // something else came: the album is complete
		}
		last = a
	}
	return time.Duration(last.Received+groupSettles.Milliseconds()-now.UnixMilli()) * time.Millisecond
}

// simple reports whether an event can share a transaction with other lanes.
func simple(e canon.Event) bool {
	switch e := e.(type) {
	case canon.Posted, canon.Action:
		return true
	case canon.Membership:
		return e.Kind == canon.MemberOpened || e.Kind == canon.MemberSubscribed
	}
	return false
}

// together handles the leading simple arrivals of many lanes in one
// transaction. When that fails, each lane is tried alone, so that only the one
// at fault waits.
func (o *Orchestrator) together(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue) {
	taken := make([]int, len(lanes))
	for i, q := range lanes {
		for _, a := range q.all {
			if !simple(a.env.Event) || a.Due > 0 && taken[i] > 0 {
				break
			}
			taken[i]++
		}
	}
	err := retryStale(func() error { return o.handleLanes(ctx, tenant, book, lanes, taken) })
	if err == nil {
		for i, q := range lanes {
			q.all = q.all[taken[i]:]
		}
		return
	}
	if ctx.Err() != nil || store.Unavailable(err) {
		o.log.Warn("cannot handle what arrived, trying again", "tenant", tenant, "err", err)
		for _, q := range lanes {
			q.held = true
		}
		time.Sleep(200 * time.Millisecond)
		return
	}
	for _, q := range lanes {
		a := q.head()
		err := retryStale(func() error { return o.handleLanes(ctx, tenant, book, []*queue{q}, []int{1}) })
		switch {
		case err == nil:
			q.all = q.all[1:]
		case ctx.Err() != nil || store.Unavailable(err):
			q.held = true
		default:
			o.fail(ctx, tenant, q, a, err)
		}
	}
}

// fail puts an arrival off, or declares it dead after maxTries.
func (o *Orchestrator) fail(ctx context.Context, tenant canon.ID, q *queue, a arrival, cause error) {
	dead := a.Tries+1 >= maxTries
	due := o.store.Now().Add(20 * time.Millisecond << a.Tries).UnixMilli()
	text := cause.Error()
	if len(text) > 2000 {
		text = text[:2000]
	}
	o.log.Warn("an arrival cannot be handled", "tenant", tenant, "n", a.N, "try", a.Tries+1, "dead", dead, "err", firstLine(text))
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error { return t.Postpone(a.N, due, dead, text) })
	if err != nil {
		o.log.Error("cannot put an arrival off", "n", a.N, "err", err)
	}
	if dead && err == nil {
		if len(q.all) > 0 {
			q.all = q.all[1:]
		}
		return
	}
	q.held = true
}

func firstLine(s string) string {
	for i, r := range s {
		if r == '\n' {
			return s[:i]
		}
	}
	return s
}

// handleLanes decides about the first n arrivals of each lane and commits.
func (o *Orchestrator) handleLanes(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue, n []int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while handling: %v\n%s", r, debug.Stack())
		}
	}()
	keys := make([]store.LaneKey, len(lanes))
	for i, q := range lanes {
		keys[i] = q.key
	}
	read, err := o.store.For(tenant).Lanes(ctx, keys)
	if err != nil {
		return err
	}
	now := o.store.Now()
	var scenes []*scene
	var done, blocked []int64
	refused := map[canon.ID]int64{}
	seenPeer := map[peerKey]*store.Lane{}
	async := false
	for i, q := range lanes {
		l := read[i]
		sharePerson(seenPeer, l)
		s := o.scene(ctx, book, l, now)
		if book.IsBlocked(l.Contact.ID, now) {
			for _, a := range q.all[:n[i]] {
				blocked = append(blocked, a.N)
				refused[l.Contact.ID]++
			}
			continue
		}
		for _, a := range merge(q.all[:n[i]]) {
			done = append(done, a.ns...)
			s.handle(a.env)
		}
		if s.ch.Lane.Round != nil && (len(s.ch.Messages) > 0 || s.ch.Opened) {
			scenes = append(scenes, s)
			async = async || s.ch.Turn != nil
		}
	}
	err = o.commit(ctx, tenant, scenes, func(t *store.Tx) error {
		for contact, by := range refused {
			if err := t.CountBlocked(contact, by); err != nil {
				return err
			}
		}
		return errors.Join(handled(t, done, store.InboxHandled), handled(t, blocked, store.InboxBlocked))
	})
	if err == nil && async {
		if err := o.Turns(ctx, tenant); err != nil {
			o.log.Warn("cannot start a bot yet", "tenant", tenant, "err", err)
		}
	}
	return err
}

// errTaken says that another worker handled an arrival first.
var errTaken = errors.New("handled by another worker")

func handled(t *store.Tx, ns []int64, as store.InboxState) error {
	if len(ns) == 0 {
		return nil
	}
	ok, err := t.Handled(ns, as)
	if err == nil && !ok {
		return errTaken
	}
	return err
}

type peerKey struct {
	account canon.ID
	peer    canon.RemoteID
}

// sharePerson keeps two new threads of one person in one batch from making the
// person twice.
func sharePerson(seen map[peerKey]*store.Lane, l *store.Lane) {
	if !l.Fresh || !l.FreshIdentity {
		return
	}
	k := peerKey{l.Thread.Account, l.Thread.Key.Peer}
	if first := seen[k]; first != nil {
		l.FreshContact, l.FreshIdentity = false, false
		l.Contact, l.Identity = first.Contact, first.Identity
		l.Thread.Contact, l.Thread.Identity = first.Thread.Contact, first.Thread.Identity
		return
	}
	seen[k] = l
}

// merged is one envelope, or the members of an album as one.
type merged struct {
	env canon.Envelope
	ns  []int64
}

func merge(all []arrival) []merged {
	var out []merged
	for _, a := range all {
		p, posted := a.env.Event.(canon.Posted)
		if k := len(out) - 1; k >= 0 && posted && a.env.Group != "" && out[k].env.Group == a.env.Group {
			first := out[k].env.Event.(canon.Posted)
			first.Message.Parts = append(append([]canon.Part(nil), first.Message.Parts...), p.Message.Parts...)
			out[k].env.Event = first
			out[k].ns = append(out[k].ns, a.N)
			continue
		}
		out = append(out, merged{a.env, []int64{a.N}})
	}
	return out
}
