//go:build !nogpl

package played_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/email"
	playedwhatsapp "parley/connectors/emulate/whatsapp"
	"parley/connectors/whatsapp"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
	"parley/internal/played"
	"parley/internal/testenv"
)

// TestALinkThatIsCutTurnsRedWithinAMinuteAndGreenAgain: of the channels that hold
// a connection of their own. At first it is poor, for mostly it is back in a
// moment; what lasts is red and goes out as an alert.
func TestALinkThatIsCutTurnsRedWithinAMinuteAndGreenAgain(t *testing.T) {
	t.Run("whatsapp", func(t *testing.T) {
		t.Parallel()
		trustPlayed()
		clock, away := &played.Clock{}, &atomic.Bool{}
		p := playedwhatsapp.New(playedwhatsapp.Options{Clock: clock.Now})
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if away.Load() {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			p.ServeHTTP(w, r)
		}))
		t.Cleanup(func() { p.Close(); srv.Close() })
		h := played.Start(t, played.Setup{Driver: whatsapp.New(whatsapp.Options{Played: srv.URL}), Values: whatsAppValues(""), Clock: clock.Now})
		w := &whatsAppWorld{Hub: h, Customer: h.Customer(p, whatsAppCustomer), t: t, p: p}
		w.links("qr")
		isCut(t, h, clock, "disconnected", func() {
			away.Store(true)
			p.Drop()
		}, func() { away.Store(false) })
	})
	t.Run("email", func(t *testing.T) {
		t.Parallel()
		clock := &played.Clock{}
		server := testenv.Dovecot(t)
		box := server.NewMailbox(t, "cut")
		values := mailbox(server, box)
		bar := newBarrier(t, server.IMAPAddr)
		values["imap_host"], values["imap_port"], _ = net.SplitHostPort(bar.Addr().String())
		h := played.Start(t, played.Setup{Driver: email.New(), Values: values, Clock: clock.Now, Accounts: []canon.RemoteID{canon.RemoteID(box.Address)}})
		isCut(t, h, clock, "", func() { bar.shut(true) }, func() { bar.shut(false) })
	})
}

func isCut(t *testing.T, h *played.Hub, clock *played.Clock, code string, cut, mend func()) {
	t.Helper()
	h.Light(h.Account, connector.HealthGood, "ok")
	cut()
	h.Light(h.Account, connector.HealthPoor, code)
	clock.Pass(50 * time.Second)
	h.Light(h.Account, connector.HealthBad, code)
	alerted(t, h, core.AlertRed)
	mend()
	h.Light(h.Account, connector.HealthGood, "ok")
	clock.Pass(store.GreenAfter + time.Second)
	alerted(t, h, core.AlertGreen)
}

// alerted waits for an alert of a kind.
func alerted(t *testing.T, h *played.Hub, kind core.AlertKind) {
	t.Helper()
	h.Until("an alert goes out: "+string(kind), func() bool {
		all, err := h.Store.For(h.Tenant).Alerts(t.Context(), canon.ID{}, 20)
		return err == nil && slices.ContainsFunc(all, func(a core.Alert) bool { return a.Kind == kind })
	})
}

// barrier stands before a server and can be shut: who is connected is cut off,
// and nobody comes in.
type barrier struct {
	net.Listener
	to string

	mu     sync.Mutex
	closed bool
	open   []net.Conn
}

func newBarrier(t *testing.T, to string) *barrier {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &barrier{Listener: l, to: to}
	t.Cleanup(func() { l.Close(); b.shut(true) })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go b.pass(in)
		}
	}()
	return b
}

func (b *barrier) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", b.to)
	if err != nil {
		return
	}
	defer out.Close()
	b.mu.Lock()
	closed := b.closed
	b.open = append(b.open, in, out)
	b.mu.Unlock()
	if closed {
		return
	}
	go func() { _, _ = io.Copy(out, in); out.Close() }()
	_, _ = io.Copy(in, out)
}

func (b *barrier) shut(closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = closed
	for _, c := range b.open {
		if closed {
			c.Close()
		}
	}
	b.open = nil
}
