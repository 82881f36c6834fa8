package email

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"parley/core/connector"
)

// provider163 is an IMAP server with the manners of the Chinese providers.
type provider163 struct {
	caps     string
	login    string // answer to LOGIN, without the tag
	idAnswer string
	wantsID  bool
}

func (p provider163) start(t *testing.T) (addr string, commands func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c, got)
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), func() (out []string) {
		for {
			select {
			case verb := <-got:
				out = append(out, verb)
			default:
				return out
			}
		}
	}
}

func (p provider163) serve(c net.Conn, got chan<- string) {
	defer c.Close()
	say := func(lines ...string) { io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n") }
	say("* OK [CAPABILITY " + p.caps + "] ready")
	introduced := false
	r := bufio.NewReader(c)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		tag, verb := f[0], strings.ToUpper(f[1])
		got <- verb
		switch verb {
		case "LOGIN":
			say(tag + " " + p.login)
		case "CAPABILITY":
			say("* CAPABILITY "+p.caps, tag+" OK done")
		case "ID":
			introduced = true
			say("* ID "+p.idAnswer, tag+" OK done")
		case "SELECT", "EXAMINE":
			if p.wantsID && !introduced {
				say(tag + " NO SELECT Unsafe Login. Please contact kefu@188.com for help")
				continue
			}
			say("* 0 EXISTS", "* FLAGS ()", "* OK [UIDVALIDITY 1] ok", tag+" OK done")
		case "LOGOUT":
			say("* BYE", tag+" OK")
			return
		default:
			say(tag + " OK")
		}
	}
}

// TestProviders: what the providers' own ways lead to.
func TestProviders(t *testing.T) {
	for _, tc := range []struct {
		name   string
		server provider163
		class  connector.Class
		code   string
	}{
		{"163 wants to know who we are", provider163{"IMAP4rev1 ID", "OK in", `("name" "Coremail" "vendor" "NetEase")`, true}, "", ""},
		{"163 with an answer of NIL", provider163{"IMAP4rev1 ID", "OK in", "NIL", true}, "", ""},
		{"163 without ID", provider163{"IMAP4rev1", "OK in", "NIL", true}, connector.NeedsLogin, "unsafe_login"},
		{"wrong code", provider163{"IMAP4rev1", "NO LOGIN Login error password error", "NIL", false}, connector.NeedsLogin, "auth_failed"},
		{"by response code", provider163{"IMAP4rev1", "NO [AUTHENTICATIONFAILED] Invalid credentials, try again", "NIL", false}, connector.NeedsLogin, "auth_failed"},
		{"QQ says everything at once", provider163{"IMAP4rev1", "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.", "NIL", false}, connector.RateLimited, "login_limited"},
		{"too many sessions", provider163{"IMAP4rev1", "NO [LIMIT] Too many simultaneous connections", "NIL", false}, connector.RateLimited, "login_limited"},
		{"away", provider163{"IMAP4rev1", "NO [UNAVAILABLE] Temporary authentication failure", "NIL", false}, connector.RateLimited, "login_limited"},
		{"no password without encryption", provider163{"IMAP4rev1 LOGINDISABLED STARTTLS", "OK in", "NIL", false}, connector.NeedsLogin, "login_disabled"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			addr, commands := tc.server.start(t)
			b := newBox(t)
			setAddr(b, addr)
			err := b.open(t).(*conn).side.do(t.Context(), "INBOX", true, func(*session, mailbox) error { return nil })
			if tc.class == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			var e *connector.Error
			if !errors.As(err, &e) || e.Class != tc.class || e.Code != tc.code || e.Shown.EN == "" || e.Shown.ZH == "" {
				t.Errorf("error %+v", err)
			}
			for _, verb := range commands() {
				if verb == "LOGIN" && tc.code == "login_disabled" {
					t.Error("the password was sent over a connection the server called unfit for it")
				}
			}
		})
	}
}

// TestUnreadableID: an answer to ID that the library cannot read costs one
// session, not the mailbox.
func TestUnreadableID(t *testing.T) {
	addr, _ := provider163{"IMAP4rev1 ID", "OK in", `("name" NIL "support" NIL)`, false}.start(t)
	b := newBox(t)
	setAddr(b, addr)
	c := b.open(t).(*conn)
	open := func() error {
		return c.side.do(t.Context(), "INBOX", true, func(*session, mailbox) error { return nil })
	}
	first, second := open(), open()
	if second != nil {
		t.Errorf("first %v, then %v", first, second)
	}
}

// TestIntroduced: Dovecot's answer to ID is understood.
func TestIntroduced(t *testing.T) {
	c := newBox(t).open(t).(*conn)
	s, err := c.login(t.Context())
	must(t, err)
	defer s.close()
	if !s.caps.Has("ID") || c.noID {
		t.Errorf("ID offered %v, given up %v", s.caps.Has("ID"), c.noID)
	}
}
