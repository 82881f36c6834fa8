package store_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
	"parley/internal/testenv"
)

// counted is the address of a PostgreSQL server by a way that counts how often
// somebody waits for an answer of it: every Sync and every simple Query.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
func counted(t *testing.T, address string) (string, *atomic.Int64) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ways := new(atomic.Int64)
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				near.Close()
				return
			}
			go func() {
				_, _ = io.Copy(near, far)
				near.Close()
			}()
			go func() {
				count(near, far, ways)
				far.Close()
			}()
		}
	}()
	u.Host = l.Addr().String()
	return u.String(), ways
}

// count hands messages on until one side ends. The first one has no type.
func count(from io.Reader, to io.Writer, ways *atomic.Int64) {
	in := bufio.NewReader(from)
	for first := true; ; first = false {
		head := make([]byte, 5)
		if first {
			head = head[1:]
		}
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		if !first && (head[0] == 'S' || head[0] == 'Q') {
			ways.Add(1)
		}
		rest := int64(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
		if _, err := to.Write(head); err != nil {
			return
		}
		if _, err := io.CopyN(to, in, rest); err != nil {
			return
		}
	}
}

// What a page costs on PostgreSQL is above all the ways there and back: one for
// the shelves it is read from, where its filters need them, and one for the rows with
// tags, colleagues and names.
func TestAPageIsTwoWaysToPostgresAtMost(t *testing.T) {
	address, ways := counted(t, testenv.Postgres(t))
	_, scope := open(t, address, t.TempDir())
	w := newWorld(t, scope)
	var last *row
	for i := range 60 {
		last = w.put(i, i, w.owner(core.StatusAgent, i, i), true)
		if i%3 == 0 {
			w.mark(last)
			w.add(last, w.owners[i%2], true)
		}
	}
	w.mark(last)
	var thread canon.ID
	open := []core.Status{core.StatusAgent, core.StatusQueue}
	list := func(q store.ListQuery) func() error {
		q.Limit = 20
		return func() error {
			page, err := scope.Conversations(t.Context(), q)
			if err == nil && (len(page.Items) == 0 || len(page.Names) != len(page.Items)) {
				t.Errorf("%d rows, %d names", len(page.Items), len(page.Names))
			}
			return err
		}
	}
	for _, c := range []struct {
		name string
		want int64
		do   func() error
	}{
		{"one status", 1, list(store.ListQuery{Statuses: open[:1], Sort: store.SortNewest})},
		{"two statuses, longest wait", 1, list(store.ListQuery{Statuses: open, Sort: store.SortWaiting})},
		{"an account", 2, list(store.ListQuery{Statuses: open, Accounts: w.accounts[1:2], Sort: store.SortNewest})},
		{"a team and owners", 2, list(store.ListQuery{Statuses: open, Teams: w.teams[1:], Owners: w.owners, Sort: store.SortWaiting})},
		{"in a language", 2, list(store.ListQuery{Statuses: open, Languages: []string{"zh"}, Teams: w.teams, NoTeam: true, Sort: store.SortNewest, Accounts: w.accounts})},
		{"a conversation with tags and colleagues", 1, func() error {
			r, rev, err := scope.RoundAt(t.Context(), last.id)
			if thread = r.Thread; err == nil && (rev == 0 || !slices.Contains(r.Tags, w.tag)) {
				t.Errorf("revision %d, tags %v", rev, r.Tags)
			}
			return err
		}},
		{"its messages", 1, func() error {
			_, err := scope.Messages(t.Context(), thread, 0, 50)
			return err
		}},
	} {
		// The first of all prepares a statement, and something else may be under way.
		least := int64(1 << 62)
		for range 10 {
			before := ways.Load()
			if err := c.do(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			least = min(least, ways.Load()-before)
		}
		if least != c.want {
			t.Errorf("%s: %d ways, want %d", c.name, least, c.want)
		}
	}
}

// A page is whole where one of many shelves has far more of it than its share.
func TestAPageOfOneBusyShelfIsWhole(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		w := newWorld(t, scope)
		w.owners = nil
		for range 60 {
			w.owners = append(w.owners, canon.NewID())
		}
		peer := 0
		put := func(owner int) {
			w.now = w.now.Add(time.Millisecond)
			w.put(peer, 0, w.owner(core.StatusAgent, owner, 1), true)
			peer++
		}
		for i := range 120 { // the others had theirs before
			put(1 + i%59)
		}
		for range 24 {
			put(0)
		}
		for _, sort := range []store.Sort{store.SortNewest, store.SortWaiting} {
			for _, limit := range []int{20, 50, 100, 200} {
				q := store.ListQuery{Teams: w.teams[1:2], Statuses: []core.Status{core.StatusAgent}, Sort: sort, Limit: limit}
				if got, want := w.pages(q), w.expect(q); !slices.Equal(got, want) {
					t.Errorf("%s by %d: %d rows, want %d, or in another order", sort, limit, len(got), len(want))
				}
			}
		}
	})
}
