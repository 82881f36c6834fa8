package mail

import (
	"crypto/subtle"
	"net"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// reading is one IMAP connection.
type reading struct {
	*imapmemserver.UserSession // nil until somebody signed in

	server *Server
	conn   net.Conn
	who    *account
}

var _ imapserver.SessionIMAP4rev2 = (*reading)(nil)

// Login signs in by the password of now.
func (r *reading) Login(name, password string) error {
	a := r.server.account(name)
	if a == nil || !r.server.opens(a, password) {
		return imapserver.ErrAuthFailed
	}
	r.UserSession, r.who = imapmemserver.NewUserSession(a.box), a
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	a.open[r.conn] = true
	return nil
}

// Close ends it.
func (r *reading) Close() error {
	if r.who != nil {
		r.server.mu.Lock()
		delete(r.who.open, r.conn)
		r.server.mu.Unlock()
	}
	return r.UserSession.Close()
}

// opens tells whether a password is the mailbox's.
func (s *Server) opens(a *account, password string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return subtle.ConstantTimeCompare([]byte(password), []byte(a.Password)) == 1
}

// SetPassword changes the password of a mailbox, and ends the connections that
// were opened with the one before.
func (s *Server) SetPassword(address, password string) {
	a := s.account(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.Password = password
	for c := range a.open {
		_ = c.Close() // its session ends as one that was cut
	}
}
