package testenv

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// MailDomain is where the test server's mailboxes live.
const MailDomain = "parley.test"

// BounceDomain is a domain whose addresses are accepted at the door and then
// refused: the sender gets a real non-delivery report. An unknown address of
// MailDomain is refused at the door with 550.
const BounceDomain = "bounce.test"

// Mail is a real mail server: Exim takes mail by SMTP and hands it over by LMTP
// to Dovecot, where it is read by IMAP. All addresses are host:port on loopback.
// Without signing in, SMTP takes mail for the server's own mailboxes, as any
// mail exchanger does; AUTH PLAIN and LOGIN are offered on both SMTP ports.
type Mail struct {
	IMAPAddr  string // plain with STARTTLS; sign-in is allowed without it
	IMAPSAddr string // TLS from the first byte
	SMTPAddr  string // plain with STARTTLS; sign-in is allowed without it
	SMTPSAddr string // TLS from the first byte
	LMTPAddr  string // straight into a mailbox, past Exim

	CAPEM    []byte // the throw-away authority that signed the server's certificate, for 127.0.0.1 and localhost
	TokenKey []byte // signs access tokens; see Mailbox.AccessToken
	Users    string // folder with one file per mailbox; see NewMailbox
}

// Mailbox is one user of a mail server with an empty INBOX, Sent, Drafts, Junk
// and Trash. The address is also the user name.
type Mailbox struct {
	Address  string
	Password string

	server Mail
}

var sharedMail = sync.OnceValues(func() (Mail, error) {
	if given := os.Getenv(envMail); given != "" {
		var m Mail
		err := json.Unmarshal([]byte(given), &m)
		return m, err
	}
	m, _, err := startMail()
	return m, err
})

// Dovecot returns the mail server that the tests of this binary share.
func Dovecot(t testing.TB) Mail {
	t.Helper()
	m, err := sharedMail()
	if err != nil {
		t.Fatalf("mail server for tests: %v", err)
	}
	return m
}

// PrivateDovecot starts a mail server that the test may stop, kill and start
// again; mailboxes and mail stay. It is removed when the test ends.
func PrivateDovecot(t testing.TB) (Mail, *Server) {
	t.Helper()
	m, server, err := startMail()
	if err != nil {
		t.Fatalf("mail server for tests: %v", err)
	}
	removeAtEnd(t, server)
	return m, server
}

// TLS trusts the server's certificate and nothing else.
func (m Mail) TLS() *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(m.CAPEM)
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// NewMailbox makes a mailbox with a new address that begins with the name given.
func (m Mail) NewMailbox(t testing.TB, name string) Mailbox {
	t.Helper()
	box := Mailbox{
		Address:  strings.ToLower(name + "-" + rand.Text()[:10] + "@" + MailDomain),
		Password: rand.Text(),
		server:   m,
	}
	if err := box.write(box.Password); err != nil {
		t.Fatalf("make a mailbox: %v", err)
	}
	return box
}

// SetPassword changes the mailbox's password on the server and returns when
// the server knows it; the value keeps the old one. Sessions signed in stay.
func (b Mailbox) SetPassword(t testing.TB, password string) {
	t.Helper()
	if err := b.write(password); err != nil {
		t.Fatalf("change the password of %s: %v", b.Address, err)
	}
	// Dovecot looks at a user's file at most once a second.
	changed := b
	changed.Password = password
	var err error
	for deadline := time.Now().Add(startDeadline); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if _, err = changed.read("INBOX"); err == nil {
			return
		}
	}
	t.Fatalf("change the password of %s: the server does not take the new one: %v", b.Address, err)
}

// write makes or replaces the mailbox's user file.
func (b Mailbox) write(password string) error {
	path := filepath.Join(b.server.Users, b.Address)
	if err := os.WriteFile(path+".new", []byte(b.Address+":"+password+"::::::\n"), 0o644); err != nil {
		return err
	}
	// Dovecot notices a change by size and time in whole seconds; no two versions share a time.
	changed := time.Now().Add(-time.Duration(mathrand.IntN(1e9)) * time.Second)
	if err := os.Chtimes(path+".new", changed, changed); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// AccessToken makes a token that IMAP takes by XOAUTH2 and OAUTHBEARER until it
// expires, as a provider's token endpoint would issue it. A token for the past
// is refused.
func (b Mailbox) AccessToken(lifetime time.Duration) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	claims := fmt.Sprintf(`{"email":%q,"sub":%q,"iat":%d,"exp":%d}`,
		b.Address, b.Address, now.Add(-time.Hour).Unix(), now.Add(lifetime).Unix())
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, b.server.TokenKey)
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// Deliver puts a message into the mailbox byte for byte as given, apart from
// the Return-Path, Delivered-To and Received lines that Dovecot puts before it.
// Line ends become CRLF on the way. It is for mails no sane sender would make;
// use SMTPAddr where the sending matters too.
func (b Mailbox) Deliver(t testing.TB, sender string, message []byte) {
	t.Helper()
	if err := b.deliver(sender, message); err != nil {
		t.Fatalf("deliver to %s: %v", b.Address, err)
	}
}

func (b Mailbox) deliver(sender string, message []byte) error {
	conn, err := net.DialTimeout("tcp", b.server.LMTPAddr, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(startDeadline)); err != nil {
		return err
	}
	client, err := smtp.NewClient(lhlo{conn}, "localhost")
	if err != nil {
		return err
	}
	if err := client.Mail(sender); err != nil {
		return err
	}
	if err := client.Rcpt(b.Address); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(message); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return client.Quit()
}

// lhlo lets an SMTP client speak LMTP: for one recipient they differ in the
// greeting's verb alone.
type lhlo struct{ net.Conn }

func (c lhlo) Write(p []byte) (int, error) {
	if rest, ok := strings.CutPrefix(string(p), "EHLO "); ok {
		return c.Conn.Write([]byte("LHLO " + rest))
	}
	return c.Conn.Write(p)
}

// Wait returns the messages of a folder ("INBOX", "Sent"…), oldest first, as
// soon as there are n; it fails the test when they do not come.
func (b Mailbox) Wait(t testing.TB, folder string, n int) [][]byte {
	t.Helper()
	var found [][]byte
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		if found, err = b.read(folder); err != nil {
			t.Fatalf("read %s of %s: %v", folder, b.Address, err)
		}
		if len(found) >= n {
			return found
		}
	}
	t.Fatalf("%s of %s has %d messages, want %d", folder, b.Address, len(found), n)
	return nil
}

// read fetches a whole folder without marking anything as seen.
func (b Mailbox) read(folder string) ([][]byte, error) {
	client, err := imapclient.DialInsecure(b.server.IMAPAddr, nil)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if err := client.Login(b.Address, b.Password).Wait(); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	selected, err := client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	if selected.NumMessages == 0 {
		return nil, nil
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	fetched, err := client.Fetch(imap.SeqSet{{Start: 1, Stop: selected.NumMessages}},
		&imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	messages := make([][]byte, 0, len(fetched))
	for _, message := range fetched {
		messages = append(messages, message.FindBodySection(whole))
	}
	return messages, client.Logout().Wait()
}
