package email

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"

	"parley/core/connector"
)

// idleLook is how often the mailbox is listed although the server would tell:
// announcements have been lost, and a dead connection shows only when used.
const idleLook = 5 * time.Minute

// leaveIdle is how long a server may take to end an IDLE.
const leaveIdle = 10 * time.Second

// Run takes in the mailbox until ctx ends or the link fails.
func (c *conn) Run(ctx context.Context, from connector.Cursors, wakes <-chan connector.Wake, sink connector.Sink) error {
	err := c.run(ctx, from, wakes, sink)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *connector.Error
	if errors.As(err, &e) {
		health := connector.HealthPoor
		if e.Class == connector.NeedsLogin || e.Class == connector.Invalid {
			health = connector.HealthBad
		}
		c.state(connector.State{Health: health, Code: e.Code, Text: troubleText, Remedy: e.Shown})
	}
	return err
}

var (
	troubleText = connector.Text{EN: "The mailbox cannot be read.", ZH: "无法读取邮箱。"}
	goodText    = connector.Text{EN: "The mailbox is being read.", ZH: "邮箱接收正常。"}
)

// quietAfter is how long a session must have rested for its end to be no
// trouble: many servers hang up on those who only wait.
const quietAfter = time.Minute

func (c *conn) run(ctx context.Context, from connector.Cursors, wakes <-chan connector.Wake, sink connector.Sink) error {
	in := &intake{conn: c, sink: sink}
	in.at = readCursor(from[c.settings.Mailbox], c.born.Add(-c.settings.Backfill).UTC().Truncate(time.Second))
	for {
		rested, err := c.sit(ctx, in, wakes)
		if ctx.Err() != nil || rested < quietAfter {
			return err
		}
	}
}

// sit serves the mailbox over one session. rested is how long it last waited
// before the server hung up; 0 for any other end.
func (c *conn) sit(ctx context.Context, in *intake, wakes <-chan connector.Wake) (rested time.Duration, err error) {
	s, err := c.login(ctx)
	if err != nil {
		return 0, err
	}
	defer s.close()
	in.session = s
	if err := in.open(ctx); err != nil {
		return 0, err
	}
	for {
		if err := in.catchUp(ctx); err != nil {
			return 0, err
		}
		c.state(connector.State{Health: connector.HealthGood, Code: "ok", Text: goodText})
		begun := c.env.Clock()
		if err := c.rest(ctx, s, wakes); err != nil {
			return c.env.Clock().Sub(begun), err
		}
	}
}

// rest waits until there may be something new.
func (c *conn) rest(ctx context.Context, s *session, wakes <-chan connector.Wake) error {
	if !s.caps.Has(imap.CapIdle) {
		if err := waitFor(ctx, s, wakes, c.settings.Poll); err != nil {
			return err
		}
		err := guarded(ctx, s.net, replyTimeout, func() error { return s.client.Noop().Wait() })
		if err != nil {
			return imapFailed("noop", err)
		}
		return nil
	}
	var stop func() error
	err := guarded(ctx, s.net, replyTimeout, func() error {
		idle, err := s.client.Idle()
		if err != nil {
			return err
		}
		stop = func() error {
			if err := idle.Close(); err != nil {
				return err
			}
			return idle.Wait()
		}
		return nil
	})
	if err != nil {
		return imapFailed("idle", err)
	}
	waited := waitFor(ctx, s, wakes, max(idleLook, c.settings.Poll))
	// Also when ctx has ended: a session that rests in IDLE cannot say goodbye.
	if err := guarded(context.WithoutCancel(ctx), s.net, leaveIdle, stop); err != nil && waited == nil {
		return imapFailed("idle", err)
	}
	return waited
}

// waitFor returns when the server, the hub or the clock says to look, and with
// an error when the connection or the context has ended.
func waitFor(ctx context.Context, s *session, wakes <-chan connector.Wake, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.client.Closed():
			return imapFailed("idle", errors.New("the server closed the connection"))
		case _, open := <-wakes:
			if !open {
				wakes = nil
				continue
			}
			return nil
		case <-s.news:
			return nil
		case <-timer.C:
			return nil
		}
	}
}
