package mail

import (
	"crypto/subtle"
	"errors"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// reading is one IMAP connection.
type reading struct {
	*imapmemserver.UserSession // nil until somebody signed in

	server *Server
	conn   net.Conn
	who    *account
}

var (
	_ imapserver.SessionIMAP4rev2 = (*reading)(nil)
	_ imapserver.SessionSASL      = (*tokenReading)(nil)
)

// tokenReading is one where access tokens open mailboxes, too.
type tokenReading struct{ *reading }

// AuthenticateMechanisms lists them.
func (r *tokenReading) AuthenticateMechanisms() []string { return []string{sasl.Plain, bearer} }

// Authenticate signs in by one of them.
func (r *tokenReading) Authenticate(mech string) (sasl.Server, error) {
	switch mech {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, name, password string) error { return r.Login(name, password) }), nil
	case bearer:
		return tokenServer(func(name, token string) error {
			a := r.server.account(name)
			if a == nil || !r.server.options.Consent.Opens(a.Address, token) {
				return imapserver.ErrAuthFailed
			}
			r.enter(a)
			return nil
		}), nil
	}
	return nil, errors.New("no such mechanism")
}

// bearer is how Google and Microsoft call signing in with an access token.
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
const bearer = "XOAUTH2"

// tokenServer reads such a sign-in.
type tokenServer func(name, token string) error

// Next takes the whole of it at once.
func (t tokenServer) Next(said []byte) (challenge []byte, done bool, err error) {
	if said == nil {
		return []byte{}, false, nil
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(string(said), "user="), "\x01")
	token, _, _ := strings.Cut(strings.TrimPrefix(rest, "auth=Bearer "), "\x01")
	return nil, true, t(name, token)
}

// Login signs in by the password of now.
func (r *reading) Login(name, password string) error {
	a := r.server.account(name)
	if a == nil || !r.server.opens(a, password) {
		return imapserver.ErrAuthFailed
	}
	r.enter(a)
	return nil
}

func (r *reading) enter(a *account) {
	r.UserSession, r.who = imapmemserver.NewUserSession(a.box), a
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	a.open[r.conn] = true
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
	a.cut()
}

// TakeBack is the owner of a mailbox who takes back what they let programs do; it
// ends the connections to it.
func (s *Server) TakeBack(address string) {
	a := s.account(address)
	s.options.Consent.Revoke(a.Address)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.cut()
}

func (a *account) cut() {
	for c := range a.open {
		_ = c.Close() // its session ends as one that was cut
	}
}
