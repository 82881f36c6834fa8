package store

import (
	"encoding/json"
	"fmt"
)

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
			identities = append(identities, []any{t.tenant, i.ID, i.Contact, i.Account, string(i.RemoteID), i.Name, flag(i.Verified), ms(i.Created), i.Person})
		}
		if l.Fresh && !l.FreshIdentity {
			// A merge may have given the identity to somebody else since it was read.
			if err := t.doFor(current, "UPDATE identities SET contact = $3 WHERE tenant = $1 AND id = $2 AND contact = $3", t.tenant, l.Thread.Identity, l.Thread.Contact); err != nil {
				return err
			}
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
	if err := t.insertFor(unlessThere, "INSERT INTO identities (tenant, id, contact, account, remote_id, name, verified, created, person)", 9, identities); err != nil {
		return err
	}
	return t.insertFor(unlessThere, "INSERT INTO threads (tenant, id, account, lane, key, identity, contact, pos, rev, read_pos, conversation)", 11, threads)
}

// unlessThere ends an insert: a broken uniqueness (somebody opened the same
// thread first) is ErrStale.
func unlessThere(_ int64, err error) error {
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
	return t.doFor(current, "UPDATE threads SET pos = $3, rev = $4, read_pos = $5, conversation = $6 WHERE tenant = $1 AND id = $2 AND pos = $7 AND rev = $8 AND contact = $9",
		t.tenant, th.ID, th.Pos, th.Rev, l.ReadPos, th.Conversation, ch.Pos, ch.Rev, th.Contact)
}

// current ends the change of a row: one that is not as it was read any more is
// ErrStale.
func current(changed int64, err error) error {
	if err == nil && changed == 0 {
		return ErrStale
	}
	return err
}
