package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// User is one mailbox. The address is the user name as well.
type User struct {
	Address  string
	Password string
}

// Options are how the provider behaves; the zero value behaves well.
type Options struct {
	// FilesSent puts what a user submits into that user's Sent mailbox, as
	// Gmail and Outlook do.
	FilesSent bool
	// MaxBytes is the largest mail taken; 0 means 25 MB.
	MaxBytes int64
	// Consent is where owners of mailboxes let programs in, which then sign in with
	// its tokens; nil: by password alone.
	Consent *Consent
	// Clock dates deliveries; nil is the system's.
	Clock func() time.Time
}

// Server is a running provider. Safe for concurrent use.
type Server struct {
	IMAPAddr string // host:port on loopback, without TLS
	SMTPAddr string

	options Options
	imap    *imapserver.Server
	smtp    *smtp.Server

	mu     sync.Mutex
	users  map[string]*account
	sent   []Sent
	refuse func(Sent) error
}

type account struct {
	User
	box  *imapmemserver.User
	seen map[string]bool // Message-IDs delivered, to tell a repetition
	open map[net.Conn]bool
}

// Sent is a mail that was submitted.
type Sent struct {
	From, To string
	Raw      []byte
	// Again says that the recipient already had a mail of this Message-ID, which
	// mail programs show once.
	Again bool
}

// Start starts a provider on free ports. It ends with ctx, or by Close.
func Start(ctx context.Context, options Options, users ...User) (*Server, error) {
	if options.MaxBytes == 0 {
		options.MaxBytes = 25 << 20
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	s := &Server{options: options, users: map[string]*account{}}
	for _, u := range users {
		if err := s.Add(u); err != nil {
			return nil, err
		}
	}
	quiet := log.New(io.Discard, "", 0)
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			r := &reading{server: s, conn: c.NetConn()}
			if options.Consent != nil {
				return &tokenReading{r}, nil, nil
			}
			return r, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapNamespace: {}},
		Logger:       quiet,
		InsecureAuth: true,
	})
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &submission{server: s}, nil }))
	s.smtp.Domain = "localhost"
	s.smtp.AllowInsecureAuth = true
	s.smtp.MaxMessageBytes = options.MaxBytes
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = 5*time.Minute, time.Minute
	s.smtp.ErrorLog = quiet

	var err error
	if s.IMAPAddr, err = s.serve("IMAP", s.imap.Serve); err != nil {
		return nil, err
	}
	if s.SMTPAddr, err = s.serve("SMTP", s.smtp.Serve); err != nil {
		s.imap.Close()
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func (s *Server) serve(what string, serve func(net.Listener) error) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("start the emulated %s server: %w", what, err)
	}
	go serve(l) // returns when the server is closed
	return l.Addr().String(), nil
}

// Close ends both servers and every connection.
func (s *Server) Close() error { return errors.Join(s.imap.Close(), s.smtp.Close()) }

// Add makes a mailbox with the folders people have.
func (s *Server) Add(u User) error {
	u.Address = strings.ToLower(u.Address)
	box := imapmemserver.NewUser(u.Address, u.Password)
	if err := s.renumber(box); err != nil {
		return fmt.Errorf("make the mailboxes of %s: %w", u.Address, err)
	}
	for _, name := range []string{"INBOX", "Sent", "Drafts", "Trash"} {
		if err := box.Create(name, nil); err != nil {
			return fmt.Errorf("make the mailbox %s of %s: %w", name, u.Address, err)
		}
	}
	s.mu.Lock()
	s.users[u.Address] = &account{User: u, box: box, seen: map[string]bool{}, open: map[net.Conn]bool{}}
	s.mu.Unlock()
	return nil
}

// renumber gives the mailboxes of this start another UIDVALIDITY than those of
// the last one, as their UIDs begin at 1 again. The library counts mailboxes
// made, from 1; that is the only way to reach its number.
func (s *Server) renumber(box *imapmemserver.User) error {
	for range s.options.Clock().Unix() / 5 % 20_000 {
		if err := box.Create("passing", nil); err != nil {
			return err
		}
		if err := box.Delete("passing"); err != nil {
			return err
		}
	}
	return nil
}

// Refuse makes the provider answer submitted mails with an error, such as a
// *smtp.SMTPError, where refuse returns one; nil ends it.
func (s *Server) Refuse(refuse func(Sent) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

// Sent lists the mails submitted and taken, oldest first.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent(nil), s.sent...)
}

// Deliver puts a mail into the INBOX of a user, as it is.
func (s *Server) Deliver(address string, raw []byte) error {
	a := s.account(address)
	if a == nil {
		return fmt.Errorf("deliver to %s: no such mailbox", address)
	}
	_, err := a.box.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: s.options.Clock()})
	return err
}

// account finds a mailbox, with or without a +tag.
func (s *Server) account(address string) *account {
	address = strings.ToLower(address)
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[local+"@"+domain]
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }
