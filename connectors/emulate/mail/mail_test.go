package mail

import (
	"context"
	"errors"
	"net"
	"net/smtp"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	gosmtp "github.com/emersion/go-smtp"
)

const raw = "From: help@shop.example\r\nTo: jane@example.com\r\nSubject: Hi\r\nMessage-ID: <1@shop.example>\r\n\r\nHello\r\n"

func start(t *testing.T, o Options) *Server {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s, err := Start(ctx, o, User{"help@shop.example", "shop"}, User{"jane@example.com", "hers"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func folder(t *testing.T, s *Server, user, password, name string) (int, string) {
	t.Helper()
	c, err := imapclient.DialInsecure(s.IMAPAddr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	data, err := c.Select(name, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if data.NumMessages == 0 {
		return 0, ""
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.SeqSetNum(data.NumMessages), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil || len(got) != 1 {
		t.Fatalf("fetch: %v", err)
	}
	return int(data.NumMessages), string(got[0].FindBodySection(whole))
}

func TestDelivery(t *testing.T) {
	s := start(t, Options{FilesSent: true})
	auth := smtp.PlainAuth("", "help@shop.example", "shop", "127.0.0.1")
	for range 2 {
		if err := smtp.SendMail(s.SMTPAddr, auth, "help@shop.example", []string{"jane+orders@example.com"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	if n, body := folder(t, s, "jane@example.com", "hers", "INBOX"); n != 2 || !strings.HasSuffix(body, raw) || !strings.HasPrefix(body, "Return-Path: <help@shop.example>") {
		t.Errorf("%d mails, the last\n%s", n, body)
	}
	if n, body := folder(t, s, "help@shop.example", "shop", "Sent"); n != 2 || body != raw {
		t.Errorf("%d copies, the last\n%s", n, body)
	}
	sent := s.Sent()
	if len(sent) != 2 || sent[0].Again || !sent[1].Again {
		t.Errorf("sent %+v", sent)
	}
	for _, addr := range []string{s.IMAPAddr, s.SMTPAddr} {
		if host, _, err := net.SplitHostPort(addr); err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("listens on %s", addr)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, Options{})
	good := smtp.PlainAuth("", "help@shop.example", "shop", "127.0.0.1")
	for _, tc := range []struct {
		name     string
		auth     smtp.Auth
		from, to string
		want     string
	}{
		{"wrong password", smtp.PlainAuth("", "help@shop.example", "x", "127.0.0.1"), "help@shop.example", "jane@example.com", "535"},
		{"another's address", good, "jane@example.com", "jane@example.com", "553"},
		{"no such mailbox", good, "help@shop.example", "nobody@elsewhere.example", "550"},
	} {
		err := smtp.SendMail(s.SMTPAddr, tc.auth, tc.from, []string{tc.to}, []byte(raw))
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
	s.Refuse(func(m Sent) error {
		if m.To != "jane@example.com" {
			return errors.New("not asked for")
		}
		return &gosmtp.SMTPError{Code: 452, EnhancedCode: gosmtp.EnhancedCode{4, 2, 2}, Message: "full"}
	})
	if err := smtp.SendMail(s.SMTPAddr, good, "help@shop.example", []string{"jane@example.com"}, []byte(raw)); err == nil || !strings.HasPrefix(err.Error(), "452") {
		t.Errorf("refused: %v", err)
	}
	if n := len(s.Sent()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}
