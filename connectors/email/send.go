package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/net/idna"

	"parley/connectors/email/letter"
	"parley/core/canon"
	"parley/core/connector"
)

// submitTimeout is how long a server may think about a mail it has been given
// whole (RFC 5321 §4.5.3.2.6 says ten minutes).
const submitTimeout = 10 * time.Minute

// Send sends one mail. Until the final dot has left nothing was accepted; if the
// connection breaks between the dot and the answer, nobody knows.
func (c *conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	if r.Op != connector.OpPost {
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: "op", Shown: connector.Text{
			EN: "A mail that was sent cannot be changed or taken back.", ZH: "已发送的邮件无法修改或撤回。",
		}}
	}
	if r.Sender.Kind != "agent" {
		if err := c.countAnswer(ctx, r.Thread, c.answers(ctx, r).ID); err != nil {
			return connector.Receipt{}, err
		}
	}
	d, err := c.compose(ctx, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	client, conn, err := c.submitter(ctx)
	if err != nil {
		return connector.Receipt{}, err
	}
	defer conn.Close()
	if err := c.submit(ctx, client, conn, d); err != nil {
		return connector.Receipt{}, err
	}
	_ = guarded(ctx, conn, 2*time.Second, client.Quit) // it has the mail: how it says goodbye changes nothing
	return connector.Receipt{RemoteID: canon.RemoteID(d.id), State: canon.Sent}, nil
}

// submitter opens a signed-in SMTP session.
func (c *conn) submitter(ctx context.Context) (client *smtp.Client, conn net.Conn, err error) {
	err = c.withToken(func() error {
		var err error
		if client, conn, err = c.connectSMTP(ctx); err != nil {
			return err
		}
		if err := c.authSMTP(ctx, client, conn); err != nil {
			conn.Close()
			return err
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return client, conn, nil
}

func (c *conn) connectSMTP(ctx context.Context) (*smtp.Client, net.Conn, error) {
	to := c.settings.SMTP
	conn, err := c.dial(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	var client *smtp.Client
	err = guarded(ctx, conn, replyTimeout, func() (err error) {
		if to.security == "starttls" {
			if client, err = smtp.NewClientStartTLS(conn, c.settings.tls(to)); err != nil {
				var refused *smtp.SMTPError
				if !errors.As(err, &refused) {
					return tlsFailed(to, err)
				}
				return err
			}
		} else {
			client = smtp.NewClient(conn)
		}
		client.CommandTimeout, client.SubmissionTimeout = replyTimeout, submitTimeout
		return client.Hello(helloName(c.settings.Address))
	})
	if err != nil {
		conn.Close()
		return nil, nil, smtpFailed("greeting", err)
	}
	return client, conn, nil
}

// helloName is how we call ourselves: the mailbox's domain says more than the
// name of a machine behind a firewall, and tells nothing of the network.
func helloName(addr string) string {
	if d := letter.Domain(addr); d != "" {
		return d
	}
	return "localhost"
}

func (c *conn) authSMTP(ctx context.Context, client *smtp.Client, conn net.Conn) error {
	if c.settings.SMTPUser == noUser {
		return nil
	}
	var how sasl.Client
	switch {
	case c.settings.OAuth != nil:
		token, err := c.token(ctx)
		if err != nil {
			return err
		}
		how = xoauth2{c.settings.SMTPUser, token}
	case !client.SupportsAuth(sasl.Plain) && client.SupportsAuth("LOGIN"):
		how = plainLogin{c.settings.SMTPUser, c.settings.SMTPPass}
	default:
		how = sasl.NewPlainClient("", c.settings.SMTPUser, c.settings.SMTPPass)
	}
	if err := guarded(ctx, conn, replyTimeout, func() error { return client.Auth(how) }); err != nil {
		return c.notTaken(ctx, smtpAuthFailed(err))
	}
	return nil
}

// submit hands a mail over.
func (c *conn) submit(ctx context.Context, client *smtp.Client, conn net.Conn, d *draft) error {
	if limit, ok := client.MaxMessageSize(); ok && limit > 0 && d.size > int64(limit) {
		return tooLarge(int64(limit))
	}
	step := func(name string, timeout time.Duration, do func() error) error {
		if err := guarded(ctx, conn, timeout, do); err != nil {
			return smtpFailed(name, err)
		}
		return nil
	}
	from, to := wireAddress(c.settings.Address), wireAddress(d.to)
	options := &smtp.MailOptions{Size: d.size, UTF8: !ascii(from) || !ascii(to)}
	if able, _ := client.Extension("SMTPUTF8"); options.UTF8 && !able {
		return &connector.Error{Class: connector.Invalid, Code: "smtputf8", Scope: connector.ScopeThread, Shown: connector.Text{
			EN: "The provider cannot send to the address " + d.to + ", which is not written in ASCII.",
			ZH: "服务商不支持向非 ASCII 地址 " + d.to + " 发信。",
		}}
	}
	if err := step("mail", replyTimeout, func() error { return client.Mail(from, options) }); err != nil {
		return err
	}
	if err := step("rcpt", replyTimeout, func() error { return client.Rcpt(to, nil) }); err != nil {
		return err
	}
	var body *smtp.DataCommand
	if err := step("data", replyTimeout, func() (err error) { body, err = client.Data(); return err }); err != nil {
		return err
	}
	// Without the final dot the server must drop what it got: hanging up is how
	// a mail is given up half way.
	if err := step("body", bodyTimeout, func() error { _, err := d.writeTo(body); return err }); err != nil {
		return err
	}
	err := guarded(ctx, conn, submitTimeout, body.Close)
	var refused *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return smtpFailed("dot", err)
	}
	return &connector.Error{Class: connector.Uncertain, Code: "smtp_dot", Err: fmt.Errorf("after the mail was handed over: %w", err), Shown: connector.Text{
		EN: "The mail was handed over, but the server's answer did not come.",
		ZH: "邮件已提交，但未收到服务器的确认。",
	}}
}

// wireAddress is an address as SMTP wants it: the domain in ASCII.
func wireAddress(addr string) string {
	i := strings.LastIndexByte(addr, '@')
	domain, err := idna.Lookup.ToASCII(addr[i+1:])
	if i < 0 || err != nil {
		return addr
	}
	return addr[:i+1] + domain
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
