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
	// WasOwner is who had the conversation and WasShelf where it stood, for
	// counts.
	WasOwner   core.Owner
	WasShelf   int64
	WasWaiting time.Time
	WasSnooze  *core.Snooze
	WasTrouble bool
	WasClocks  Clocks
	Opened     bool // Lane.Round is new
	Messages   []core.Message
	Outbox     []OutboxRow
	Owners     []core.OwnerChange // newest last; each raises the lease by one
	Missed     []core.Missed
	Hits       []Hit
	Silence    time.Time // when to ask the bot about a silent customer; zero: not
	NoSilence  bool      // forget an earlier one
	Fetches    []Fetch
	Tickets    []Ticket // permissions to answer that came with what was handled
	// Release is how many rows held on the thread are let go, -1: all of them;
	// Released are these, once the change is applied.
	Release  int
	Released []OutboxRow
	Turn     *TurnRow
	TurnDone canon.ID // a turn whose result this is
	MenuSet  bool     // Lane.Round.Menu is new
	Taken    *Taken
	Read     bool // Lane.ReadPos moved: the customer may be shown so
	Seen     bool // something of the contact came
	Wrote    bool // they wrote, which everybody is told of
	// Person is who the peer is on other accounts too, where somebody vouches
	// for it; kept with a new identity, or when a conversation opens.
	Person string
	// Learned is what a known contact told of themselves; it fills in what is
	// not known yet and changes nothing that is.
	Learned *Details
	Came    bool // Lane.Came is new
}

// Details are how to reach a person.
type Details struct {
	Name, Email, Phone string
}

// Began returns a change of a lane as it was read: decide on Lane, then Apply.
func Began(l *Lane) *Change {
	ch := &Change{Lane: l, Pos: l.Thread.Pos, Rev: l.Thread.Rev}
	if l.Round != nil {
		ch.Lease, ch.WasOwner, ch.WasShelf, ch.WasWaiting, ch.WasTrouble = l.Round.Lease, l.Round.Owner, l.Round.shelf, l.Round.WaitingSince, l.Round.Trouble
		ch.WasSnooze, ch.WasClocks = l.Round.Snooze, l.Round.Clocks
	}
	return ch
}

// Taken says which option of an earlier message a customer took.
type Taken struct {
	Message canon.ID
	Value   string
	Said    string // what they added in words
	Rev     int64  // of the thread, for the change of the message
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
	for _, ch := range changes {
		if err := t.release(ch); err != nil {
			return err
		}
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

const roundInsert = `INSERT INTO conversations (tenant, id, thread, account, contact, status, owner, team, lease, subject, locale, unread, trouble,
	last_at, last_from, last_text, waiting, asked_at, answered_at, misses, turns, memory, bot, version,
	created, queued, picked, replied, closed, close_by, entry, visit, reason, shelf, lang)`

func (t *Tx) applyRound(ch *Change) error {
	r := ch.Lane.Round
	if r == nil {
		return nil
	}
	var waiting any
	if !r.WaitingSince.IsZero() {
		waiting = ms(r.WaitingSince)
	}
	r.LastText = cutRunes(r.LastText, 200)
	r.shelf = t.reshelve(ch)
	if ch.Opened {
		reason, err := json.Marshal(r.Reason)
		if err != nil {
			return err
		}
		entry, visit, err := encodeEntry(r)
		if err != nil {
			return err
		}
		if err := t.insert(roundInsert, 35, "", [][]any{{t.tenant, r.ID, r.Thread, r.Account, r.Contact, statusNumber(r.Owner.Kind), r.Owner.ID, r.Owner.Team, r.Lease, r.Subject, r.Locale, r.Unread, flag(r.Trouble),
			ms(r.LastAt), r.LastFrom, r.LastText, waiting, ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Bot, r.Version,
			ms(r.Created), ms(r.Queued), ms(r.Picked), ms(r.Replied), ms(r.Closed), r.CloseBy, entry, visit, string(reason), r.shelf, languageOf(r.Locale)}}); err != nil {
			return err
		}
		return nil
	}
	var err error
	if r.Owner == ch.WasOwner && r.WaitingSince.Equal(ch.WasWaiting) && r.Snooze == ch.WasSnooze {
		// Most messages change neither owner nor wait: leave the columns alone
		// that most indexes begin with.
		err = t.doFor(current, `UPDATE conversations SET lease = $1, subject = $2, locale = $3, unread = $4, last_at = $5, last_from = $6, last_text = $7,
			asked_at = $8, answered_at = $9, misses = $10, turns = $11, memory = $12, version = $13, replied = $14, lang = $15
			WHERE tenant = $16 AND id = $17 AND lease = $18`,
			r.Lease, r.Subject, r.Locale, r.Unread, ms(r.LastAt), r.LastFrom, r.LastText,
			ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Version, ms(r.Replied), languageOf(r.Locale), t.tenant, r.ID, ch.Lease)
	} else {
		snooze, wakes, bad := encodeSnooze(r.Snooze)
		if bad != nil {
			return bad
		}
		reason, bad := json.Marshal(r.Reason)
		if bad != nil {
			return bad
		}
		err = t.doFor(current, `UPDATE conversations SET status = $1, owner = $2, team = $3, lease = $4, subject = $5, locale = $6, unread = $7,
			last_at = $8, last_from = $9, last_text = $10, waiting = $11, asked_at = $12, answered_at = $13, misses = $14, turns = $15, memory = $16, bot = $17, version = $18,
			queued = $19, picked = $20, replied = $21, closed = $22, close_by = $23, reason = $24, shelf = $25,
			lang = $26, snooze = $27, wakes = $28
			WHERE tenant = $29 AND id = $30 AND lease = $31`,
			standNumber(r.Conversation), r.Owner.ID, r.Owner.Team, r.Lease, r.Subject, r.Locale, r.Unread,
			ms(r.LastAt), r.LastFrom, r.LastText, waiting, ms(r.Asked), ms(r.Answered), r.Misses, r.Turns, string(r.Memory), r.Bot, r.Version,
			ms(r.Queued), ms(r.Picked), ms(r.Replied), ms(r.Closed), r.CloseBy, string(reason), r.shelf,
			languageOf(r.Locale), snooze, wakes, t.tenant, r.ID, ch.Lease)
	}
	if err != nil {
		return err
	}
	if r.Trouble != ch.WasTrouble {
		// Only then: sending marks it beside, without taking the thread.
		if err := t.SetTrouble(r.ID, r.Trouble); err != nil {
			return err
		}
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

func (t *Tx) applyMessages(changes []*Change) error {
	var rows [][]any
	for _, ch := range changes {
		for i := range ch.Messages {
			m := &ch.Messages[i]
			content, err := m.Content.AppendJSON(nil)
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
	return t.insertFor(unlessThere, "INSERT INTO messages (tenant, id, thread, conversation, pos, rev, sender_kind, sender, sender_name, at, content, remote_id, client_id, more)", 14, rows)
}
