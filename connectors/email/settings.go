package email

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/connectors/email/letter"
	"parley/core/connector"
)

// settings is the form, read.
type settings struct {
	Address     string // lower case
	DisplayName string
	Signature   string

	IMAP, SMTP         server
	IMAPUser, SMTPUser string
	IMAPPass, SMTPPass string
	OAuth              *oauthSettings // nil: password
	roots              *x509.CertPool // nil: the system's

	Mailbox     string
	SentMailbox string
	SentCopy    string
	FilesSent   bool // the provider files what it sends

	Backfill    time.Duration
	Poll        time.Duration
	MaxBytes    int64
	AttachBytes int64
	AutoPerHour int
}

type oauthSettings struct {
	ClientID, ClientSecret string
	RefreshToken           string // "": nobody has authorised yet
	TokenURL, AuthURL      string // AuthURL "": tokens come from elsewhere
	Scope                  string
}

// noUser stands for sending without signing in.
const noUser = "-"

// readSettings reads a form that may have been stored by an older version:
// what is missing gets its default.
func readSettings(in connector.Values) (settings, error) {
	v, bad := form().Complete(in)
	if len(bad) > 0 {
		return settings{}, &connector.Error{Class: connector.Invalid, Code: "settings", Scope: connector.ScopeLink,
			Shown: connector.Text{EN: bad[0].Field + ": " + bad[0].Text.EN, ZH: bad[0].Field + "：" + bad[0].Text.ZH}}
	}
	p := providerNamed(v["provider"])
	s := settings{
		Address:     letter.NewAddress(v["address"]).Addr,
		DisplayName: v["display_name"],
		Signature:   strings.TrimSpace(v["signature"]),
		IMAP:        p.imap, SMTP: p.smtp,
		IMAPUser: v["imap_user"], SMTPUser: v["smtp_user"],
		IMAPPass: v["imap_password"], SMTPPass: v["smtp_password"],
		Mailbox: v["mailbox"], SentMailbox: v["sent_mailbox"], SentCopy: v["sent_copy"], FilesSent: p.filesSent,
		Backfill:    time.Duration(number(v["backfill_days"])) * 24 * time.Hour,
		Poll:        time.Duration(number(v["poll_seconds"])) * time.Second,
		MaxBytes:    int64(number(v["max_mb"])) << 20,
		AttachBytes: int64(number(v["attach_mb"])) << 20,
		AutoPerHour: number(v["auto_per_hour"]),
	}
	if s.Address == "" {
		return settings{}, &connector.Error{Class: connector.Invalid, Code: "settings", Scope: connector.ScopeLink,
			Shown: connector.Text{EN: "address: write one mail address.", ZH: "address：请填写一个邮箱地址。"}}
	}
	if p.name == other {
		s.IMAP = byHand(v, "imap", map[string]int{"tls": 993, "starttls": 143, "none": 143})
		s.SMTP = byHand(v, "smtp", map[string]int{"tls": 465, "starttls": 587, "none": 25})
	}
	switch s.SentCopy {
	case "provider":
		s.FilesSent = true
	case "always":
		s.FilesSent = false
	}
	if s.IMAPUser == "" {
		s.IMAPUser = s.Address
	}
	if s.SMTPUser == "" {
		s.SMTPUser = s.IMAPUser
	}
	if s.SMTPPass == "" {
		s.SMTPPass = s.IMAPPass
	}
	if v["auth"] == "xoauth2" {
		s.OAuth = &oauthSettings{
			ClientID: v["oauth_client_id"], ClientSecret: v["oauth_client_secret"], RefreshToken: v["oauth_refresh_token"],
			TokenURL: cmp.Or(v["oauth_token_url"], p.tokenURL), AuthURL: cmp.Or(v["oauth_auth_url"], p.authURL), Scope: cmp.Or(v["oauth_scope"], p.scope),
		}
	}
	if ca := v["ca"]; ca != "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return settings{}, fmt.Errorf("read the system's certificate authorities: %w", err)
		}
		roots.AppendCertsFromPEM([]byte(ca))
		s.roots = roots
	}
	return s, nil
}

func byHand(v connector.Values, which string, ports map[string]int) server {
	s := server{host: v[which+"_host"], security: v[which+"_security"], port: number(v[which+"_port"])}
	if s.port == 0 {
		s.port = ports[s.security]
	}
	return s
}

// number reads what the form has checked.
func number(s string) int { n, _ := strconv.Atoi(s); return n }

// tls is the configuration for a server of this mailbox.
func (s settings) tls(to server) *tls.Config {
	return &tls.Config{ServerName: to.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// lends reports whether the mailbox's owner lets the hub in at the provider's page.
func (s settings) lends() bool { return s.OAuth != nil && s.OAuth.AuthURL != "" }

// own reports whether an address is this mailbox, with or without a +tag.
func (s settings) own(addr string) bool { return letter.Same(s.Address, addr) }
