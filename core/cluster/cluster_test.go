package cluster

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

func leases(t *testing.T, url, node string, life time.Duration, dir string) *Leases {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	l := NewLeases(s, node, slog.New(slog.DiscardHandler))
	l.life = life
	return l
}

func TestR13_OneHolderAtATimeAndTokensRise(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			url, dir := db, t.TempDir()
			if db == "postgres" {
				url = migrated.Postgres(t)
			}
			a, b := leases(t, url, "a", 10*time.Second, dir), leases(t, url, "b", 10*time.Second, dir)
			entered, leave := make(chan int64), make(chan struct{})
			go a.Hold(t.Context(), "mailbox", func(_ context.Context, token int64) error {
				entered <- token
				<-leave
				return nil
			})
			first := <-entered
			if _, ok, err := b.store.AcquireLease(t.Context(), "mailbox", "b", time.Second); err != nil || ok {
				t.Fatalf("two holders: %v %v", ok, err)
			}
			close(leave)
			err := b.Hold(t.Context(), "mailbox", func(_ context.Context, token int64) error {
				if token <= first {
					t.Errorf("token %d after %d", token, first)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestR13_AHolderThatSleptLosesItsLease(t *testing.T) {
	dir := t.TempDir()
	a := leases(t, "sqlite", "a", 300*time.Millisecond, dir)
	err := a.Hold(t.Context(), "mailbox", func(ctx context.Context, token int64) error {
		// Another node takes over, as if this one had been paused beyond its lease.
		if err := a.store.ReleaseLease(ctx, "mailbox", "a", token); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := a.store.AcquireLease(ctx, "mailbox", "b", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if !errors.Is(err, ErrLost) {
		t.Fatalf("got %v", err)
	}
}

func TestPresenceCountsSockets(t *testing.T) {
	var l Local
	var seen []bool
	stop := l.Watch(func(_, _ canon.ID, here bool) { seen = append(seen, here) })
	tenant, who := canon.NewID(), canon.NewID()
	one, two := l.Join(tenant, who), l.Join(tenant, who)
	one()
	one()
	if !l.Here(tenant, who) {
		t.Fatal("gone with a socket open")
	}
	two()
	if l.Here(tenant, who) || len(seen) != 2 || !seen[0] || seen[1] {
		t.Fatalf("here %v, seen %v", l.Here(tenant, who), seen)
	}
	stop()
	l.Join(tenant, who)
	if len(seen) != 2 {
		t.Fatal("a stopped watcher was called")
	}
}

func TestWakesReachTheirTopic(t *testing.T) {
	var l Local
	tenant := canon.NewID()
	var got []canon.ID
	stop := l.Listen(TopicFeed, func(id canon.ID) { got = append(got, id) })
	l.Wake(TopicFeed, tenant)
	l.Wake(TopicInbox, tenant)
	stop()
	l.Wake(TopicFeed, tenant)
	if len(got) != 1 || got[0] != tenant {
		t.Fatalf("got %v", got)
	}
}

func TestLimitsRefillWithTime(t *testing.T) {
	l := NewLocalLimits()
	now := time.Unix(1000, 0)
	l.now = func() time.Time { return now }
	for range 3 {
		if !l.Allow("k", 1, 3) {
			t.Fatal("refused within the burst")
		}
	}
	if l.Allow("k", 1, 3) || !l.Allow("other", 1, 3) {
		t.Fatal("the burst is not kept by key")
	}
	now = now.Add(time.Second)
	if !l.Allow("k", 1, 3) || l.Allow("k", 1, 3) {
		t.Fatal("one second gives one more")
	}
}
