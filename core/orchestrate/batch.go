package orchestrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/store"
)

const (
	// batchSize is how many arrivals are looked at at once.
	batchSize = 1024
	// maxTries is how often handling an arrival is tried before it is dead.
	maxTries = 5
	// groupSettles is how long an album waits for its other members.
	groupSettles = time.Second
)

// arrival is one envelope about to be handled.
type arrival struct {
	store.Arrived
	env canon.Envelope
	bad error // it cannot be read
	// also are the other members of an album that this one stands for.
	also []int64
}

// lane names a queue of arrivals that keep their order.
type lane struct {
	account canon.ID
	name    string
}

// batch handles what waits, each lane in order, page by page: a lane that has to
// wait keeps none of those behind it waiting. It returns when to come back:
// after a while, or negative: when woken.
func (o *Orchestrator) batch(tenant canon.ID) (time.Duration, error) {
	again := time.Duration(-1)
	held := map[lane]bool{}
	after, more := int64(0), true
	for more && o.ctx.Err() == nil {
		waiting, err := o.store.For(tenant).Waiting(o.ctx, after, batchSize)
		if err != nil {
			return 0, err
		}
		if len(waiting) == 0 {
			break
		}
		book, err := o.books.Get(o.ctx, tenant)
		if err != nil {
			return 0, err
		}
		after, more = waiting[len(waiting)-1].N, len(waiting) == batchSize
		for _, q := range o.page(o.ctx, tenant, book, sortOut(waiting, held)) {
			held[q.lane] = true
			if again < 0 || q.wait < again {
				again = q.wait
			}
		}
	}
	return again, nil
}

// page handles the lanes of one page. In each pass every lane gives what it can
// at once: a run of messages that share a transaction, or one arrival that needs
// its own. It returns the lanes that have to wait.
func (o *Orchestrator) page(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue) (held []*queue) {
	for len(lanes) > 0 && ctx.Err() == nil {
		now := o.store.Now()
		var together []*queue
		for _, q := range lanes {
			head := q.head()
			switch wait := holdFor(q, now); {
			case wait > 0:
				q.hold(wait)
			case head.bad != nil:
				o.fail(ctx, tenant, q, head.bad)
			case simple(head.env):
				together = append(together, q)
			default:
				o.single(ctx, tenant, book, q)
			}
		}
		if len(together) > 0 {
			o.together(ctx, tenant, book, together)
		}
		rest := lanes[:0:0]
		for _, q := range lanes {
			held, q.aside = append(held, q.aside...), nil
			switch {
			case q.wait > 0:
				held = append(held, q)
			case len(q.all) > 0:
				rest = append(rest, q)
			}
		}
		lanes = rest
	}
	return held
}

// queue is one lane's part of a page.
type queue struct {
	lane lane
	key  store.LaneKey
	all  []arrival
	wait time.Duration // its head has to wait: nothing of the lane may overtake it
	// aside are arrivals that wait beside the lane, each for itself.
	aside []*queue
}

func (q *queue) head() arrival { return q.all[0] }

// done takes the first n arrivals off.
func (q *queue) done(n int) { q.all = q.all[n:] }

func (q *queue) hold(wait time.Duration) { q.wait = max(wait, time.Millisecond) }

// sortOut groups arrivals by lane, leaving out lanes that are held.
func sortOut(waiting []store.Arrived, held map[lane]bool) (lanes []*queue) {
	byLane := map[lane]*queue{}
	for _, w := range waiting {
		at := lane{w.Account, w.Lane}
		if held[at] {
			continue
		}
		q := byLane[at]
		if q == nil {
			q = &queue{lane: at}
			byLane[at] = q
			lanes = append(lanes, q)
		}
		a := arrival{Arrived: w}
		if err := a.env.UnmarshalJSON(w.Envelope); err != nil {
			a.bad = fmt.Errorf("decode the envelope: %w", err)
		} else {
			q.key = store.LaneKey{Account: w.Account, Key: a.env.Thread}
		}
		q.add(a)
	}
	return lanes
}

// orderWithin is how far apart two arrivals may be for the platform's own order
// to count.
const orderWithin = 5 * time.Second

// add puts an arrival at its place: the order of commit, but before those that
// came at most orderWithin earlier and stand later in the platform's order.
func (q *queue) add(a arrival) {
	at := len(q.all)
	for at > 0 && a.env.Order > 0 {
		before := q.all[at-1]
		if before.Tries > 0 || before.env.Order <= a.env.Order || a.Received-before.Received > orderWithin.Milliseconds() {
			break
		}
		at--
	}
	q.all = slices.Insert(q.all, at, a)
}

// holdFor is how long the head of a lane must still wait: for its next try, or
// for the other members of its album.
func holdFor(q *queue, now time.Time) time.Duration {
	head := q.head()
	if wait := time.Duration(head.Due-now.UnixMilli()) * time.Millisecond; head.Due > 0 && wait > 0 {
		return wait
	}
	if _, posted := head.env.Event.(canon.Posted); !posted || head.env.Group == "" {
		return 0
	}
	n := q.album()
	if n < len(q.all) {
		return 0 // something else came: the album is complete
	}
	last := q.all[n-1]
	return time.Duration(last.Received+groupSettles.Milliseconds()-now.UnixMilli()) * time.Millisecond
}

// album is how many arrivals at the head belong to one album.
func (q *queue) album() int {
	n := 1
	for n < len(q.all) && q.all[n].bad == nil && q.all[n].env.Group == q.all[0].env.Group {
		if _, posted := q.all[n].env.Event.(canon.Posted); !posted {
			break
		}
		n++
	}
	return n
}

// simple reports whether an event can share a transaction with other lanes.
func simple(e canon.Envelope) bool {
	if mayRate(e) {
		return false
	}
	switch ev := e.Event.(type) {
	case canon.Posted:
		return e.Group == "" && !e.From.Ours
	case canon.Action:
		return true
	case canon.Membership:
		return ev.Kind == canon.MemberOpened || ev.Kind == canon.MemberSubscribed
	}
	return false
}

// together handles the leading simple arrivals of many lanes, a few lanes to a
// transaction and three transactions at a time: while one is written the next
// are read and decided.
func (o *Orchestrator) together(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue) {
	if len(lanes) <= lanesPerWrite {
		o.inOne(ctx, tenant, book, lanes)
		return
	}
	var work sync.WaitGroup
	three := make(chan struct{}, 3)
	for part := range slices.Chunk(lanes, lanesPerWrite) {
		three <- struct{}{}
		work.Go(func() {
			defer func() { <-three }()
			o.inOne(ctx, tenant, book, part)
		})
	}
	work.Wait()
}

// lanesPerWrite is how many lanes share a transaction.
const lanesPerWrite = 64

// inOne handles lanes in one transaction. When that fails, each lane is tried
// alone, so that only the one at fault waits.
func (o *Orchestrator) inOne(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue) {
	taken := make([]int, len(lanes))
	for i, q := range lanes {
		for _, a := range q.all {
			if a.bad != nil || !simple(a.env) || a.Due > 0 && taken[i] > 0 {
				break
			}
			taken[i]++
		}
	}
	err := retryStale(func() error { return o.handleLanes(ctx, tenant, book, lanes, taken) })
	if err == nil {
		for i, q := range lanes {
			q.done(taken[i])
		}
		return
	}
	away := ctx.Err() != nil || store.Unavailable(err)
	if away {
		o.log.Warn("cannot handle what arrived, trying again", "tenant", tenant, "err", err)
	}
	for _, q := range lanes {
		if !away {
			err = retryStale(func() error { return o.handleLanes(ctx, tenant, book, []*queue{q}, []int{1}) })
		}
		o.ended(ctx, tenant, q, 1, err)
	}
}

// ended moves a lane on after its first n arrivals were tried.
func (o *Orchestrator) ended(ctx context.Context, tenant canon.ID, q *queue, n int, err error) {
	switch {
	case err == nil, errors.Is(err, store.ErrHandled):
		q.done(n)
	case ctx.Err() != nil || store.Unavailable(err):
		q.hold(untilBack)
	default:
		o.fail(ctx, tenant, q, err)
	}
}

// untilBack is how long to leave a database alone that is away.
const untilBack = 200 * time.Millisecond

// fail puts the head of a lane off, or declares it dead after maxTries.
func (o *Orchestrator) fail(ctx context.Context, tenant canon.ID, q *queue, cause error) {
	if errors.Is(cause, errEarly) {
		o.putAside(ctx, tenant, q)
		return
	}
	a := q.head()
	dead := hopeless(a.Tries + 1)
	wait := 20 * time.Millisecond << a.Tries
	wait += rand.N(wait)
	text := cause.Error()
	if len(text) > 2000 {
		text = text[:2000]
	}
	o.log.Warn("an arrival cannot be handled", "tenant", tenant, "n", a.N, "try", a.Tries+1, "dead", dead, "err", firstLine(text))
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		return t.Postpone(a.N, o.store.Now().Add(wait).UnixMilli(), dead, text)
	})
	switch {
	case err != nil:
		o.log.Error("cannot put an arrival off", "n", a.N, "err", err)
		q.hold(untilBack)
	case dead:
		q.done(1)
	default:
		q.hold(wait)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
