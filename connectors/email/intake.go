package email

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"

	"parley/core/canon"
	"parley/core/connector"
)

// Bounds of one batch: what is read before it is committed.
const (
	batchMails = 25
	batchBytes = 4 << 20
	// maxTries is how often reading one mail may break the session before a
	// note stands in for it.
	maxTries = 4
	// heavyBytes is from where on a mail is read by few mailboxes at a time:
	// reading takes some three times its size in memory.
	heavyBytes = 2 << 20
	heavyMails = 2
)

// intake reads what is new in the open mailbox and commits it.
type intake struct {
	conn    *conn
	session *session
	sink    connector.Sink
	at      cursor
}

// open selects the mailbox and checks that its numbers still mean the same.
func (in *intake) open(ctx context.Context) error {
	m, err := in.session.open(ctx, in.conn.settings.Mailbox, true)
	if err != nil {
		return err
	}
	if in.at.Validity != m.validity {
		in.at = in.at.renumbered(m.validity)
	}
	return nil
}

// catchUp reads, oldest first, until nothing is left.
func (in *intake) catchUp(ctx context.Context) error {
	for {
		select {
		case <-in.session.news: // what it announced is about to be listed
		default:
		}
		listed, err := in.list(ctx)
		if err != nil {
			return err
		}
		in.at = in.at.listed(listed)
		todo := in.at.wants(listed)
		if len(todo) == 0 {
			return nil
		}
		for len(todo) > 0 {
			n, err := in.batch(ctx, todo[:min(len(todo), batchMails)])
			if err != nil {
				return err
			}
			todo = todo[n:]
		}
	}
}

// list asks for UIDs behind the cursor, and for those missing lately. Until a
// first mail is behind us, what came before the mailbox was linked is left out.
func (in *intake) list(ctx context.Context) ([]uint32, error) {
	set := imap.UIDSet{imap.UIDRange{Start: imap.UID(in.at.UID + 1)}} // to "*"
	for _, g := range in.at.Gaps {
		set = append(set, imap.UIDRange{Start: imap.UID(g.UID), Stop: imap.UID(g.UID)})
	}
	criteria := &imap.SearchCriteria{UID: []imap.UIDSet{set}}
	if in.at.UID == 0 {
		// Whole days, in the server's zone: one more keeps on the safe side.
		criteria.Since = in.at.Since.AddDate(0, 0, -1)
	}
	return in.session.search(ctx, criteria)
}

// sized is a mail of a batch, before it is read.
type sized struct {
	uid      uint32
	size     int64
	received time.Time
}

// batch reads a first part of uids and commits it with the cursor. It returns
// how many it dealt with.
func (in *intake) batch(ctx context.Context, uids []uint32) (int, error) {
	found, err := in.sizes(ctx, uids)
	if err != nil {
		return 0, err
	}
	var envelopes []canon.Envelope
	var handled []uint32
	total := int64(0)
	for _, uid := range uids {
		mail, there := found[uid]
		if there && total > 0 && total+mail.size > batchBytes {
			break
		}
		handled = append(handled, uid)
		if !there || in.at.before(mail.received) {
			continue // deleted meanwhile, or older than the link
		}
		total += mail.size
		env, skip, err := in.read(ctx, mail)
		if err != nil {
			return 0, err
		}
		if !skip {
			envelopes = append(envelopes, env)
		}
	}
	next := in.at.advance(handled, in.conn.env.Clock())
	if err := in.sink.Commit(ctx, envelopes, connector.Cursors{in.conn.settings.Mailbox: next.String()}); err != nil {
		return 0, err
	}
	in.at = next
	return len(handled), nil
}

// sizes asks how large mails are before any is read.
func (in *intake) sizes(ctx context.Context, uids []uint32) (map[uint32]sized, error) {
	found := make(map[uint32]sized, len(uids))
	dates := in.conn.datesReadable()
	err := guarded(ctx, in.session.net, replyTimeout*2, func() error {
		cmd := in.session.client.Fetch(uidSet(uids...), &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: dates})
		msgs, err := cmd.Collect()
		for _, m := range msgs {
			found[uint32(m.UID)] = sized{uint32(m.UID), m.RFC822Size, m.InternalDate}
		}
		return err
	})
	if err != nil {
		if dates && ctx.Err() == nil && !errors.Is(err, errTimeout) {
			in.conn.dropDates() // a date the library cannot read ends the session
		}
		return nil, imapFailed("fetch", err)
	}
	return found, nil
}

func (c *conn) datesReadable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.noDates
}

func (c *conn) dropDates() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noDates = true
}

// read brings one mail and makes an envelope of it. A mail that broke the
// session several times is read by its headers only, and at last not at all:
// one mail never stops a mailbox.
func (in *intake) read(ctx context.Context, m sized) (env canon.Envelope, skip bool, err error) {
	c := in.conn
	tries := c.begin(m.uid)
	at := position{validity: in.at.Validity, uid: m.uid, size: m.size, received: m.received}
	var raw []byte
	whole := m.size <= c.settings.MaxBytes && tries < maxTries
	if m.size > heavyBytes {
		select {
		case c.heavy <- struct{}{}:
			defer func() { <-c.heavy }()
		case <-ctx.Done():
			return canon.Envelope{}, false, ctx.Err()
		}
	}
	switch {
	case whole:
		raw, whole, err = in.session.body(ctx, m.uid, c.settings.MaxBytes)
	case tries < 2*maxTries:
		raw, err = in.session.head(ctx, m.uid)
	}
	if err == nil && raw == nil && tries < 2*maxTries && m.size <= c.settings.MaxBytes {
		c.done(m.uid)
		return canon.Envelope{}, true, nil // deleted meanwhile
	}
	var no *imap.Error
	if errors.As(err, &no) && tries >= 2 {
		raw, err = nil, nil // the server itself cannot read it
	}
	if err != nil {
		return canon.Envelope{}, false, imapFailed("fetch", err)
	}
	switch {
	case !whole && m.size > c.settings.MaxBytes:
		env = c.oversize(ctx, raw, at)
	case !whole:
		env = c.unreadable(ctx, raw, at, errors.New("the mail server could not hand the mail over"))
	case in.at.old(m.uid, raw):
		skip = true
	default:
		env = c.decode(ctx, raw, at)
	}
	c.done(m.uid)
	return env, skip, nil
}

// begin counts a try at a mail before it is made, so that a mail that brings
// the session down is known on the next one; done forgets it.
func (c *conn) begin(uid uint32) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries[uid]++
	return c.tries[uid] - 1
}

func (c *conn) done(uid uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tries, uid)
}
