package testenv

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"
	"github.com/redis/go-redis/v9"
)

func TestPostgresKeepsARowAcrossACrash(t *testing.T) {
	address, server := PrivatePostgres(t)
	mustExec(t, address, "CREATE TABLE kept (word text)")
	mustExec(t, address, "INSERT INTO kept VALUES ('你好')")
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := postgresExec(address, "SELECT 1"); err == nil {
		t.Fatal("a killed server still answers")
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, address)
	var word, fsync, commit string
	if err := conn.QueryRow(t.Context(), "SELECT word, current_setting('fsync'), current_setting('synchronous_commit') FROM kept").
		Scan(&word, &fsync, &commit); err != nil {
		t.Fatal(err)
	}
	if word != "你好" || fsync != "on" || commit != "on" {
		t.Errorf("word %q, fsync %s, synchronous_commit %s", word, fsync, commit)
	}
}

func TestPostgresDatabasesAreApartAndDropped(t *testing.T) {
	var inner string
	t.Run("one test", func(t *testing.T) {
		inner = Postgres(t)
		mustExec(t, inner, "CREATE TABLE mine (id int)")
		other := Postgres(t)
		mustExec(t, other, "CREATE TABLE mine (id int)") // empty: no such table yet
	})
	if err := postgresExec(inner, "SELECT 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the database of an ended test: %v, want that it does not exist", err)
	}
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func mustExec(t *testing.T, address, statement string) {
	t.Helper()
	if err := postgresExec(address, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestRedisIsTheTestsOwn(t *testing.T) {
	first, second := redisClient(t, Redis(t)), redisClient(t, Redis(t))
	if err := first.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := first.Get(t.Context(), "key").Result(); err != nil || got != "value" {
		t.Errorf("get = %q, %v", got, err)
	}
	if err := second.Get(t.Context(), "key").Err(); !errors.Is(err, redis.Nil) {
		t.Errorf("another server knows the key: %v", err)
	}
}

func redisClient(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}

func TestS3PutAndGet(t *testing.T) {
	bucket := S3(t)
	client, err := bucket.client()
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("文件"), 100_000)
	_, err = client.PutObject(t.Context(), bucket.Name, "a/b.bin", bytes.NewReader(want), int64(len(want)),
		minio.PutObjectOptions{ContentType: "image/png"})
	if err != nil {
		t.Fatal(err)
	}
	object, err := client.GetObject(t.Context(), bucket.Name, "a/b.bin", minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(object)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, %v; want %d", len(got), err, len(want))
	}
	if info, err := object.Stat(); err != nil || info.ContentType != "image/png" {
		t.Errorf("content type %q, %v", info.ContentType, err)
	}
	other := S3(t)
	if other.Name == bucket.Name {
		t.Error("two tests share a bucket")
	}
}

func TestMailFromSMTPToIMAP(t *testing.T) {
	server := Dovecot(t)
	agent, customer := server.NewMailbox(t, "agent"), server.NewMailbox(t, "customer")

	client := dialSMTP(t, server)
	if err := client.StartTLS(server.TLS()); err != nil {
		t.Fatalf("STARTTLS: %v", err)
	}
	auth := smtp.PlainAuth("", customer.Address, customer.Password, "localhost")
	if err := client.Auth(localhost{auth}); err != nil {
		t.Fatalf("AUTH PLAIN: %v", err)
	}
	send(t, client, customer.Address, agent.Address, "Subject: 你好\r\nMessage-ID: <1@example.org>\r\n\r\nhello\r\n")

	got := agent.Wait(t, "INBOX", 1)
	if !bytes.Contains(got[0], []byte("Subject: 你好")) || !bytes.Contains(got[0], []byte("hello")) {
		t.Errorf("message:\n%s", got[0])
	}
	agent.Wait(t, "Sent", 0)
}

func TestMailPushesByIDLE(t *testing.T) {
	server := Dovecot(t)
	box := server.NewMailbox(t, "idle")
	arrived := make(chan uint32, 8)
	client, err := imapclient.DialTLS(server.IMAPSAddr, &imapclient.Options{
		TLSConfig: server.TLS(),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				arrived <- *data.NumMessages
			}
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Login(box.Address, box.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Select("INBOX", &imap.SelectOptions{}).Wait(); err != nil {
		t.Fatal(err)
	}
	idle, err := client.Idle()
	if err != nil {
		t.Fatal(err)
	}
	box.Deliver(t, "someone@example.org", []byte("Subject: raw\r\n\r\nbytes \xb0\xa1 kept\r\n"))
	select {
	case n := <-arrived:
		if n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("no push for a delivered message")
	}
	if err := idle.Close(); err != nil {
		t.Error(err)
	}
	if got := box.Wait(t, "INBOX", 1); !bytes.Contains(got[0], []byte("bytes \xb0\xa1 kept")) {
		t.Errorf("delivered bytes changed:\n%q", got[0])
	}
}

func TestMailRefusesAndBounces(t *testing.T) {
	server := Dovecot(t)
	box := server.NewMailbox(t, "sender")

	client := dialSMTP(t, server)
	if err := client.Auth(localhost{smtp.PlainAuth("", box.Address, "wrong", "localhost")}); err == nil {
		t.Error("a wrong password is taken")
	}
	client = dialSMTP(t, server)
	if err := client.Mail(box.Address); err != nil {
		t.Fatal(err)
	}
	if err := client.Rcpt("nobody@" + MailDomain); err == nil || !strings.Contains(err.Error(), "no such mailbox") {
		t.Errorf("unknown mailbox: %v, want a refusal", err)
	}
	if err := client.Rcpt("someone@elsewhere.example"); err == nil || !strings.Contains(err.Error(), "relay not permitted") {
		t.Errorf("foreign domain: %v, want a refusal", err)
	}
	if err := client.Reset(); err != nil {
		t.Fatal(err)
	}
	send(t, client, box.Address, "gone@"+BounceDomain, "Subject: lost\r\nMessage-ID: <2@example.org>\r\n\r\nhello\r\n")
	report := box.Wait(t, "INBOX", 1)[0]
	for _, want := range []string{"multipart/report", "delivery-status\r\n", "Message-ID: <2@example.org>", "gone@" + BounceDomain} {
		if !bytes.Contains(report, []byte(want)) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
}

func TestMailPasswordChangesAndServerReturns(t *testing.T) {
	server, process := PrivateDovecot(t)
	box := server.NewMailbox(t, "changing")
	box.Deliver(t, "a@example.org", []byte("Subject: first\r\n\r\n1\r\n"))
	box.Wait(t, "INBOX", 1)
	box.SetPassword(t, "new"+box.Password)
	if _, err := box.read("INBOX"); err == nil {
		t.Error("the old password still opens the mailbox")
	}
	box.Password = "new" + box.Password
	if err := process.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := box.read("INBOX"); err == nil {
		t.Error("a stopped server still answers")
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	box.Wait(t, "INBOX", 1)
}

func TestMailTakesAccessTokens(t *testing.T) {
	server := Dovecot(t)
	box := server.NewMailbox(t, "token")
	if err := signIn(t, server, box.Address, box.AccessToken(time.Hour)); err != nil {
		t.Errorf("a good token: %v", err)
	}
	if err := signIn(t, server, box.Address, box.AccessToken(-time.Minute)); err == nil {
		t.Error("an expired token is taken")
	}
	other := server.NewMailbox(t, "other")
	if err := signIn(t, server, box.Address, other.AccessToken(time.Hour)); err == nil {
		t.Error("another mailbox's token is taken")
	}
}

// signIn tries a token by XOAUTH2.
func signIn(t *testing.T, server Mail, address, token string) error {
	t.Helper()
	client, err := imapclient.DialTLS(server.IMAPSAddr, &imapclient.Options{TLSConfig: server.TLS()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	return client.Authenticate(xoauth2("user=" + address + "\x01auth=Bearer " + token + "\x01\x01"))
}

type xoauth2 string

func (x xoauth2) Start() (string, []byte, error)        { return "XOAUTH2", []byte(x), nil }
func (x xoauth2) Next(challenge []byte) ([]byte, error) { return nil, nil } // ends the exchange after a refusal

func dialSMTP(t *testing.T, server Mail) *smtp.Client {
	t.Helper()
	client, err := smtp.Dial(server.SMTPAddr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if err := client.Hello("localhost"); err != nil {
		t.Fatal(err)
	}
	return client
}

func send(t *testing.T, client *smtp.Client, from, to, message string) {
	t.Helper()
	if err := errors.Join(client.Mail(from), client.Rcpt(to)); err != nil {
		t.Fatal(err)
	}
	body, err := client.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(body, message); err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
}

// localhost makes net/smtp take 127.0.0.1 for the name it knows to be local.
type localhost struct{ smtp.Auth }

func (a localhost) Start(info *smtp.ServerInfo) (string, []byte, error) {
	renamed := *info
	renamed.Name = "localhost"
	return a.Auth.Start(&renamed)
}

func TestSMTPSTakesTLSFromTheFirstByte(t *testing.T) {
	server := Dovecot(t)
	conn, err := tls.Dial("tcp", server.SMTPSAddr, server.TLS())
	if err != nil {
		t.Fatal(err)
	}
	client, err := smtp.NewClient(conn, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if ok, mechanisms := client.Extension("AUTH"); !ok || !strings.Contains(mechanisms, "LOGIN") {
		t.Errorf("AUTH %q", mechanisms)
	}
	if err := client.Quit(); err != nil {
		t.Error(err)
	}
}

func TestTools(t *testing.T) {
	for _, tool := range []struct {
		path string
		args []string
	}{
		{Chromium(t), []string{"--version"}},
		{FFmpeg(t), []string{"-version"}},
		{Strace(t), []string{"-V"}},
		{Unshare(t), []string{"--version"}},
	} {
		if out, err := exec.Command(tool.path, tool.args...).CombinedOutput(); err != nil {
			t.Errorf("%s %v: %v: %s", tool.path, tool.args, err, out)
		}
	}
}

// TestServersEndWithTheirOwner kills a process that owns a server and looks
// whether the server and its folder are gone.
func TestServersEndWithTheirOwner(t *testing.T) {
	if os.Getenv("PARLEY_TEST_OWNER") != "" {
		address, server, err := startRedis()
		fmt.Println(address, server.dir, err)
		select {} // until killed
	}
	owner := exec.Command(os.Args[0], "-test.run=^TestServersEndWithTheirOwner$")
	owner.Env = append(os.Environ(), "PARLEY_TEST_OWNER=1")
	output, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	var address, dir, problem string
	if _, err := fmt.Fscanln(output, &address, &dir, &problem); err != nil || problem != "<nil>" {
		t.Fatalf("owner: %v, %s", err, problem)
	}
	address = strings.TrimSuffix(strings.TrimPrefix(address, "redis://"), "/0")
	if !listens(address) {
		t.Fatalf("nothing listens on %s", address)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() // ended by the kill
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(dir)
		if !listens(address) && errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server or its folder outlives its owner: %v", err)
		}
	}
}

func listens(address string) bool {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestMissingProgramIsNamedWithItsPackage(t *testing.T) {
	_, err := find("dovecot-lmtpd", "no-such-program")
	if err == nil || !strings.Contains(err.Error(), "apt-get install dovecot-lmtpd") {
		t.Errorf("error %v", err)
	}
}

// TestSharedServers runs a command under internal/testenv/servers' servers and
// looks that it reaches them and that nothing is left afterwards.
func TestSharedServers(t *testing.T) {
	shared, err := StartShared(true)
	if err != nil {
		t.Fatal(err)
	}
	tests := exec.Command(os.Args[0], "-test.v", "-test.run=^(TestS3PutAndGet|TestMailFromSMTPToIMAP|TestPostgresDatabasesAreApartAndDropped)$")
	tests.Env = append(os.Environ(), shared.Environ()...)
	output, err := tests.CombinedOutput()
	if err != nil || bytes.Count(output, []byte("\n--- PASS")) != 3 {
		t.Errorf("tests with shared servers: %v:\n%s", err, output)
	}
	if err := shared.Stop(); err != nil {
		t.Fatal(err)
	}
	tests = exec.Command(os.Args[0], "-test.run=^TestMailFromSMTPToIMAP$")
	tests.Env = append(os.Environ(), shared.Environ()...)
	if err := tests.Run(); err == nil {
		t.Error("a test passes against servers that are stopped: it does not use the shared ones")
	}
}
