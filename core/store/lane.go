package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
)

// ErrStale says that a thread or conversation changed between reading and
// writing: read again and decide again.
var ErrStale = errors.New("the thread changed meanwhile")

// Round is a conversation with what only the orchestrator needs of it.
type Round struct {
	core.Conversation
	Asked    time.Time // newest message of the customer
	Answered time.Time // newest message of ours
	Misses   int
	Turns    int
	Memory   json.RawMessage
	Menu     json.RawMessage // the options offered last
	Bot      canon.ID        // the bot that had it first
	Version  int             // the published version of the bot it runs on
	Clocks   Clocks          // towards service goals
	shelf    int64           // where it stands in the lists
}

// Lane is a thread with everything that deciding about it takes.
type Lane struct {
	Thread  core.Thread
	ReadPos int64
	Round   *Round // the open conversation, or nil
	Contact core.Contact
	// Fresh says the thread is not stored yet; FreshContact and FreshIdentity
	// likewise.
	Fresh, FreshContact, FreshIdentity bool
	Identity                           core.Identity
	// Came is a visit no conversation has taken yet, or nil.
	Came *Came
}

// LaneKey finds a thread.
type LaneKey struct {
	Account canon.ID
	Key     canon.ThreadKey
}

const threadCols = "t.id, t.account, t.lane, t.key, t.identity, t.contact, t.pos, t.rev, t.read_pos, t.conversation"

type threadRow struct {
	thread core.Thread
	lane   string
	read   int64
}

func scanThread(rows *sql.Rows) (threadRow, error) {
	var r threadRow
	var lane, key []byte
	t := &r.thread
	if err := rows.Scan(&t.ID, &t.Account, &lane, &key, &t.Identity, &t.Contact, &t.Pos, &t.Rev, &r.read, &t.Conversation); err != nil {
		return r, err
	}
	r.lane = string(lane)
	return r, json.Unmarshal(key, &t.Key)
}

// knownThreadCols are those of a thread whose account and key are known.
const knownThreadCols = "t.id, t.lane, t.identity, t.contact, t.pos, t.rev, t.read_pos, t.conversation"

func scanKnownThread(rows *sql.Rows) (threadRow, error) {
	var r threadRow
	var lane []byte
	t := &r.thread
	err := rows.Scan(&t.ID, &lane, &t.Identity, &t.Contact, &t.Pos, &t.Rev, &r.read, &t.Conversation)
	r.lane = string(lane)
	return r, err
}

const roundCols = `c.id, c.thread, c.account, c.contact, c.status, c.owner, c.team, c.lease, c.subject, c.locale, c.unread, c.trouble,
	c.last_at, c.last_from, c.last_text, c.waiting, c.asked_at, c.answered_at, c.misses, c.turns, c.memory, c.bot, c.version,
	c.created, c.queued, c.picked, c.replied, c.closed, c.close_by, c.entry, c.visit, c.reason, c.menu, c.shelf, c.score, c.priority, c.snooze, c.clocks`

// statuses are who has a conversation, by the numbers they are stored as; what
// an agent snoozed has a number of its own.
var statuses = [...]core.Status{core.StatusBot, core.StatusQueue, core.StatusAgent, core.StatusClosed, snoozed: core.StatusAgent}

const snoozed = 4

// standNumber is the number a conversation is stored under.
func standNumber(c core.Conversation) int64 { return statusNumber(c.Standing()) }

func statusNumber(s core.Status) int64 {
	if s == core.StatusSnoozed {
		return snoozed
	}
	for i, v := range statuses {
		if v == s {
			return int64(i)
		}
	}
	return -1
}

func scanRound(rows *sql.Rows) (Round, error) {
	var r Round
	err := r.scan(rows)
	return r, err
}

// scan reads roundCols and what follows them.
func (r *Round) scan(rows *sql.Rows, more ...any) error {
	var status, trouble int64
	var waiting sql.NullInt64
	var last, asked, answered, created, queued, picked, replied, closed int64
	var memory, entry, visit, reason, menu, snooze, clocks []byte
	to := []any{&r.ID, &r.Thread, &r.Account, &r.Contact, &status, &r.Owner.ID, &r.Owner.Team, &r.Lease, &r.Subject, &r.Locale, &r.Unread, &trouble,
		&last, &r.LastFrom, &r.LastText, &waiting, &asked, &answered, &r.Misses, &r.Turns, &memory, &r.Bot, &r.Version,
		&created, &queued, &picked, &replied, &closed, &r.CloseBy, &entry, &visit, &reason, &menu, &r.shelf, &r.Score, &r.Priority, &snooze, &clocks}
	if err := rows.Scan(append(to, more...)...); err != nil {
		return err
	}
	r.Owner.Kind = statuses[status]
	r.Trouble = trouble != 0
	r.LastAt, r.WaitingSince, r.Asked, r.Answered = at(last), at(waiting.Int64), at(asked), at(answered)
	r.Created, r.Queued, r.Picked, r.Replied, r.Closed = at(created), at(queued), at(picked), at(replied), at(closed)
	if len(memory) > 0 {
		r.Memory = memory
	}
	if len(menu) > 0 {
		r.Menu = menu
	}
	if len(entry) > 0 {
		r.Entry = new(canon.Entry)
		if err := json.Unmarshal(entry, r.Entry); err != nil {
			return fmt.Errorf("entry of conversation %s: %w", r.ID, err)
		}
	}
	if len(visit) > 0 {
		r.Visit = new(canon.Visit)
		if err := json.Unmarshal(visit, r.Visit); err != nil {
			return fmt.Errorf("visit of conversation %s: %w", r.ID, err)
		}
	}
	if len(reason) > 0 {
		if err := json.Unmarshal(reason, &r.Reason); err != nil {
			return fmt.Errorf("reason of conversation %s: %w", r.ID, err)
		}
	}
	var err error
	if r.Snooze, err = readSnooze(snooze); err == nil {
		r.Clocks, err = readClocks(clocks, &r.Conversation)
	}
	return err
}

// readSnooze reads until when a conversation sleeps; nil: it does not.
func readSnooze(raw []byte) (*core.Snooze, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v := new(core.Snooze)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("snooze of a conversation: %w", err)
	}
	return v, nil
}

// encodeSnooze is what readSnooze reads, and when the conversation wakes in
// milliseconds; 0: not by time.
func encodeSnooze(v *core.Snooze) (raw string, wakes int64, err error) {
	if v == nil {
		return "", 0, nil
	}
	b, err := json.Marshal(v)
	return string(b), ms(v.Until), err
}

// languageOf is the language of a locale in the form lists find it by.
func languageOf(locale string) string {
	l, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	return strings.ToLower(l)
}

// Lanes reads the threads of the keys with their open conversations and
// contacts; keys nobody wrote on yet come back with Fresh set and new ids.
// The result is in the order of keys.
func (c Scope) Lanes(ctx context.Context, keys []LaneKey) ([]*Lane, error) {
	return lanes(ctx, c.s, c.tenant, c.s.Now(), keys)
}

func lanes(ctx context.Context, r reader, tenant canon.ID, now time.Time, keys []LaneKey) ([]*Lane, error) {
	byAccount := map[canon.ID][][]byte{}
	type address struct {
		account canon.ID
		lane    string
	}
	keyOf := make(map[address]canon.ThreadKey, len(keys))
	for _, k := range keys {
		hash := LaneOf(k.Key)
		byAccount[k.Account] = append(byAccount[k.Account], hash)
		keyOf[address{k.Account, string(hash)}] = k.Key
	}
	found := make(map[address]*Lane, len(keys))
	all := make([]*Lane, 0, len(keys))
	for account, hashes := range byAccount {
		rows, err := listIn(ctx, r, scanKnownThread, "SELECT "+knownThreadCols+" FROM threads t WHERE t.tenant = $1 AND t.account = $2 AND t.lane IN (%s)",
			[]any{tenant, account}, hashes)
		if err != nil {
			return nil, fmt.Errorf("read threads: %w", err)
		}
		for _, row := range rows {
			row.thread.Account, row.thread.Key = account, keyOf[address{account, row.lane}]
			l := &Lane{Thread: row.thread, ReadPos: row.read}
			found[address{account, row.lane}] = l
			all = append(all, l)
		}
	}
	if err := fillLanes(ctx, r, tenant, all); err != nil {
		return nil, err
	}
	out := make([]*Lane, len(keys))
	var fresh []*Lane
	for i, k := range keys {
		a := address{k.Account, string(LaneOf(k.Key))}
		l := found[a]
		if l == nil {
			l = &Lane{Fresh: true, Thread: core.Thread{ID: canon.NewID(), Account: k.Account, Key: k.Key}}
			found[a] = l
			fresh = append(fresh, l)
		}
		out[i] = l
	}
	return out, freshLanes(ctx, r, tenant, now, fresh)
}

// fillLanes reads the conversations and contacts of known threads.
func fillLanes(ctx context.Context, r reader, tenant canon.ID, all []*Lane) error {
	var convs, contacts []canon.ID
	for _, l := range all {
		convs = append(convs, l.Thread.Conversation)
		contacts = append(contacts, l.Thread.Contact)
	}
	rounds, err := listIn(ctx, r, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id IN (%s)", []any{tenant}, uniqueIDs(convs))
	if err != nil {
		return fmt.Errorf("read conversations: %w", err)
	}
	people, err := listIn(ctx, r, scanPerson, "SELECT id, name, locale, seen FROM contacts WHERE tenant = $1 AND id IN (%s)", []any{tenant}, uniqueIDs(contacts))
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	byRound := make(map[canon.ID]*Round, len(rounds))
	for i := range rounds {
		byRound[rounds[i].ID] = &rounds[i]
	}
	byPerson := make(map[canon.ID]core.Contact, len(people))
	for _, p := range people {
		byPerson[p.ID] = p
	}
	for _, l := range all {
		l.Round = byRound[l.Thread.Conversation]
		l.Contact = byPerson[l.Thread.Contact]
	}
	return fillVisits(ctx, r, tenant, all)
}

func scanPerson(rows *sql.Rows) (core.Contact, error) {
	var p core.Contact
	var seen int64
	err := rows.Scan(&p.ID, &p.Name, &p.Locale, &seen)
	p.Seen = at(seen)
	return p, err
}

// freshLanes finds out whether the people of new threads are known already.
func freshLanes(ctx context.Context, r reader, tenant canon.ID, now time.Time, fresh []*Lane) error {
	for _, l := range fresh {
		peer := l.Thread.Key.Peer
		known, err := list(ctx, r, func(rows *sql.Rows) (core.Identity, error) {
			var i core.Identity
			err := rows.Scan(&i.ID, &i.Contact, &i.Name, &i.Verified)
			return i, err
		}, "SELECT id, contact, name, verified <> 0 FROM identities WHERE tenant = $1 AND account = $2 AND remote_id = $3", tenant, l.Thread.Account, string(peer))
		if err != nil {
			return fmt.Errorf("read identities: %w", err)
		}
		if len(known) > 0 {
			l.Identity = known[0]
			people, err := list(ctx, r, scanPerson, "SELECT id, name, locale, seen FROM contacts WHERE tenant = $1 AND id = $2", tenant, known[0].Contact)
			if err != nil {
				return fmt.Errorf("read contacts: %w", err)
			}
			if len(people) > 0 {
				l.Contact = people[0]
			}
		} else {
			l.FreshIdentity, l.FreshContact = true, true
			l.Contact = core.Contact{ID: canon.NewID(), Created: now, Updated: now}
			l.Identity = core.Identity{ID: canon.NewID(), Contact: l.Contact.ID, Created: now}
		}
		l.Identity.Account, l.Identity.RemoteID = l.Thread.Account, peer
		l.Thread.Identity, l.Thread.Contact = l.Identity.ID, l.Contact.ID
	}
	return nil
}

// LaneToBegin reads, inside a transaction, the lane of a key we write on first.
// The person of a new thread is the one the account knows by that name; one it
// does not know is the contact given, or a new one where none is.
func (t *Tx) LaneToBegin(ctx context.Context, key LaneKey, contact core.Contact) (*Lane, error) {
	all, err := lanes(ctx, t, t.tenant, t.Now(), []LaneKey{key})
	if err != nil {
		return nil, err
	}
	l := all[0]
	if l.FreshIdentity && !contact.ID.IsZero() {
		l.FreshContact, l.Contact = false, contact
		l.Identity.Contact, l.Identity.Name, l.Thread.Contact = contact.ID, contact.Name, contact.ID
	}
	return l, nil
}

// OpenLane is an open conversation with the key of its thread.
type OpenLane struct {
	Conversation core.Conversation // its id, owner and account alone
	Key          canon.ThreadKey
}

// OpenWith lists a contact's open conversations, newest first, at most 50.
func (c Scope) OpenWith(ctx context.Context, contact canon.ID) ([]OpenLane, error) {
	return openWith(ctx, c.s, c.tenant, contact)
}

// OpenWith is Scope.OpenWith inside the transaction.
func (t *Tx) OpenWith(ctx context.Context, contact canon.ID) ([]OpenLane, error) {
	return openWith(ctx, t, t.tenant, contact)
}

func openWith(ctx context.Context, r reader, tenant, contact canon.ID) ([]OpenLane, error) {
	out, err := list(ctx, r, func(rows *sql.Rows) (OpenLane, error) {
		var o OpenLane
		var status int64
		var key []byte
		v := &o.Conversation
		if err := rows.Scan(&v.ID, &v.Account, &status, &v.Owner.ID, &v.Owner.Team, &key); err != nil {
			return o, err
		}
		v.Contact, v.Owner.Kind = contact, statuses[status]
		return o, json.Unmarshal(key, &o.Key)
	}, `SELECT c.id, c.account, c.status, c.owner, c.team, t.key FROM conversations c JOIN threads t ON t.tenant = c.tenant AND t.id = c.thread
		WHERE c.tenant = $1 AND c.contact = $2 AND c.status < 3 ORDER BY c.id DESC LIMIT 50`, tenant, contact)
	if err != nil {
		return nil, fmt.Errorf("read open conversations: %w", err)
	}
	return out, nil
}

// LaneOfConversation reads, inside a transaction, the lane a conversation is
// on, with that conversation as its round even when it is closed.
func (t *Tx) LaneOfConversation(ctx context.Context, conversation canon.ID) (*Lane, error) {
	rounds, err := list(ctx, t, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", t.tenant, conversation)
	if err != nil {
		return nil, fmt.Errorf("read conversation: %w", err)
	}
	if len(rounds) == 0 {
		return nil, core.NotFound("conversation")
	}
	l, err := t.LaneOfThread(ctx, rounds[0].Thread)
	if err != nil {
		return nil, err
	}
	// The thread is locked now: read again what may have changed meanwhile.
	if l.Round == nil || l.Round.ID != conversation {
		if rounds, err = list(ctx, t, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", t.tenant, conversation); err != nil {
			return nil, fmt.Errorf("read conversation: %w", err)
		}
		l.Round = &rounds[0]
	}
	return l, nil
}

// LaneOfThread reads a lane inside a transaction and keeps others off it until
// the transaction ends.
func (t *Tx) LaneOfThread(ctx context.Context, thread canon.ID) (*Lane, error) {
	rows, err := list(ctx, t, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.id = $2 "+t.w.forUpdate(), t.tenant, thread)
	if err != nil {
		return nil, fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return nil, core.NotFound("thread")
	}
	l := &Lane{Thread: rows[0].thread, ReadPos: rows[0].read}
	return l, fillLanes(ctx, t, t.tenant, []*Lane{l})
}

// ContactOfPeer finds the contact behind a peer of an account.
func (c Scope) ContactOfPeer(ctx context.Context, account canon.ID, peer canon.RemoteID) (canon.ID, bool, error) {
	all, err := list(ctx, c.s, scalar[canon.ID], "SELECT contact FROM identities WHERE tenant = $1 AND account = $2 AND remote_id = $3", c.tenant, account, string(peer))
	if err != nil {
		return canon.ID{}, false, fmt.Errorf("read identities: %w", err)
	}
	if len(all) == 0 {
		return canon.ID{}, false, nil
	}
	return all[0], true, nil
}
