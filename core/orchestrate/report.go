package orchestrate

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/outbox"
	"parley/core/store"
)

// errEarly says that a platform reports on something whose sending is not
// recorded yet.
var errEarly = errors.New("the report is about something still being sent")

// earlyMost is how long a report waits for the record of what it is about: longer
// than a send may take, with its files.
const earlyMost = 3 * time.Minute

// early reports whether an arrival may still be about something in flight.
func (o *Orchestrator) early(a arrival) bool {
	return o.store.Now().UnixMilli()-a.Received < earlyMost.Milliseconds()
}

// putAside lets the head of a lane wait beside it, for the record of what it
// reports on: what the customer writes meanwhile is not kept waiting.
func (o *Orchestrator) putAside(ctx context.Context, tenant canon.ID, q *queue) {
	a := q.head()
	wait := 40 * time.Millisecond << min(a.Tries, 3)
	wait += rand.N(wait)
	own := lane{q.lane.account, string(binary.BigEndian.AppendUint64([]byte("early"), uint64(a.N)))}
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		return t.Aside(a.N, own.name, o.store.Now().Add(wait).UnixMilli(), errEarly.Error())
	})
	if err != nil {
		o.log.Error("cannot put a report aside", "n", a.N, "err", err)
		q.hold(untilBack)
		return
	}
	q.done(1)
	q.aside = append(q.aside, &queue{lane: own, wait: wait})
}

// receipt raises what a platform reports on, wherever it was sent. A report may
// be faster than the record of the send it is about: while something is in
// flight, one that fits nothing is put aside.
func (o *Orchestrator) receipt(ctx context.Context, tenant, account canon.ID, r canon.Receipt, a arrival) error {
	thread := canon.ID{}
	if th, _, err := o.store.For(tenant).ThreadByKey(ctx, account, a.env.Thread); err == nil {
		thread = th.ID
	}
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		if err := t.Handled([]int64{a.N}, store.InboxHandled); err != nil {
			return err
		}
		moved, err := o.about(ctx, t, account, thread, r, a)
		if err != nil {
			return err
		}
		return reported(ctx, t, moved.rows)
	})
	if err == nil {
		o.poke(tenant)
	}
	return err
}

// found is what a report is about.
type found struct {
	rows  []canon.ID // messages whose state it changed
	known bool
}

// about finds what a report is about. Nothing, while something is in flight that
// it may be about, is errEarly.
func (o *Orchestrator) about(ctx context.Context, t *store.Tx, account, thread canon.ID, r canon.Receipt, a arrival) (f found, err error) {
	if f.rows, f.known, err = t.Receipt(ctx, account, thread, r); err != nil || f.known {
		return f, err
	}
	if o.early(a) {
		if flying, err := t.InFlight(ctx, account, thread); err != nil || flying {
			return f, cmp.Or(err, errEarly)
		}
	}
	// It may have landed between the two looks.
	f.rows, f.known, err = t.Receipt(ctx, account, thread, r)
	return f, err
}

// reported tells everybody of messages whose state a report changed. One that
// was in doubt is trouble no more, one that failed now is.
func reported(ctx context.Context, t *store.Tx, moved []canon.ID) error {
	for _, id := range moved {
		m, err := t.Message(ctx, id)
		if err != nil {
			return err
		}
		trouble, err := t.Troubled(ctx, m.Conversation)
		if err != nil {
			return err
		}
		if err := t.SetTrouble(m.Conversation, trouble); err != nil {
			return err
		}
		t.Feed(core.FeedEntry{Kind: core.FeedChanged, Conversation: m.Conversation, Subject: id})
	}
	return nil
}

// echo handles a message of ours that the platform tells us of: it stands in the
// thread already when it is the hub that sent it, and was written elsewhere when
// not. Like a report it may be faster than the record of the send.
func (o *Orchestrator) echo(ctx context.Context, tenant canon.ID, book *Book, q *queue, thread canon.ID, said canon.Message) error {
	a := q.head()
	known := false
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) (err error) {
		if said.RemoteID == "" {
			return nil
		}
		f, err := o.about(ctx, t, q.key.Account, thread, canon.Receipt{Target: said.RemoteID, State: canon.Sent}, a)
		if err != nil {
			return err
		}
		moved := f.rows
		if known = f.known; !known {
			if moved, known, err = doubted(ctx, t, q.key.Account, thread, said); err != nil {
				return err
			}
		}
		if !known {
			return nil
		}
		if err := reported(ctx, t, moved); err != nil {
			return err
		}
		return t.Handled([]int64{a.N}, store.InboxHandled)
	})
	if err != nil || known {
		return err
	}
	return o.handleLanes(ctx, tenant, book, []*queue{{lane: q.lane, key: q.key, all: []arrival{a}}}, []int{1})
}

// doubted takes an echo for the word about a message that may have left, when
// one of the thread says the same: a platform that knows nothing of our keys, and
// whose answer was lost, has no other way to tell.
func doubted(ctx context.Context, t *store.Tx, account, thread canon.ID, said canon.Message) (moved []canon.ID, known bool, err error) {
	rows, err := t.Unconfirmed(ctx, thread)
	if err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		if outbox.Says(row, said) {
			return t.Receipt(ctx, account, thread, canon.Receipt{Target: canon.RemoteID(row.ID.String()), RemoteID: said.RemoteID, State: canon.Sent})
		}
	}
	return nil, false, nil
}
