package mail

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// submission is one SMTP connection.
type submission struct {
	server *Server
	user   *account // signed in, or nil: any mail exchanger may deliver
	from   string
	to     []string
}

func (c *submission) AuthMechanisms() []string {
	if c.server.options.Consent != nil {
		return []string{sasl.Plain, bearer}
	}
	return []string{sasl.Plain}
}

func (c *submission) Auth(mech string) (sasl.Server, error) {
	if mech == bearer {
		return tokenServer(func(name, token string) error {
			a := c.server.account(name)
			return c.enter(a, a != nil && c.server.options.Consent.Opens(a.Address, token))
		}), nil
	}
	return sasl.NewPlainServer(func(_, name, password string) error {
		a := c.server.account(name)
		return c.enter(a, a != nil && c.server.opens(a, password))
	}), nil
}

func (c *submission) enter(a *account, opens bool) error {
	if !opens {
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
	}
	c.user = a
	return nil
}

// Mail begins a mail. Who signed in may send as itself only.
func (c *submission) Mail(from string, _ *smtp.MailOptions) error {
	if c.user != nil && c.server.account(from) != c.user {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender address is not yours"}
	}
	c.from = from
	return nil
}

func (c *submission) Rcpt(to string, _ *smtp.RcptOptions) error {
	if c.server.account(to) == nil {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	}
	c.to = append(c.to, to)
	return nil
}

func (c *submission) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range c.to {
		if err := c.server.submit(c.from, to, raw); err != nil {
			return err
		}
	}
	if c.server.options.FilesSent && c.user != nil {
		options := &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: c.server.options.Clock()}
		if _, err := c.user.box.Append("Sent", literal{bytes.NewReader(raw)}, options); err != nil {
			return err
		}
	}
	return nil
}

func (c *submission) Reset()        { c.from, c.to = "", nil }
func (c *submission) Logout() error { return nil }

// submit takes one mail for one recipient.
func (s *Server) submit(from, to string, raw []byte) error {
	sent := Sent{From: from, To: to, Raw: raw}
	a := s.account(to)
	id := messageID(raw)
	s.mu.Lock()
	refuse := s.refuse
	sent.Again = id != "" && a.seen[id]
	s.mu.Unlock()
	if refuse != nil {
		if err := refuse(sent); err != nil {
			return err
		}
	}
	path := fmt.Sprintf("Return-Path: <%s>\r\nDelivered-To: %s\r\n", from, to)
	if err := s.Deliver(to, append([]byte(path), raw...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.seen[id] = true
	s.sent = append(s.sent, sent)
	return nil
}

func messageID(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(m.Header.Get("Message-Id"))
}
