//go:build !nogpl

package whatsapp_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/whatsapp"
)

// TestMain has the library trust the played server.
func TestMain(m *testing.M) {
	whatsmeow.WACertPubKey = played.Root()
	os.Exit(m.Run())
}

const customer = "8613800000501"

// rig is a played platform with the real library beside it, bare of our connector.
type rig struct {
	t    *testing.T
	p    *played.Platform
	srv  *httptest.Server
	box  *sqlstore.Container
	cli  *whatsmeow.Client
	seen chan any
}

// elsewhere sends what is for WhatsApp to the played one.
type elsewhere string

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL = &url.URL{Scheme: "http", Host: string(e), Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	return http.DefaultTransport.RoundTrip(r)
}

func newRig(t *testing.T, o played.Options) *rig {
	t.Helper()
	r := &rig{t: t, p: played.New(o)}
	r.srv = httptest.NewServer(r.p)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "s.db")+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	r.box = sqlstore.NewWithDB(db, "sqlite", nil)
	if err := r.box.Upgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.cli != nil {
			r.cli.Disconnect()
		}
		r.p.Close()
		r.srv.Close()
		db.Close()
	})
	return r
}

// client makes a client of a device; its events come by seen.
func (r *rig) client(d *store.Device) *whatsmeow.Client {
	cli := whatsmeow.NewClient(d, nil)
	h := &http.Client{Transport: elsewhere(strings.TrimPrefix(r.srv.URL, "http://"))}
	cli.SetWebsocketHTTPClient(h)
	cli.SetPreLoginHTTPClient(h)
	cli.SetMediaHTTPClient(h)
	cli.EnableAutoReconnect = false
	r.seen = make(chan any, 200)
	seen := r.seen
	cli.AddEventHandler(func(evt any) {
		select {
		case seen <- evt:
		default:
		}
	})
	return cli
}

// link links a device by QR code and waits until it is connected.
func (r *rig) link() {
	r.t.Helper()
	r.cli = r.client(r.box.NewDevice())
	codes, err := r.cli.GetQRChannel(r.t.Context())
	if err == nil {
		err = r.cli.Connect()
	}
	if err == nil {
		err = r.p.Scan((<-codes).Code)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	await[*events.Connected](r)
}

// await waits for an event of a kind.
func await[T any](r *rig) T {
	r.t.Helper()
	for deadline := time.After(15 * time.Second); ; {
		select {
		case evt := <-r.seen:
			if e, ok := evt.(T); ok {
				return e
			}
		case <-deadline:
			r.t.Fatalf("no %T came", *new(T))
		}
	}
}

func (r *rig) send(to string, text string) error {
	jid, _ := types.ParseJID(to)
	_, err := r.cli.SendMessage(r.t.Context(), jid, &waE2E.Message{Conversation: &text})
	return err
}

// reconnect drops the socket and connects anew, with changes.
func (r *rig) reconnect(change func(*waWa6.ClientPayload)) {
	r.t.Helper()
	r.cli.Disconnect()
	d := r.cli.Store
	r.cli = r.client(d)
	r.cli.GetClientPayload = func() *waWa6.ClientPayload {
		p := d.GetClientPayload()
		if change != nil {
			change(p)
		}
		return p
	}
	if err := r.cli.Connect(); err != nil {
		r.t.Fatal(err)
	}
}

func contains(err error, words string) error {
	if err == nil || !strings.Contains(err.Error(), words) {
		return fmt.Errorf("it ends with %v, not with %q", err, words)
	}
	return nil
}

// upload posts to the store of media.
func (r *rig) upload(body []byte, token, auth string) error {
	resp, err := http.Post(r.srv.URL+"/mms/image/x?auth="+auth+"&token="+url.QueryEscape(token), "", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp.Body.Close()
	return errors.New(resp.Status)
}

// breaches break each rule once.
func breaches() map[string]func(r *rig) error {
	loggedOut := func(r *rig, reason events.ConnectFailureReason) error {
		if e := await[*events.LoggedOut](r); e.Reason != reason {
			return fmt.Errorf("the reason is %d", e.Reason)
		}
		return nil
	}
	return map[string]func(r *rig) error{
		"handshake": func(r *rig) error {
			ws, _, err := websocket.Dial(r.t.Context(), r.srv.URL+"/ws/chat", nil)
			if err != nil {
				return err
			}
			if err := ws.Write(r.t.Context(), websocket.MessageBinary, []byte("WA\x06\x03\x00\x00\x02hi")); err != nil {
				return err
			}
			if _, _, err = ws.Read(r.t.Context()); err == nil {
				return errors.New("it was answered")
			}
			return nil
		},
		"known device": func(r *rig) error {
			r.link()
			r.reconnect(func(p *waWa6.ClientPayload) { p.Device = proto.Uint32(99) })
			return loggedOut(r, 401)
		},
		"device key": func(r *rig) error {
			r.link()
			r.cli.Store.NoiseKey = keys.NewKeyPair()
			r.reconnect(nil)
			return loggedOut(r, 401)
		},
		"client version": func(r *rig) error {
			r.link()
			r.p.Outdate(4_000_000_000)
			r.reconnect(nil)
			await[*events.ClientOutdated](r)
			return nil
		},
		"temporary ban": func(r *rig) error {
			r.link()
			r.p.Refuse(402, 104, time.Hour)
			r.reconnect(nil)
			if b := await[*events.TemporaryBan](r); b.Code != 104 || b.Expire != time.Hour {
				return fmt.Errorf("the ban is %+v", b)
			}
			return nil
		},
		"banned": func(r *rig) error {
			r.link()
			r.p.Refuse(406, 0, 0)
			r.reconnect(nil)
			return loggedOut(r, 406)
		},
		"one socket": func(r *rig) error {
			r.link()
			first := r.seen
			second := r.client(r.cli.Store)
			if err := second.Connect(); err != nil {
				return err
			}
			defer second.Disconnect()
			r.seen = first
			await[*events.StreamReplaced](r)
			return nil
		},
		"unlinked": func(r *rig) error { r.link(); r.p.Unlink(); return loggedOut(r, 401) },
		"code current": func(r *rig) error {
			return contains(r.p.Scan("https://wa.me/settings/linked_devices#2@old,AAAA,AAAA,AAAA,1"), "no such code")
		},
		"device signature": func(r *rig) error {
			// The device proves another key than the one it showed.
			d := r.box.NewDevice()
			r.cli = r.client(d)
			codes, err := r.cli.GetQRChannel(r.t.Context())
			if err == nil {
				err = r.cli.Connect()
			}
			if err != nil {
				return err
			}
			parts := strings.Split((<-codes).Code, ",")
			parts[2] = base64.StdEncoding.EncodeToString(keys.NewKeyPair().Pub[:])
			if err := r.p.Scan(strings.Join(parts, ",")); err != nil {
				return err
			}
			await[*events.PairError](r)
			if r.p.Linked() {
				return errors.New("it is linked all the same")
			}
			return nil
		},
		"pair code": func(r *rig) error {
			r.pairPhone(r.p.Number())
			ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
			defer cancel()
			return contains(r.p.Enter(ctx, "AAAA-AAAA"), "wrong code")
		},
		"phone number": func(r *rig) error { return contains(r.pairPhone("15550000000"), "404") },
		"signed prekey": func(r *rig) error {
			d := r.box.NewDevice()
			d.SignedPreKey.Signature = &[64]byte{1}
			r.cli = r.client(d)
			codes, err := r.cli.GetQRChannel(r.t.Context())
			if err == nil {
				err = r.cli.Connect()
			}
			if err == nil {
				err = r.p.Scan((<-codes).Code)
			}
			if err != nil {
				return err
			}
			await[*events.Connected](r)
			return r.answered("encrypt", 400)
		},
		"query": func(r *rig) error { r.link(); _, err := r.cli.GetBlocklist(r.t.Context()); return contains(err, "501") },
		"on WhatsApp": func(r *rig) error {
			r.link()
			return contains(r.send("15559999999@s.whatsapp.net", "x"), "no LID found")
		},
		"cold contact": func(r *rig) error { r.link(); return contains(r.send(customer+"@s.whatsapp.net", "x"), "463") },
		"member":       func(r *rig) error { r.link(); return contains(r.send("1203639999@g.us", "x"), "403") },
		"message id": func(r *rig) error {
			r.link()
			r.wrote()
			jid, _ := types.ParseJID(customer + "@s.whatsapp.net")
			for range 2 {
				if _, err := r.cli.SendMessage(r.t.Context(), jid, &waE2E.Message{Conversation: proto.String("once")}, whatsmeow.SendRequestExtra{ID: "3EB0AA"}); err != nil {
					return err
				}
			}
			if n := strings.Count(strings.Join(r.p.Lines(customer), "|"), "once"); n != 1 {
				return fmt.Errorf("it is shown %d times", n)
			}
			return nil
		},
		"edit own": func(r *rig) error {
			r.link()
			r.wrote()
			jid, _ := types.ParseJID(customer + "@s.whatsapp.net")
			theirs := r.p.Screen(customer).Bubbles[0].ID
			if _, err := r.cli.SendMessage(r.t.Context(), jid, r.cli.BuildEdit(jid, theirs, &waE2E.Message{Conversation: proto.String("put into their mouth")})); err != nil {
				return err
			}
			if got := r.p.Lines(customer)[0]; got != "hello" {
				return fmt.Errorf("it reads %q now", got)
			}
			return nil
		},
		"offline queue": func(r *rig) error {
			r.link()
			r.cli.Disconnect()
			r.wrote()
			r.reconnect(nil)
			if m := await[*events.Message](r); m.Message.GetConversation() != "hello" {
				return fmt.Errorf("what waited is %v", m.Message)
			}
			return nil
		},
		"presence": func(r *rig) error {
			r.link()
			jid, _ := types.ParseJID(customer + "@s.whatsapp.net")
			if err := r.cli.SubscribePresence(r.t.Context(), jid); err != nil {
				return err
			}
			_, _ = r.cli.GetGroupInfo(r.t.Context(), types.NewJID("1", types.GroupServer)) // once it is answered, what was before it is read
			if r.p.Comes(customer, true) {
				return errors.New("a device that hides is told")
			}
			return nil
		},
		"upload token": func(r *rig) error { return contains(r.upload([]byte("x"), "bad", "played-media-permission"), "400") },
		"upload auth": func(r *rig) error {
			sum := sha256.Sum256([]byte("x"))
			return contains(r.upload([]byte("x"), base64.URLEncoding.EncodeToString(sum[:]), "mine"), "401")
		},
		"media kept": func(r *rig) error {
			r.link()
			m, err := r.p.FileOf("image", []byte("picture"))
			if err != nil {
				return err
			}
			r.p.Expire()
			_, err = r.cli.Download(r.t.Context(), m)
			return contains(err, "410")
		},
		"media sealed": func(r *rig) error {
			r.link()
			r.wrote()
			m, err := r.p.FileOf("image", []byte("picture"))
			if err != nil {
				return err
			}
			m.MediaKey = make([]byte, 32)
			jid, _ := types.ParseJID(customer + "@s.whatsapp.net")
			if _, err := r.cli.SendMessage(r.t.Context(), jid, &waE2E.Message{ImageMessage: m}); err != nil {
				return err
			}
			if b := r.p.Screen(customer).Bubbles; len(b[len(b)-1].Media) > 0 {
				return errors.New("it is shown")
			}
			return nil
		},
	}
}

// wrote has the customer write first.
func (r *rig) wrote() {
	r.t.Helper()
	if err := r.p.Do(r.t.Context(), customer, emulate.Act{Kind: emulate.ActText, Text: "hello"}); err != nil {
		r.t.Fatal(err)
	}
}

// pairPhone asks for a pair code.
func (r *rig) pairPhone(number string) error {
	r.cli = r.client(r.box.NewDevice())
	codes, err := r.cli.GetQRChannel(r.t.Context())
	if err == nil {
		err = r.cli.Connect()
	}
	if err != nil {
		return err
	}
	<-codes
	_, err = r.cli.PairPhone(r.t.Context(), number, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	return err
}

// answered looks for a refusal in the platform's log.
func (r *rig) answered(op string, status int) error {
	for _, c := range r.p.Calls() {
		if c.Op == op && c.Status == status {
			return nil
		}
	}
	return fmt.Errorf("%s was not refused with %d: %+v", op, status, r.p.Calls())
}

// TestEveryRuleIsKept breaks each once.
func TestEveryRuleIsKept(t *testing.T) {
	all := breaches()
	for _, rule := range played.Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			broken, ok := all[rule.Name]
			if !ok {
				t.Fatal("no test breaks this rule")
			}
			if err := broken(newRig(t, played.Options{Restricted: rule.Name == "cold contact"})); err != nil {
				t.Errorf("%s: %v", rule.Says, err)
			}
		})
	}
	if len(all) != len(played.Rules()) {
		t.Errorf("%d rules, %d tests", len(played.Rules()), len(all))
	}
}
