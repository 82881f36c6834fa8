package store

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Change is what handling decided about one lane, written together or not at
// all. The lane it was decided on is Before; Lane is how it shall be.
type Change struct {
	Lane *Lane
	// Pos, Rev and Lease are what the lane had when it was read. When the
	// stored lane has others, the change is refused with ErrStale.
	Pos, Rev, Lease int64
	// WasOwner is who had the conversation, for counts.
	WasOwner   core.Owner
	WasWaiting time.Time
	WasTrouble bool
	Opened     bool // Lane.Round is new
	Messages   []core.Message
	Outbox     []OutboxRow
	Owners     []core.OwnerChange // newest last; each raises the lease by one
	Missed     []core.Missed
	Hits       []Hit
	Silence    time.Time // when to ask the bot about a silent customer; zero: not
	NoSilence  bool      // forget an earlier one
	Fetches    []Fetch
	Turn       *TurnRow
	TurnDone   canon.ID // a turn whose result this is
	MenuSet    bool     // Lane.Round.Menu is new
	Taken      *Taken
	Read       bool // Lane.ReadPos moved: the customer may be shown so
	Seen       bool // the contact wrote
	// Learned is what a known contact told of themselves; it fills in what is
	// not known yet and changes nothing that is.
	Learned *Details
}

// Details are how to reach a person.
type Details struct {
	Name, Email, Phone string
}

// Began returns a change of a lane as it was read: decide on Lane, then Apply.
func Began(l *Lane) *Change {
	ch := &Change{Lane: l, Pos: l.Thread.Pos, Rev: l.Thread.Rev}
	if l.Round != nil {
		ch.Lease, ch.WasOwner, ch.WasWaiting, ch.WasTrouble = l.Round.Lease, l.Round.Owner, l.Round.WaitingSince, l.Round.Trouble
	}
	return ch
}

// Taken says which option of an earlier message a customer took.
type Taken struct {
	Message canon.ID
	Value   string
	Rev     int64 // of the thread, for the change of the message
}

// Hit counts a rule.
type Hit struct {
	Bot  canon.ID
	Rule string
}

// Fetch is inbound media whose bytes are still at the platform.
type Fetch struct {
	Message canon.ID
	Part    int
	Account canon.ID
}

// TurnRow is a question put to a bot that does not answer at once.
type TurnRow struct {
	ID           canon.ID
	Conversation canon.ID
	Lease        int64
	Bot          canon.ID
	Cause        json.RawMessage
	Deadline     time.Time
	Tries        int
}

// Apply writes changes with as few statements as possible.
func (t *Tx) Apply(changes ...*Change) error {
	if err := t.applyPeople(changes); err != nil {
		return err
	}
	for _, ch := range changes {
		if err := t.applyRound(ch); err != nil {
			return err
		}
		if err := t.applyThread(ch); err != nil {
			return err
		}
	}
	for _, ch := range changes {
		if err := t.silenceBot(ch); err != nil {
			return err
		}
	}
	if err := t.applyMessages(changes); err != nil {
		return err
	}
	if err := t.applyOutbox(changes); err != nil {
		return err
	}
	for _, ch := range changes {
		if err := t.applyRest(ch); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) applyPeople(changes []*Change) error {
	var contacts, identities, threads [][]any
	for _, ch := range changes {
		l := ch.Lane
		if l.FreshContact {
			p := l.Contact
			contacts = append(contacts, []any{t.tenant, p.ID, p.Name, p.Locale, p.Phone, p.Email, ms(p.Created), ms(p.Updated), ms(p.Seen)})
		}
		if l.FreshIdentity {
			i := l.Identity
			identities = append(identities, []any{t.tenant, i.ID, i.Contact, i.Account, string(i.RemoteID), i.Name, flag(i.Verified), ms(i.Created)})
		}
		if l.Fresh {
			key, err := json.Marshal(l.Thread.Key)
			if err != nil {
				return err
			}
			th := l.Thread
			threads = append(threads, []any{t.tenant, th.ID, th.Account, LaneOf(th.Key), string(key), th.Identity, th.Contact, th.Pos, th.Rev, l.ReadPos, th.Conversation})
		}
	}
	if err := t.insert("INSERT INTO contacts (tenant, id, name, locale, phone, email, created, updated, seen)", 9, "", contacts); err != nil {
		return err
	}
	if err := t.insert("INSERT INTO identities (tenant, id, contact, account, remote_id, name, verified, created)", 8, "", identities); err != nil {
		return stale(err)
	}
	if err := t.insert("INSERT INTO threads (tenant, id, account, lane, key, identity, contact, pos, rev, read_pos, conversation)", 11, "", threads); err != nil {
		return stale(err)
	}
	return nil
}

// stale turns a broken uniqueness (somebody opened the same thread first) into
// ErrStale.
func stale(err error) error {
	if Duplicate(err) {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	return err
}

func (t *Tx) applyThread(ch *Change) error {
	l := ch.Lane
	if l.Fresh {
		return nil
	}
	th := l.Thread
	n, err := t.exec("UPDATE threads SET pos = $3, rev = $4, read_pos = $5, conversation = $6 WHERE tenant = $1 AND id = $2 AND pos = $7 AND rev = $8",
		t.tenant, th.ID, th.Pos, th.Rev, l.ReadPos, th.Conversation, ch.Pos, ch.Rev)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale
	}
	return nil
}

const roundInsert = `INSERT INTO conversations (tenant, id, thread, account, contact, status, owner, team, lease, subject, locale, unread, trouble,
	last_at, last_from, last_text, waiting, asked_at, answered_at, misses, turns, memory, bot, version,
	created, queued, picked, replied, closed, close_by, entry, visit, reason)`

func (t *Tx) applyRound(ch *Change) error {
	r := ch.Lane.Round
	if r == nil {
		return nil
	}
	reason, err := json.Marshal(r.Reason)
	if err != nil {
		return err
	}
	var waiting any
	if !r.WaitingSince.IsZero() {
		waiting = ms(r.WaitingSince)
	}
	r.LastText = cutRunes(r.LastText, 200)
	if ch.Opened {
		entry, visit, err := encodeEntry(r)
		if err != nil {
			return err
		}
		if err := t.insert(roundInsert, 33, "", [][]any{{t.tenant, r.ID, r.Thread, r.Account, r.Contact, statusNumber(r.Owner.Kind), r.Owner.ID, r.Owner.Team, r.Lease, r.Subject, r.Locale, r.Unread, flag(r.Trouble),
			ms(r.LastAt), r.LastFrom, r.LastText, waiting, ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Bot, r.Version,
			ms(r.Created), ms(r.Queued), ms(r.Picked), ms(r.Replied), ms(r.Closed), r.CloseBy, entry, visit, string(reason)}}); err != nil {
			return err
		}
		t.countOwner(r, core.Owner{}, r.Owner)
		return nil
	}
	var n int64
	if r.Owner == ch.WasOwner && r.WaitingSince.Equal(ch.WasWaiting) {
		// Most messages change neither owner nor wait: leave the columns alone
		// that most indexes begin with.
		n, err = t.exec(`UPDATE conversations SET lease = $1, subject = $2, locale = $3, unread = $4, last_at = $5, last_from = $6, last_text = $7,
			asked_at = $8, answered_at = $9, misses = $10, turns = $11, memory = $12, version = $13, replied = $14
			WHERE tenant = $15 AND id = $16 AND lease = $17`,
			r.Lease, r.Subject, r.Locale, r.Unread, ms(r.LastAt), r.LastFrom, r.LastText,
			ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Version, ms(r.Replied), t.tenant, r.ID, ch.Lease)
	} else {
		n, err = t.exec(`UPDATE conversations SET status = $1, owner = $2, team = $3, lease = $4, subject = $5, locale = $6, unread = $7,
			last_at = $8, last_from = $9, last_text = $10, waiting = $11, asked_at = $12, answered_at = $13, misses = $14, turns = $15, memory = $16, bot = $17, version = $18,
			queued = $19, picked = $20, replied = $21, closed = $22, close_by = $23, reason = $24
			WHERE tenant = $25 AND id = $26 AND lease = $27`,
			statusNumber(r.Owner.Kind), r.Owner.ID, r.Owner.Team, r.Lease, r.Subject, r.Locale, r.Unread,
			ms(r.LastAt), r.LastFrom, r.LastText, waiting, ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Bot, r.Version,
			ms(r.Queued), ms(r.Picked), ms(r.Replied), ms(r.Closed), r.CloseBy, string(reason), t.tenant, r.ID, ch.Lease)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale
	}
	if r.Trouble != ch.WasTrouble {
		// Only then: sending marks it beside, without taking the thread.
		if err := t.SetTrouble(r.ID, r.Trouble); err != nil {
			return err
		}
	}
	if r.Owner != ch.WasOwner {
		t.countOwner(r, ch.WasOwner, r.Owner)
	}
	return nil
}

func encodeEntry(r *Round) (entry, visit string, err error) {
	if r.Entry != nil {
		b, err := json.Marshal(r.Entry)
		if err != nil {
			return "", "", err
		}
		entry = string(b)
	}
	if r.Visit != nil {
		b, err := json.Marshal(r.Visit)
		if err != nil {
			return "", "", err
		}
		visit = string(b)
	}
	return entry, visit, nil
}

// countOwner keeps the counts of the lists when a conversation changes hands.
func (t *Tx) countOwner(r *Round, from, to core.Owner) {
	count := func(o core.Owner, by int64) {
		switch o.Kind {
		case core.StatusBot, core.StatusAgent:
			t.tally("status:"+string(o.Kind), by)
			t.tally("owner:"+o.ID.String(), by)
		case core.StatusQueue:
			t.tally("status:queue", by)
			t.tally("queue:"+o.Team.String(), by)
		case core.StatusClosed:
			t.tally("status:closed", by)
		}
		if o.Kind.Open() {
			t.tally("account:"+r.Account.String(), by)
		}
	}
	count(from, -1)
	count(to, 1)
}

func (t *Tx) applyMessages(changes []*Change) error {
	var rows [][]any
	for _, ch := range changes {
		for i := range ch.Messages {
			m := &ch.Messages[i]
			content, err := json.Marshal(m.Content)
			if err != nil {
				return fmt.Errorf("encode message %s: %w", m.ID, err)
			}
			more, err := encodeMore(m)
			if err != nil {
				return err
			}
			rows = append(rows, []any{t.tenant, m.ID, m.Thread, m.Conversation, m.Pos, m.Rev, string(m.From), m.Sender, m.Name, ms(m.At),
				string(content), null(string(m.Content.RemoteID)), null(m.Content.ClientID), more})
		}
	}
	return stale(t.insert("INSERT INTO messages (tenant, id, thread, conversation, pos, rev, sender_kind, sender, sender_name, at, content, remote_id, client_id, more)", 14, "", rows))
}

// silenceBot cancels what a bot wanted to say under an earlier lease and is not
// in flight. What it says in this very change, its farewell, belongs to the
// change of owner and is sent under the new lease.
func (t *Tx) silenceBot(ch *Change) error {
	if len(ch.Owners) == 0 {
		return nil
	}
	r := ch.Lane.Round
	for i := range ch.Outbox {
		if ch.Outbox[i].Lease > 0 {
			ch.Outbox[i].Lease = r.Lease
		}
	}
	if ch.Opened {
		return nil
	}
	if _, err := t.exec("UPDATE outbox SET state = 7, ended = $3 WHERE tenant = $1 AND thread = $2 AND state = 0 AND lease > 0 AND lease < $4",
		t.tenant, ch.Lane.Thread.ID, ms(t.Now()), r.Lease); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM turns WHERE tenant = $1 AND conversation = $2 AND lease < $3 AND id <> $4", t.tenant, r.ID, r.Lease, ch.TurnDone[:])
	return err
}

func (t *Tx) applyRest(ch *Change) error {
	r := ch.Lane.Round
	for _, o := range ch.Owners {
		change, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO owner_changes (tenant, conversation, lease, at, change) VALUES ($1, $2, $3, $4, $5)",
			t.tenant, r.ID, o.Lease, ms(o.At), string(change)); err != nil {
			return stale(err)
		}
	}
	for _, m := range ch.Missed {
		if _, err := t.exec("INSERT INTO bot_missed (tenant, bot, conversation, message, text, at) VALUES ($1, $2, $3, $4, $5, $6)",
			t.tenant, m.Bot, m.Conversation, m.Message, cutRunes(m.Text, 1000), ms(t.Now())); err != nil {
			return err
		}
	}
	for _, h := range ch.Hits {
		t.Hit(h.Bot, h.Rule)
	}
	if err := t.applyTimers(ch); err != nil {
		return err
	}
	if ch.MenuSet && r != nil {
		if _, err := t.exec("UPDATE conversations SET menu = $1 WHERE tenant = $2 AND id = $3", string(r.Menu), t.tenant, r.ID); err != nil {
			return err
		}
	}
	if ch.Taken != nil {
		if err := t.take(*ch.Taken); err != nil {
			return err
		}
	}
	if ch.Read {
		if err := t.showRead(ch.Lane.Thread.ID, ch.Lane.ReadPos, ch.Lane.Thread.Rev); err != nil {
			return err
		}
	}
	for _, f := range ch.Fetches {
		if _, err := t.exec(`INSERT INTO fetches (tenant, message, part, account, due) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, message, part) DO UPDATE SET account = excluded.account, due = excluded.due, tries = 0`,
			t.tenant, f.Message, f.Part, f.Account, ms(t.Now())); err != nil {
			return err
		}
	}
	if d := ch.Learned; d != nil && !ch.Lane.FreshContact {
		if _, err := t.exec(`UPDATE contacts SET name = CASE WHEN name = '' THEN $1 ELSE name END, email = CASE WHEN email = '' THEN $2 ELSE email END,
			phone = CASE WHEN phone = '' THEN $3 ELSE phone END, updated = $4 WHERE tenant = $5 AND id = $6`,
			d.Name, d.Email, d.Phone, ms(t.Now()), t.tenant, ch.Lane.Contact.ID); err != nil {
			return err
		}
		t.Feed(core.FeedEntry{Kind: core.FeedContact, Subject: ch.Lane.Contact.ID})
	}
	if ch.Seen && !ch.Lane.FreshContact {
		if _, err := t.exec("UPDATE contacts SET seen = $3 WHERE tenant = $1 AND id = $2", t.tenant, ch.Lane.Contact.ID, ms(t.Now())); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) applyTimers(ch *Change) error {
	r := ch.Lane.Round
	switch {
	case !ch.Silence.IsZero():
		if _, err := t.exec(`INSERT INTO timers (tenant, conversation, kind, due) VALUES ($1, $2, 'silence', $3)
			ON CONFLICT (tenant, conversation, kind) DO UPDATE SET due = excluded.due`, t.tenant, r.ID, ms(ch.Silence)); err != nil {
			return err
		}
	case ch.NoSilence && r != nil:
		if _, err := t.exec("DELETE FROM timers WHERE tenant = $1 AND conversation = $2", t.tenant, r.ID); err != nil {
			return err
		}
	}
	if ch.Turn != nil {
		q := ch.Turn
		if _, err := t.exec(`INSERT INTO turns (tenant, id, conversation, lease, bot, cause, deadline) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (tenant, conversation) DO UPDATE SET id = excluded.id, lease = excluded.lease, bot = excluded.bot, cause = excluded.cause, deadline = excluded.deadline, tries = 0`,
			t.tenant, q.ID, q.Conversation, q.Lease, q.Bot, string(q.Cause), ms(q.Deadline)); err != nil {
			return err
		}
	}
	if !ch.TurnDone.IsZero() {
		n, err := t.exec("DELETE FROM turns WHERE tenant = $1 AND id = $2", t.tenant, ch.TurnDone)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrStale
		}
	}
	return nil
}

func cutRunes(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i]
		}
		count++
	}
	return s
}
