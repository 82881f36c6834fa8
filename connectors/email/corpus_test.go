package email

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parley/core/canon"
	"parley/core/connector"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixedLink makes every id of the corpus the same in every run.
func fixedLink(t testing.TB) connector.Link {
	t.Helper()
	tenant, err := canon.ParseID("0190f3a2-7c1e-7abc-8def-0123456789ab")
	if err != nil {
		t.Fatal(err)
	}
	link, err := canon.ParseID("0190f3a2-7c1e-7abc-8def-0123456789ac")
	if err != nil {
		t.Fatal(err)
	}
	return connector.Link{ID: link, Tenant: tenant, Config: connector.Values{
		"address": "help@shop.example", "display_name": "Shop Help", "imap_host": "imap.shop.example",
		"smtp_host": "smtp.shop.example", "imap_password": "secret",
	}}
}

func fixedConn(t testing.TB) *conn {
	t.Helper()
	now := time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC)
	opened, err := New().Open(context.Background(), fixedLink(t), connector.Env{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return opened.(*conn)
}

// ours is the Message-ID of a mail the hub sent to jane@example.com.
func ours(t testing.TB, c *conn) string {
	t.Helper()
	key, err := canon.ParseID("0190f3a2-7c1e-7abc-8def-00000000aaaa")
	if err != nil {
		t.Fatal(err)
	}
	return c.messageID(connector.Request{Key: key, Thread: oursThread()})
}

func oursThread() canon.ThreadKey {
	return canon.ThreadKey{Account: "help@shop.example", Peer: "jane@example.com", Thread: threadOf("001.plain@example.com")}
}

func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d mails in the corpus, %v", len(files), err)
	}
	id := []byte(ours(t, fixedConn(t)))
	mails := make(map[string][]byte, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		mails[strings.TrimSuffix(filepath.Base(f), ".eml")] = bytes.ReplaceAll(raw, []byte("@OURS@"), id)
	}
	return mails
}

// somewhere is where the mails of the corpus lie.
var somewhere = position{validity: 7, uid: 42, received: time.Date(2026, 11, 16, 1, 31, 0, 0, time.UTC)}

// TestGolden reads every mail of the corpus and holds the envelope against the
// one approved by eye.
func TestGolden(t *testing.T) {
	for name, raw := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			env := fixedConn(t).decode(context.Background(), raw, somewhere)
			compact, err := json.Marshal(env)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, compact, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			file := "testdata/golden/" + name + ".json"
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestMalformed: whatever is done to a real mail, an envelope comes of it that
// names account, thread, sender and event, and can be stored.
func TestMalformed(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	c := fixedConn(t)
	for name, raw := range corpus(t) {
		for range 40 {
			broken := slices.Clone(raw)
			for range 1 + r.IntN(5) {
				at := r.IntN(len(broken))
				switch r.IntN(4) {
				case 0:
					broken[at] = byte(r.IntN(256))
				case 1:
					broken = append(broken[:at], broken[min(len(broken), at+r.IntN(80)):]...)
				case 2:
					broken = slices.Insert(broken, at, broken[at:min(len(broken), at+r.IntN(80))]...)
				case 3:
					broken = slices.Insert(broken, at, '\r', '\n')
				}
				if len(broken) == 0 {
					broken = []byte("\n")
				}
			}
			env := c.decode(context.Background(), broken, somewhere)
			if env.Account == "" || env.Thread.Account != env.Account || env.EventID == "" || env.Event == nil || env.Time.IsZero() {
				t.Fatalf("%s: incomplete %+v of\n%q", name, env, broken)
			}
			if _, receipt := env.Event.(canon.Receipt); !receipt && (env.From.ID == "" || env.Thread.Peer == "") {
				t.Fatalf("%s: nobody wrote %+v of\n%q", name, env, broken)
			}
			stored, err := json.Marshal(env)
			if err != nil || !utf8.Valid(stored) {
				t.Fatalf("%s: cannot be stored: %v", name, err)
			}
			var back canon.Envelope
			if err := json.Unmarshal(stored, &back); err != nil {
				t.Fatalf("%s: cannot be read back: %v", name, err)
			}
		}
	}
}
