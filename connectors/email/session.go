package email

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"parley/core/connector"
)

// session is one signed-in IMAP connection. Not safe for concurrent use.
type session struct {
	net    net.Conn
	client *imapclient.Client
	caps   imap.CapSet
	// news holds a mark when the server said that the mailbox changed.
	news chan struct{}
}

// login dials, secures and signs in. Its errors are *connector.Error with the
// step that failed in Code; only a refusal of the credentials is NeedsLogin.
func (c *conn) login(ctx context.Context) (s *session, err error) {
	err = c.withToken(func() error {
		var err error
		if s, err = c.connectIMAP(ctx); err != nil {
			return err
		}
		if err := c.signIn(ctx, s); err != nil {
			s.net.Close()
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// connectIMAP brings a session up to the point of signing in.
func (c *conn) connectIMAP(ctx context.Context) (*session, error) {
	to := c.settings.IMAP
	conn, err := c.dial(ctx, to)
	if err != nil {
		return nil, err
	}
	s := &session{net: conn, news: make(chan struct{}, 1)}
	options := &imapclient.Options{
		TLSConfig: c.settings.tls(to),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: func(m *imapclient.UnilateralDataMailbox) {
				if m.NumMessages != nil {
					select {
					case s.news <- struct{}{}:
					default:
					}
				}
			},
		},
	}
	err = guarded(ctx, conn, replyTimeout, func() (err error) {
		if to.security == "starttls" {
			if s.client, err = imapclient.NewStartTLS(conn, options); err != nil {
				return tlsFailed(to, err)
			}
		} else {
			s.client = imapclient.New(conn, options)
		}
		if err := s.client.WaitGreeting(); err != nil {
			return err
		}
		if s.caps = s.client.Caps(); s.caps == nil {
			return errors.New("the server does not tell its capabilities")
		}
		return nil
	})
	if err != nil {
		conn.Close()
		return nil, imapFailed("greeting", err)
	}
	return s, nil
}

func (c *conn) signIn(ctx context.Context, s *session) error {
	token := ""
	if c.settings.OAuth != nil {
		var err error
		if token, err = c.token(ctx); err != nil {
			return err
		}
	} else if s.caps.Has(imap.CapLoginDisabled) && !s.caps.Has(imap.AuthCap("PLAIN")) {
		return &connector.Error{Class: connector.NeedsLogin, Code: "login_disabled", Scope: connector.ScopeLink,
			Err: errors.New("the server advertises LOGINDISABLED"),
			Shown: connector.Text{
				EN: "The server takes no password on this connection. Choose TLS or STARTTLS as encryption.",
				ZH: "服务器不接受在此连接上使用密码登录。请将加密方式改为 TLS 或 STARTTLS。",
			}}
	}
	err := guarded(ctx, s.net, replyTimeout, func() error {
		switch {
		case token != "":
			return s.client.Authenticate(xoauth2{c.settings.IMAPUser, token})
		case s.caps.Has(imap.CapLoginDisabled):
			return s.client.Authenticate(sasl.NewPlainClient("", c.settings.IMAPUser, c.settings.IMAPPass))
		}
		return s.client.Login(c.settings.IMAPUser, c.settings.IMAPPass).Wait()
	})
	if err != nil {
		return c.notTaken(ctx, loginFailed(err))
	}
	err = guarded(ctx, s.net, replyTimeout, func() error {
		if caps := s.client.Caps(); caps != nil {
			s.caps = caps
		}
		return nil
	})
	if err != nil {
		return imapFailed("capability", err)
	}
	return c.introduce(ctx, s)
}

// introduce tells the server who we are, without which 163, 126 and their kin
// refuse to open a mailbox ("Unsafe Login"). The library cannot read every
// answer to it and drops the connection then; the next session goes without.
func (c *conn) introduce(ctx context.Context, s *session) error {
	c.mu.Lock()
	skip := c.noID
	c.mu.Unlock()
	if skip || !s.caps.Has(imap.CapID) {
		return nil
	}
	err := guarded(ctx, s.net, replyTimeout, func() error {
		_, err := s.client.ID(&imap.IDData{Name: "Parley", Version: "1.0", Vendor: "Parley"}).Wait()
		return err
	})
	var refused *imap.Error
	if err == nil || errors.As(err, &refused) {
		return nil
	}
	if ctx.Err() == nil {
		c.mu.Lock()
		c.noID = true
		c.mu.Unlock()
	}
	return imapFailed("id", err)
}

// mailbox is what SELECT told.
type mailbox struct {
	validity uint32
	count    uint32
}

func (s *session) open(ctx context.Context, name string, readOnly bool) (mailbox, error) {
	var m mailbox
	err := guarded(ctx, s.net, replyTimeout, func() error {
		data, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		if err == nil {
			m = mailbox{data.UIDValidity, data.NumMessages}
		}
		return err
	})
	if err != nil {
		return m, openFailed(name, err)
	}
	return m, nil
}

// search returns the UIDs that fit, ascending.
func (s *session) search(ctx context.Context, criteria *imap.SearchCriteria) ([]uint32, error) {
	var uids []uint32
	err := guarded(ctx, s.net, replyTimeout*3, func() error {
		// Without RETURN: servers that advertise ESEARCH and refuse it exist.
		data, err := s.client.UIDSearch(criteria, nil).Wait()
		if err != nil {
			return err
		}
		for _, uid := range data.AllUIDs() {
			uids = append(uids, uint32(uid))
		}
		return nil
	})
	if err != nil {
		return nil, imapFailed("search", err)
	}
	return uids, nil
}

// byMessageID finds mails of the open mailbox by their Message-ID.
func (s *session) byMessageID(ctx context.Context, id string) ([]uint32, error) {
	return s.search(ctx, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}})
}

// close says goodbye if the server listens, and hangs up.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = guarded(ctx, s.net, 2*time.Second, func() error { return s.client.Logout().Wait() })
	s.net.Close()
}

// alive reports whether the connection has not been closed by the other side.
func (s *session) alive() bool {
	select {
	case <-s.client.Closed():
		return false
	default:
		return true
	}
}
