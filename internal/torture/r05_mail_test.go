package torture

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// A mail that the server took before the hub was killed goes out again under
// the Message-ID it had, so that a mail program shows it once; and no question
// stays without its answer. The server is a real one, and what it took is what
// it delivered.
func TestR05_ARepeatedMailKeepsItsMessageID(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		kills := long(100, 10)
		server := testenv.Dovecot(t)
		var hidden atomic.Pointer[ambush]
		// The server has taken a mail and its word is on the way.
		door := doorTo(t, server.SMTPAddr, func() (lost bool) {
			a := hidden.Load()
			return a != nil && a.strike(t)
		})
		api := start(t, h)
		box := server.NewMailbox(t, "help")
		config := mailConfig(server, box)
		maps.Copy(config, map[string]string{"smtp_host": "127.0.0.1", "smtp_port": door, "smtp_security": "none", "auto_per_hour": "1000"})
		if _, err := api.Link(t.Context(), "email", "help", config, answerer(t, api)); err != nil {
			t.Fatal(err)
		}
		const customers = 6
		inboxes := map[string]testenv.Mailbox{}
		for i := range customers {
			inboxes[fmt.Sprintf("peer-%d", i)] = server.NewMailbox(t, "customer")
		}
		a := lay(h, chance, kills, 2)
		hidden.Store(a)
		questions := asked{}
		a.during(t, func() {
			questions.eachAsks(t, a, customers, func(peer string, n int) error {
				own := inboxes[peer]
				box.Deliver(t, own.Address, letter(own.Address, box.Address, fmt.Sprintf("%s-q%d", peer, n), theQuestion))
				return rig.Until(t.Context(), time.Minute, func() (bool, error) {
					ids, _, err := answers(own.Wait(t, "INBOX", 0))
					return len(ids) > n, err
				})
			})
		})
		allSent(t, api)
		var seen []shown
		repeated := 0
		for peer, own := range inboxes {
			ids, mails, err := answers(own.Wait(t, "INBOX", 0))
			if err != nil {
				t.Fatal(err)
			}
			for id := range ids {
				seen = append(seen, shown{peer, id})
			}
			repeated += mails - len(ids)
		}
		for _, what := range shownOnce(seen, questions) {
			t.Error(what)
		}
		t.Logf("%d kills between send and record, %d questions, %d mails came again under their Message-ID", kills, questions.sum(), repeated)
		if repeated == 0 {
			t.Error("no mail was repeated: the kills hit nothing")
		}
	})
}

// answers counts the mails of an inbox that hold the answer, and returns their
// ids.
func answers(inbox [][]byte) (ids map[string]bool, mails int, err error) {
	ids = map[string]bool{}
	for _, raw := range inbox {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			return nil, 0, err
		}
		id := m.Header.Get("Message-Id")
		if id == "" {
			return nil, 0, fmt.Errorf("a mail has no Message-ID:\n%s", raw)
		}
		ids[id] = true
		mails++
	}
	return ids, mails, nil
}

// doorTo stands before an SMTP server, without encryption, and calls taken when
// the server has taken a mail and before the client hears of it: if that
// reports true, the client never does. It returns the door's port.
func doorTo(t *testing.T, server string, taken func() (lost bool)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	t.Cleanup(func() { l.Close() })
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer client.Close()
				up, err := net.Dial("tcp", server)
				if err != nil {
					return // as a server that is away
				}
				defer up.Close()
				pass(client, up, taken)
			})
		}
	})
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// pass carries one SMTP session until either side ends it.
func pass(client, server net.Conn, taken func() bool) {
	var ended atomic.Bool // the client has said the last line of a mail
	go func() {
		defer server.Close()
		in, body := bufio.NewReader(client), false
		for {
			text, err := in.ReadString('\n')
			switch command := strings.ToUpper(strings.TrimSpace(text)); {
			case body && command == ".":
				body = false
				ended.Store(true)
			case !body && command == "DATA":
				body = true
			}
			if _, failed := io.WriteString(server, text); err != nil || failed != nil {
				return
			}
		}
	}()
	in := bufio.NewReader(server)
	for {
		text, err := in.ReadString('\n')
		if strings.HasPrefix(text, "250") && ended.Swap(false) && taken() {
			return
		}
		if _, failed := io.WriteString(client, text); err != nil || failed != nil {
			return
		}
	}
}
