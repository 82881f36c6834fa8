package email

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parley/core/canon"
	"parley/core/connector"
)

// TestAnnounced: a mail that arrives while the session rests is there at once,
// long before the next look.
func TestAnnounced(t *testing.T) {
	for _, security := range []string{"none", "starttls", "tls"} {
		t.Run(security, func(t *testing.T) {
			b := newBox(t)
			addr := b.server.IMAPAddr
			if security == "tls" {
				addr = b.server.IMAPSAddr
			}
			host, port, _ := net.SplitHostPort(addr)
			b.link.Config["imap_host"], b.link.Config["imap_port"] = host, port
			b.link.Config["imap_security"], b.link.Config["ca"] = security, string(b.server.CAPEM)
			h := newHub()
			r := start(b.open(t), h)
			defer r.stop(t)
			if s := <-b.states; s.Health != connector.HealthGood {
				t.Fatalf("state %+v", s)
			}
			b.Deliver(t, "jane@example.com", letterOf(1))
			m := message(t, h.wait(t, 1)[0])
			if m.Subject != "Mail 1" || m.Plain() != "This is mail 1." || m.RemoteID != "n1@example.com" {
				t.Errorf("message %+v", m)
			}
		})
	}
}

// TestPolling: a server without IDLE is asked.
func TestPolling(t *testing.T) {
	b := newBox(t, connector.Values{"poll_seconds": "10"})
	c := b.open(t).(*conn)
	c.settings.Poll = 200 * time.Millisecond
	h := newHub()
	in := &intake{conn: c, sink: h, at: readCursor("", c.born.Truncate(time.Second))}
	s, err := c.login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.caps = imap.CapSet{imap.CapIMAP4rev1: {}}
	in.session = s
	if err := in.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Deliver(t, "jane@example.com", letterOf(1))
	for deadline := time.Now().Add(30 * time.Second); len(h.all()) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the mail is never seen")
		}
		if err := c.rest(t.Context(), s, nil); err != nil {
			t.Fatal(err)
		}
		if err := in.catchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFirstLink: what lay in the mailbox before it was linked stays there;
// backfill_days brings some of it.
func TestFirstLink(t *testing.T) {
	for _, tc := range []struct {
		backfill string
		want     []string
	}{{"0", []string{"Mail 3"}}, {"3", []string{"Mail 2", "Mail 3"}}} {
		t.Run(tc.backfill, func(t *testing.T) {
			b := newBox(t, connector.Values{"backfill_days": tc.backfill})
			b.append(t, "INBOX", letterOf(1), time.Now().AddDate(0, 0, -10))
			b.append(t, "INBOX", letterOf(2), time.Now().AddDate(0, 0, -1))
			h := newHub()
			r := start(b.open(t), h)
			defer r.stop(t)
			b.Deliver(t, "jane@example.com", letterOf(3))
			if got := subjects(t, h.wait(t, len(tc.want))); !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// TestLinkBeforeFirstRun: mail that came between linking and the first session
// is not lost.
func TestLinkBeforeFirstRun(t *testing.T) {
	b := newBox(t)
	b.Deliver(t, "jane@example.com", letterOf(1))
	b.Deliver(t, "jane@example.com", letterOf(2))
	if got := subjects(t, b.receive(t, newHub(), 2)); !slices.Equal(got, []string{"Mail 1", "Mail 2"}) {
		t.Errorf("got %v", got)
	}
}

// TestOutage: after an outage everything is fetched, oldest first, in batches,
// and a commit that failed loses nothing.
func TestOutage(t *testing.T) {
	b := newBox(t)
	h := newHub()
	b.Deliver(t, "jane@example.com", letterOf(0))
	b.receive(t, h, 1)
	const n = 80
	for i := 1; i <= n; i++ {
		b.append(t, "INBOX", letterOf(i), time.Now())
	}
	failed := false
	h.fail = func() error {
		if h.commits == 3 && !failed {
			failed = true
			return errors.New("the store is away")
		}
		return nil
	}
	c := b.open(t)
	if err := c.(connector.Streamer).Run(t.Context(), h.cursors(), nil, h); err == nil || !strings.Contains(err.Error(), "store is away") {
		t.Fatalf("Run ended with %v, want the failure of the commit", err)
	}
	rows := b.receive(t, h, n+1)
	for i, row := range rows {
		if got := message(t, row).Subject; got != fmt.Sprintf("Mail %d", i) {
			t.Fatalf("row %d is %q", i, got)
		}
	}
	if h.commits < 4 || h.again > 0 {
		t.Errorf("%d commits, %d repeated rows", h.commits, h.again)
	}
}

// TestAChangedUIDVALIDITYDoublesAndLosesNothing: a mailbox that numbers its mails
// anew is listed anew, and mail older than the link stays out.
func TestAChangedUIDVALIDITYDoublesAndLosesNothing(t *testing.T) {
	b := newBox(t, connector.Values{"mailbox": "Desk"})
	client := b.client(t)
	must(t, client.Create("Desk", nil).Wait())
	old := bytes.Replace(letterOf(999), []byte("Date: "+time.Now().Format("Mon, 02 Jan 2006")), []byte("Date: Mon, 02 Jan 2006"), 1)
	b.append(t, "Desk", old, time.Now().AddDate(-1, 0, 0))
	const n = 500
	for i := range n {
		b.append(t, "Desk", letterOf(i), time.Now())
	}
	h := newHub()
	b.receive(t, h, n)
	before := h.cursors()["Desk"]

	// The server gives the mailbox another UIDVALIDITY, and all mail the date of
	// today, as when restored from a backup.
	must(t, client.Rename("Desk", "Old", nil).Wait())
	must(t, client.Create("Desk", nil).Wait())
	b.append(t, "Desk", old, time.Now())
	for i := range n {
		b.append(t, "Desk", h.raw(t, client, "Old", i+2), time.Now())
	}
	b.append(t, "Desk", letterOf(n), time.Now())
	rows := b.receive(t, h, n+1)
	if len(rows) != n+1 {
		t.Errorf("%d rows, want %d", len(rows), n+1)
	}
	if h.again != n {
		t.Errorf("%d mails recognised, want %d", h.again, n)
	}
	after := h.cursors()["Desk"]
	if readCursor(before, time.Now()).Validity == readCursor(after, time.Now()).Validity {
		t.Fatal("the test did not change the UIDVALIDITY")
	}
}

// raw reads the n-th mail of a folder.
func (h *hub) raw(t testing.TB, client *imapclient.Client, folder string, n int) []byte {
	t.Helper()
	if client.Mailbox() == nil || client.Mailbox().Name != folder {
		if _, err := client.Select(folder, nil).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	section := &imap.FetchItemBodySection{Peek: true}
	got, err := client.Fetch(imap.SeqSetNum(uint32(n)), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(got) != 1 {
		t.Fatalf("read mail %d: %v", n, err)
	}
	return got[0].FindBodySection(section)
}

// TestTooLarge: a mail over the limit becomes a note with its subject, and the
// next mail comes through.
func TestTooLarge(t *testing.T) {
	b := newBox(t, connector.Values{"max_mb": "1"})
	big := append(letterOf(1), bytes.Repeat([]byte("0123456789abcdef\r\n"), 100_000)...)
	b.Deliver(t, "jane@example.com", big)
	b.Deliver(t, "jane@example.com", letterOf(2))
	rows := b.receive(t, newHub(), 2)
	m := message(t, rows[0])
	note, ok := m.Parts[0].(canon.Opaque)
	if !ok || note.Name != "mail.oversize" || !strings.Contains(note.Text, "limit is 1 MB") || m.Subject != "Mail 1" || rows[0].From.Email != "jane@example.com" {
		t.Errorf("message %+v from %+v", m, rows[0].From)
	}
	if got := message(t, rows[1]).Subject; got != "Mail 2" {
		t.Errorf("then %q", got)
	}
}

// TestThirtyMegabytes: a mail of 30 MB comes in as its words and a file to be
// fetched, which is whole.
func TestThirtyMegabytes(t *testing.T) {
	b := newBox(t)
	file := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstu\n"), 740_000)
	mail := "From: Jane <jane@example.com>\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\nSubject: big\r\nMessage-ID: <big@example.com>\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" +
		"--B\r\nContent-Type: text/plain\r\n\r\nsee\r\n--B\r\nContent-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(file) + "\r\n--B--\r\n"
	if len(mail) < 30<<20 {
		t.Fatalf("the mail has only %d bytes", len(mail))
	}
	b.Deliver(t, "jane@example.com", []byte(mail))
	m := message(t, b.receive(t, newHub(), 1)[0])
	media := m.Parts[1].(canon.Media)
	if m.Plain() != "see" || media.Size != int64(len(file)) {
		t.Fatalf("%q with %+v", m.Plain(), media)
	}
	body, _, err := b.open(t).(connector.Fetcher).Fetch(t.Context(), connector.Account{}, media)
	must(t, err)
	defer body.Close()
	if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, file) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
}

// TestPoison: a mail built to exhaust its reader is kept as a fact with its
// headers, and the mailbox goes on.
func TestPoison(t *testing.T) {
	b := newBox(t)
	var bomb bytes.Buffer
	bomb.WriteString("From: Mallory <m@example.com>\r\nSubject: bomb\r\nMessage-ID: <bomb@example.com>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	bomb.WriteString(strings.Repeat("--b\r\n\r\n", 5000))
	b.Deliver(t, "m@example.com", bomb.Bytes())
	b.Deliver(t, "jane@example.com", letterOf(2))
	rows := b.receive(t, newHub(), 2)
	u, ok := rows[0].Event.(canon.Unknown)
	if !ok || u.Name != "mail.unreadable" || !strings.Contains(string(u.Raw), "Subject: bomb") || rows[0].From.Email != "m@example.com" {
		t.Errorf("event %+v from %+v", rows[0].Event, rows[0].From)
	}
	if got := message(t, rows[1]).Subject; got != "Mail 2" {
		t.Errorf("then %q", got)
	}
}

// TestFile: the bytes of a file come later, also when the mailbox has been
// renumbered or the mail has gone.
func TestFile(t *testing.T) {
	b := newBox(t, connector.Values{"mailbox": "Desk"})
	client := b.client(t)
	must(t, client.Create("Desk", nil).Wait())
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0, 1, 2, 250, '\n'}, 60_000)...)
	mail := "From: Jane <jane@example.com>\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\nSubject: file\r\nMessage-ID: <file@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" +
		"--B\r\nContent-Type: text/plain\r\n\r\nsee\r\n--B\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64Lines(pdf) + "\r\n--B--\r\n"
	b.append(t, "Desk", []byte(mail), time.Now())
	h := newHub()
	media := message(t, b.receive(t, h, 1)[0]).Parts[1].(canon.Media)
	if media.State != canon.MediaPending || media.Name != "发票.pdf" || media.Size != int64(len(pdf)) {
		t.Fatalf("media %+v", media)
	}
	c := b.open(t).(connector.Fetcher)
	fetch := func() ([]byte, connector.FileInfo, error) {
		body, info, err := c.Fetch(t.Context(), connector.Account{}, media)
		if err != nil {
			return nil, info, err
		}
		defer body.Close()
		got, err := io.ReadAll(body)
		return got, info, err
	}
	got, info, err := fetch()
	if err != nil || !bytes.Equal(got, pdf) || info.Name != "发票.pdf" || info.MIME != "application/pdf" {
		t.Errorf("fetched %d bytes as %+v, %v", len(got), info, err)
	}
	must(t, client.Rename("Desk", "Old", nil).Wait())
	must(t, client.Create("Desk", nil).Wait())
	b.append(t, "Desk", letterOf(1), time.Now())
	b.append(t, "Desk", []byte(mail), time.Now())
	if got, _, err := fetch(); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("renumbered: fetched %d bytes, %v", len(got), err)
	}
	must(t, client.Delete("Desk").Wait())
	must(t, client.Create("Desk", nil).Wait())
	var e *connector.Error
	if _, _, err := fetch(); !errors.As(err, &e) || e.Class != connector.Gone {
		t.Errorf("gone: %v", err)
	}
}

// TestMarkRead sets \Seen when an agent read, and nothing before that.
func TestMarkRead(t *testing.T) {
	b := newBox(t)
	b.Deliver(t, "jane@example.com", letterOf(1))
	row := b.receive(t, newHub(), 1)[0]
	client := b.client(t)
	seen := func() bool {
		if _, err := client.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			t.Fatal(err)
		}
		got, err := client.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{Flags: true}).Collect()
		if err != nil || len(got) != 1 {
			t.Fatalf("flags: %v", err)
		}
		return slices.Contains(got[0].Flags, imap.FlagSeen)
	}
	if seen() {
		t.Error("taking a mail in marked it as read")
	}
	must(t, b.open(t).(connector.Marker).MarkRead(t.Context(), row.Thread, message(t, row).RemoteID))
	if !seen() {
		t.Error("the mail is not marked as read")
	}
}

// TestSilence: a server that says nothing never looks like one that refuses.
func TestSilence(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	err := guarded(t.Context(), here, 20*time.Millisecond, func() error {
		_, err := here.Read(make([]byte, 1))
		return err
	})
	if !errors.Is(err, errTimeout) {
		t.Fatalf("error %v, want a timeout", err)
	}
	for _, e := range []*connector.Error{loginFailed(err), smtpAuthFailed(err)} {
		if e.Class != connector.Transient {
			t.Errorf("class %s, want transient", e.Class)
		}
	}
}

// TestSignIn tells what went wrong, and asks for a password only when the
// server refused one.
func TestSignIn(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tc := range []struct {
		name   string
		change func(*box)
		class  connector.Class
		code   string
		health connector.Health
	}{
		{"wrong password", func(b *box) { b.link.Config["imap_password"] = "wrong" }, connector.NeedsLogin, "auth_failed", connector.HealthBad},
		{"no server", func(b *box) { setAddr(b, closed.Addr().String()) }, connector.Transient, "unreachable", connector.HealthPoor},
		{"plain port taken for TLS", func(b *box) { b.link.Config["imap_security"] = "tls" }, connector.Transient, "tls", connector.HealthPoor},
		{"unknown authority", func(b *box) { setAddr(b, b.server.IMAPSAddr); b.link.Config["imap_security"] = "tls" }, connector.Transient, "certificate", connector.HealthPoor},
		{"no such mailbox", func(b *box) { b.link.Config["mailbox"] = "Nowhere" }, connector.Invalid, "mailbox_missing", connector.HealthBad},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBox(t)
			tc.change(b)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			err := b.open(t).(connector.Streamer).Run(ctx, nil, nil, newHub())
			var e *connector.Error
			if !errors.As(err, &e) || e.Class != tc.class || e.Code != tc.code || e.Shown.EN == "" || e.Shown.ZH == "" {
				t.Fatalf("error %+v", err)
			}
			s := <-b.states
			if s.Health != tc.health || s.Code != tc.code || s.Remedy.EN == "" || s.Remedy.ZH == "" {
				t.Errorf("state %+v", s)
			}
			if strings.Contains(err.Error()+s.Remedy.EN, b.Password) || strings.Contains(err.Error(), "wrong") && tc.name == "wrong password" {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func setAddr(b *box, addr string) {
	host, port, _ := net.SplitHostPort(addr)
	b.link.Config["imap_host"], b.link.Config["imap_port"] = host, port
}

// TestCursorSurvives: each run goes on where the last one ended.
func TestCursorSurvives(t *testing.T) {
	b := newBox(t)
	h := newHub()
	for i := range 3 {
		b.Deliver(t, "jane@example.com", letterOf(i))
		b.receive(t, h, i+1)
	}
	var at cursor
	if err := json.Unmarshal([]byte(h.cursors()["INBOX"]), &at); err != nil || at.UID != 3 || at.Validity == 0 {
		t.Errorf("cursor %+v, %v", at, err)
	}
	if h.again != 0 {
		t.Errorf("%d mails were read twice", h.again)
	}
}

// client is a second session of the test's own.
func (b *box) client(t testing.TB) *imapclient.Client {
	t.Helper()
	client, err := imapclient.DialInsecure(b.server.IMAPAddr, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	must(t, client.Login(b.Address, b.Password).Wait())
	return client
}

// append puts a mail into a folder with a date of its own.
func (b *box) append(t testing.TB, folder string, raw []byte, received time.Time) {
	t.Helper()
	client := b.appender(t)
	cmd := client.Append(folder, int64(len(raw)), &imap.AppendOptions{Time: received})
	if _, err := cmd.Write(raw); err != nil {
		t.Fatal(err)
	}
	must(t, cmd.Close())
	if _, err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func (b *box) appender(t testing.TB) *imapclient.Client {
	if b.appending == nil {
		b.appending = b.client(t)
	}
	return b.appending
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
