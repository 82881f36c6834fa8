package store

import (
	"encoding/json"
	"time"

	"parley/core"
)

// seenEvery is how exactly it is kept when a contact last wrote: who writes every
// second costs a row a minute.
const seenEvery = time.Minute

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
	if err := t.cancel("thread = $3 AND state = 0 AND lease > 0 AND lease < $4", ch.Lane.Thread.ID, r.Lease); err != nil {
		return err
	}
	return t.do("DELETE FROM turns WHERE tenant = $1 AND conversation = $2 AND lease < $3 AND id <> $4", t.tenant, r.ID, r.Lease, ch.TurnDone[:])
}

func (t *Tx) applyRest(ch *Change) error {
	r := ch.Lane.Round
	for _, o := range ch.Owners {
		change, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if err := t.doFor(unlessThere, "INSERT INTO owner_changes (tenant, conversation, lease, at, change) VALUES ($1, $2, $3, $4, $5)",
			t.tenant, r.ID, o.Lease, ms(o.At), string(change)); err != nil {
			return err
		}
	}
	for _, m := range ch.Missed {
		if err := t.do("INSERT INTO bot_missed (tenant, bot, conversation, message, text, at) VALUES ($1, $2, $3, $4, $5, $6)",
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
	if err := t.applyClocks(ch); err != nil {
		return err
	}
	if ch.MenuSet && r != nil {
		if err := t.do("UPDATE conversations SET menu = $1 WHERE tenant = $2 AND id = $3", string(r.Menu), t.tenant, r.ID); err != nil {
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
		if err := t.do(`INSERT INTO fetches (tenant, message, part, account, due) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, message, part) DO UPDATE SET account = excluded.account, due = excluded.due, tries = 0`,
			t.tenant, f.Message, f.Part, f.Account, ms(t.Now())); err != nil {
			return err
		}
	}
	if err := t.applyTickets(ch); err != nil {
		return err
	}
	if err := t.applyCame(ch); err != nil {
		return err
	}
	if d := ch.Learned; d != nil && !ch.Lane.FreshContact {
		if err := t.do(`UPDATE contacts SET name = CASE WHEN name = '' THEN $1 ELSE name END, email = CASE WHEN email = '' THEN $2 ELSE email END,
			phone = CASE WHEN phone = '' THEN $3 ELSE phone END, updated = $4, termed = 0 WHERE tenant = $5 AND id = $6`,
			d.Name, d.Email, d.Phone, ms(t.Now()), t.tenant, ch.Lane.Contact.ID); err != nil {
			return err
		}
		t.Feed(core.FeedEntry{Kind: core.FeedContact, Subject: ch.Lane.Contact.ID})
	}
	if ch.Person != "" && ch.Opened && !ch.Lane.FreshIdentity {
		if err := t.do("UPDATE identities SET person = $3 WHERE tenant = $1 AND id = $2 AND person <> $3", t.tenant, ch.Lane.Thread.Identity, ch.Person); err != nil {
			return err
		}
	}
	if ch.Wrote && !ch.Lane.FreshContact && t.Now().Sub(ch.Lane.Contact.Seen) >= seenEvery {
		if err := t.do("UPDATE contacts SET seen = $3 WHERE tenant = $1 AND id = $2", t.tenant, ch.Lane.Contact.ID, ms(t.Now())); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) applyTimers(ch *Change) error {
	r := ch.Lane.Round
	switch {
	case !ch.Silence.IsZero():
		if err := t.do(`INSERT INTO timers (tenant, conversation, kind, due) VALUES ($1, $2, 'silence', $3)
			ON CONFLICT (tenant, conversation, kind) DO UPDATE SET due = excluded.due`, t.tenant, r.ID, ms(ch.Silence)); err != nil {
			return err
		}
	case ch.NoSilence && r != nil:
		if err := t.do("DELETE FROM timers WHERE tenant = $1 AND conversation = $2", t.tenant, r.ID); err != nil {
			return err
		}
	}
	if ch.Turn != nil {
		q := ch.Turn
		if err := t.do(`INSERT INTO turns (tenant, id, conversation, lease, bot, cause, deadline) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (tenant, conversation) DO UPDATE SET id = excluded.id, lease = excluded.lease, bot = excluded.bot, cause = excluded.cause, deadline = excluded.deadline, tries = 0`,
			t.tenant, q.ID, q.Conversation, q.Lease, q.Bot, string(q.Cause), ms(q.Deadline)); err != nil {
			return err
		}
	}
	if !ch.TurnDone.IsZero() {
		return t.doFor(current, "DELETE FROM turns WHERE tenant = $1 AND id = $2", t.tenant, ch.TurnDone)
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
