//go:build !nogpl

package whatsapp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	played "parley/connectors/emulate/whatsapp"
	"parley/connectors/whatsapp"
	"parley/core/canon"
	"parley/core/connector"
)

// linked is a phone that has linked a device: made once and copied for each
// rule, because making keys takes its time.
type linked struct {
	memory  *played.Memory
	session []byte // the database of sessions
	device  string
}

var linkOnce sync.Once

func theLinked(t *testing.T) linked {
	t.Helper()
	linkOnce.Do(func() {
		w := newWorld(t, played.Options{})
		w.link()
		w.halt()
		file, err := os.ReadFile(filepath.Join(w.dir, "whatsapp.db"))
		if err != nil {
			t.Fatal(err)
		}
		once = linked{w.p.Remember(), file, w.values["session"]}
	})
	return once
}

var once linked

// stage is the played platform as the kit sees it.
type stage struct {
	*played.Platform
	srv    *httptest.Server
	dir    string
	device string
}

func (s *stage) Close() {
	s.Platform.Close()
	s.srv.Close()
	_ = os.RemoveAll(s.dir)
}

func (s *stage) Hosts() []string          { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values { return values(s.device) }
func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: "main", Name: "Tea House"}}
}

// Calls are those a customer, or somebody who looks after the number, would see.
func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.Platform.Calls() {
		if c.Op == "message" || c.Op == "chatstate" || c.Op == "read" {
			out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: c.Wire})
		}
	}
	return out
}

func suite(t *testing.T) conntest.Suite {
	l := theLinked(t)
	var now *stage
	s := conntest.Suite{
		Live: true, Fixed: true, Golden: "testdata/conntest",
		Peer: customer + "@s.whatsapp.net", Inbound: "3A000001PLAYED/",
		New: func() connector.Driver { return whatsapp.New(whatsapp.Options{Played: now.srv.URL}) },
		Play: func(clock func() time.Time) (conntest.Emulator, error) {
			p := played.New(played.Options{Clock: clock, From: l.memory})
			dir, err := os.MkdirTemp("", "parley-whatsapp-kit-*")
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "whatsapp.db"), l.session, 0o600)
			}
			now = &stage{Platform: p, srv: httptest.NewServer(p), dir: dir, device: l.device}
			return now, err
		},
		Env: func(e *connector.Env) { e.Database = database(now.dir) },
		Out: outCases(),
		Fetch: &conntest.FetchCase{Media: func(e conntest.Emulator) canon.Media {
			m, err := e.(*stage).FileOf("image", []byte(pixel))
			if err != nil {
				t.Error(err)
			}
			return canon.Media{Kind: canon.MediaImage, RemoteID: canon.RemoteID(whatsapp.HandleOf("image", m)), MIME: "image/png"}
		}, Want: []byte(pixel)},
		Stream: &conntest.Stream{Told: func(e conntest.Emulator) int { return e.(*stage).Confirmed() }, Cases: streamCases()},
	}
	return s
}

func acts(who string, acts ...emulate.Act) func(conntest.Emulator) error {
	return func(e conntest.Emulator) error {
		for _, act := range acts {
			if err := e.(*stage).Do(context.Background(), who, act); err != nil {
				return err
			}
		}
		return nil
	}
}

func streamCases() []conntest.StreamCase {
	return []conntest.StreamCase{
		{Name: "text, edit, reaction and recall", Envelopes: 4, Feed: acts(customer,
			emulate.Act{Kind: emulate.ActText, Text: "你好"}, emulate.Act{Kind: emulate.ActEdit, Target: "3A000001PLAYED", Text: "你好吗"},
			emulate.Act{Kind: emulate.ActReact, Target: "3A000001PLAYED", Value: "👍"}, emulate.Act{Kind: emulate.ActRecall, Target: "3A000001PLAYED"})},
		{Name: "hidden number", Envelopes: 2, Feed: acts("4915200000502", emulate.Act{Kind: emulate.ActText, Text: "Guten Tag"}, emulate.Act{Kind: emulate.ActLocation, Lat: 52.5, Lon: 13.4, Text: "Alexanderplatz"})},
		{Name: "group", Envelopes: 3, Feed: func(e conntest.Emulator) error {
			g := e.(*stage).AddGroup("Buyers")
			if err := acts(customer+"@"+g, emulate.Act{Kind: emulate.ActText, Text: "anybody here?"}, emulate.Act{Kind: emulate.ActText, Text: "me again"})(e); err != nil {
				return err
			}
			return e.(*stage).Leaves("15550000503@" + g)
		}},
		{Name: "sealed under a secret", Envelopes: 4, Feed: func(e conntest.Emulator) error {
			p, secret := e.(*stage), bytes.Repeat([]byte{7}, 32)
			who := customer + "@" + p.AddGroup("Buyers")
			id, err := p.PostSecret(who, "你好", secret)
			if err != nil {
				return err
			}
			if err := errors.Join(p.ReactSealed(who, id, secret, "👍"), p.EditSealed(who, id, secret, "你好吗")); err != nil {
				return err
			}
			return p.ReactSealed(who, id, bytes.Repeat([]byte{8}, 32), "🎉") // nobody can read it: kept as unknown
		}},
		{Name: "the owner's phone, a call, and something new", Envelopes: 3, Feed: func(e conntest.Emulator) error {
			if err := e.(*stage).OwnerSays(customer, "I am on it"); err != nil {
				return err
			}
			e.(*stage).Rings(customer, true)
			m := &waE2E.Message{}
			m.ProtoReflect().SetUnknown([]byte{0xfa, 0x7f, 0x01, 0x78}) // field 2047
			_, err := e.(*stage).Post(customer, m)
			return err
		}},
		{Name: "a busy night", Envelopes: 60, Feed: func(e conntest.Emulator) error {
			for i := range 60 {
				if _, err := e.(*stage).Post([]string{customer, "4915200000502", "15550000503"}[i%3], &waE2E.Message{Conversation: proto.String(fmt.Sprint("message ", i))}); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// TestConformance holds the connector to every rule of the contract.
func TestConformance(t *testing.T) { conntest.Run(t, suite(t)) }
