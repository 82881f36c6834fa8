package email

import (
	"context"
	"sync"
	"time"
)

// sideIdle is how long the second session is kept after its last use.
const sideIdle = 45 * time.Second

// side is the second IMAP session of a mailbox, for what must not wait for the
// first to end its IDLE: files, the Sent mailbox, read marks. Its jobs run one
// at a time: providers allow few connections.
type side struct {
	conn *conn

	mu      sync.Mutex // held during a job
	session *session
	timer   *time.Timer
	// letter is the mail whose files were fetched last: they are wanted one
	// after the other, and come with the mail as a whole.
	letter *fetched
}

// do runs a job in the named mailbox ("" for none). A session that had gone
// stale is replaced once.
func (s *side) do(ctx context.Context, mailbox string, readOnly bool, job func(*session, mailbox) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	defer s.restAfter(sideIdle)
	reused := s.session != nil && s.session.alive()
	err := s.try(ctx, mailbox, readOnly, job)
	if err != nil && reused && ctx.Err() == nil && (s.session == nil || !s.session.alive()) {
		err = s.try(ctx, mailbox, readOnly, job)
	}
	return err
}

func (s *side) try(ctx context.Context, name string, readOnly bool, job func(*session, mailbox) error) error {
	if s.session != nil && !s.session.alive() {
		s.drop()
	}
	if s.session == nil {
		session, err := s.conn.login(ctx)
		if err != nil {
			return err
		}
		s.session = session
	}
	var m mailbox
	if name != "" {
		var err error
		if m, err = s.session.open(ctx, name, readOnly); err != nil {
			if !s.session.alive() {
				s.drop()
			}
			return err
		}
	}
	err := job(s.session, m)
	if err != nil && !s.session.alive() {
		s.drop()
	}
	return err
}

func (s *side) drop() {
	if s.session != nil {
		s.session.net.Close()
		s.session = nil
	}
}

// restAfter hangs up when nobody came back.
func (s *side) restAfter(d time.Duration) {
	s.timer = time.AfterFunc(d, s.close)
}

func (s *side) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letter = nil
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.session != nil {
		s.session.close()
		s.session = nil
	}
}
