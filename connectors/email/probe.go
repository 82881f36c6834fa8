package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"parley/core/connector"
)

// Probe tests the settings step by step, both ways. It changes nothing and
// sends no mail.
func (c *conn) Probe(ctx context.Context, step func(connector.Check)) error {
	return errors.Join(c.probeIMAP(ctx, step), c.probeSMTP(ctx, step))
}

// measured runs one step and reports it as a line.
func measured(step func(connector.Check), name connector.Text, do func() (detail connector.Text, err error)) error {
	begun := time.Now()
	detail, err := do()
	line := connector.Check{Name: name, OK: err == nil, Detail: detail, Took: time.Since(begun)}
	if err != nil {
		line.Detail = connector.Text{EN: cause(err), ZH: cause(err)}
		line.Remedy = connector.AsError(err).Shown
	}
	step(line)
	return err
}

// cause is the innermost words of an error, which name no credential.
func cause(err error) string {
	var e *connector.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}

func where(s server) connector.Text {
	at := s.host + ":" + strconv.Itoa(s.port)
	switch s.security {
	case "none":
		return connector.Text{EN: at + ", not encrypted", ZH: at + "，未加密"}
	case "starttls":
		return connector.Text{EN: at + ", STARTTLS", ZH: at + "，STARTTLS"}
	}
	return connector.Text{EN: at + ", TLS", ZH: at + "，TLS"}
}

// reach dials and, where TLS comes first, starts it: two lines, so that a wrong
// port is told from a wrong certificate.
func (c *conn) reach(ctx context.Context, protocol string, to server, step func(connector.Check)) error {
	open := to
	open.security = "none"
	err := measured(step, connector.Text{EN: protocol + ": reach the server", ZH: protocol + "：连接服务器"}, func() (connector.Text, error) {
		conn, err := c.dial(ctx, open)
		if err != nil {
			return connector.Text{}, err
		}
		conn.Close()
		return where(to), nil
	})
	if err != nil || to.security != "tls" {
		return err
	}
	return measured(step, connector.Text{EN: protocol + ": encryption", ZH: protocol + "：加密"}, func() (connector.Text, error) {
		conn, err := c.dial(ctx, to)
		if err != nil {
			return connector.Text{}, err
		}
		defer conn.Close()
		version := ""
		if secured, ok := conn.(*tls.Conn); ok {
			version = tls.VersionName(secured.ConnectionState().Version)
		}
		return connector.Text{EN: version, ZH: version}, nil
	})
}

func (c *conn) probeIMAP(ctx context.Context, step func(connector.Check)) error {
	if err := c.reach(ctx, "IMAP", c.settings.IMAP, step); err != nil {
		return err
	}
	var s *session
	err := measured(step, connector.Text{EN: "IMAP: greeting", ZH: "IMAP：握手"}, func() (_ connector.Text, err error) {
		s, err = c.connectIMAP(ctx)
		return where(c.settings.IMAP), err
	})
	if err != nil {
		return err
	}
	defer s.close()
	err = measured(step, connector.Text{EN: "IMAP: sign in", ZH: "IMAP：登录"}, func() (connector.Text, error) {
		return connector.Text{EN: c.settings.IMAPUser, ZH: c.settings.IMAPUser}, c.signIn(ctx, s)
	})
	if err != nil {
		return err
	}
	err = measured(step, connector.Text{EN: "IMAP: open the mailbox", ZH: "IMAP：打开文件夹"}, func() (connector.Text, error) {
		m, err := s.open(ctx, c.settings.Mailbox, true)
		return connector.Text{
			EN: fmt.Sprintf("%s, %d mails", c.settings.Mailbox, m.count),
			ZH: fmt.Sprintf("%s，%d 封邮件", c.settings.Mailbox, m.count),
		}, err
	})
	if err != nil {
		return err
	}
	return measured(step, connector.Text{EN: "IMAP: announcement of new mail", ZH: "IMAP：新邮件推送"}, func() (connector.Text, error) {
		if s.caps.Has(imap.CapIdle) {
			return connector.Text{EN: "The server announces new mail at once (IDLE).", ZH: "服务器支持即时推送（IDLE）。"}, nil
		}
		every := c.settings.Poll.String()
		return connector.Text{EN: "The server cannot; the hub looks every " + every + ".", ZH: "服务器不支持推送，每 " + every + " 检查一次。"}, nil
	})
}

func (c *conn) probeSMTP(ctx context.Context, step func(connector.Check)) error {
	if err := c.reach(ctx, "SMTP", c.settings.SMTP, step); err != nil {
		return err
	}
	var client *smtp.Client
	var conn net.Conn
	err := measured(step, connector.Text{EN: "SMTP: greeting", ZH: "SMTP：握手"}, func() (_ connector.Text, err error) {
		client, conn, err = c.connectSMTP(ctx)
		return where(c.settings.SMTP), err
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	err = measured(step, connector.Text{EN: "SMTP: sign in", ZH: "SMTP：登录"}, func() (connector.Text, error) {
		if c.settings.SMTPUser == noUser {
			return connector.Text{EN: "not asked for", ZH: "未要求登录"}, nil
		}
		return connector.Text{EN: c.settings.SMTPUser, ZH: c.settings.SMTPUser}, c.authSMTP(ctx, client, conn)
	})
	if err != nil {
		return err
	}
	err = measured(step, connector.Text{EN: "SMTP: send as this address", ZH: "SMTP：以此地址发信"}, func() (connector.Text, error) {
		err := guarded(ctx, conn, replyTimeout, func() error { return client.Mail(c.settings.Address, nil) })
		if err != nil {
			return connector.Text{}, smtpFailed("mail", err)
		}
		return connector.Text{EN: c.settings.Address, ZH: c.settings.Address}, nil
	})
	if err != nil {
		return err
	}
	_ = guarded(ctx, conn, 2*time.Second, func() error { return errors.Join(client.Reset(), client.Quit()) })
	return nil
}
