package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

// eachStore runs a test on both databases; url reaches the same one directly.
func eachStore(t *testing.T, do func(t *testing.T, s *store.Store, scope store.Scope, url string)) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			t.Parallel()
			url := db
			if db == "postgres" {
				url = migrated.Postgres(t)
			}
			s, scope := open(t, url, t.TempDir())
			do(t, s, scope, url)
		})
	}
}

func open(t *testing.T, url, dir string) (*store.Store, store.Scope) {
	t.Helper()
	if url == "sqlite" {
		migrated.SQLite(t, dir)
	}
	s, err := store.Open(t.Context(), store.Options{URL: url, DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	tenant, err := s.EnsureDefaultTenant(t.Context(), secret.NewBox(secret.NewMasterKey()))
	if err != nil {
		t.Fatal(err)
	}
	return s, s.For(tenant.ID)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

func addTag(name string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		_, err := tx.SaveTag(context.Background(), core.Tag{Scope: core.TagContact, Name: name}, canon.ID{})
		return err
	}
}

func tags(t *testing.T, scope store.Scope) map[string]bool {
	t.Helper()
	all, err := scope.Tags(t.Context(), core.TagContact, canon.ID{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, tag := range all {
		out[tag.Name] = true
	}
	return out
}

func TestAMemberThatFailsNeverFailsItsMates(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		refused := errors.New("refused")
		var all sync.WaitGroup
		for i := range 200 {
			all.Add(1)
			go func() {
				defer all.Done()
				name := fmt.Sprintf("n%d", i)
				err := scope.Write(t.Context(), func(tx *store.Tx) error {
					if err := addTag(name)(tx); err != nil {
						return err
					}
					switch i % 10 {
					case 3:
						return refused
					case 7:
						panic("a member panics")
					}
					return nil
				})
				switch {
				case i%10 == 3 && !errors.Is(err, refused):
					t.Errorf("%s: %v", name, err)
				case i%10 == 7 && (err == nil || !strings.Contains(err.Error(), "a member panics")):
					t.Errorf("%s: %v", name, err)
				case i%10 != 3 && i%10 != 7 && err != nil:
					t.Errorf("%s: %v", name, err)
				case store.Unavailable(err):
					t.Errorf("%s passes for an outage: %v", name, err)
				}
			}()
		}
		all.Wait()
		kept := tags(t, scope)
		for i := range 200 {
			if want := i%10 != 3 && i%10 != 7; kept[fmt.Sprintf("n%d", i)] != want {
				t.Errorf("n%d kept: %v", i, !want)
			}
		}
	})
}

func TestACallerThatGaveUpIsNotWritten(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := scope.Write(ctx, addTag("gone")); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if tags(t, scope)["gone"] {
			t.Fatal("written all the same")
		}
	})
}

// direct runs a statement beside the store.
func direct(t *testing.T, url, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestR12_LostConnectionsAreReplaced(t *testing.T) {
	url := migrated.Postgres(t)
	_, scope := open(t, url, t.TempDir())
	for i := range 3 {
		name := fmt.Sprintf("n%d", i)
		direct(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		eventually(t, "writes go on", func() bool {
			err := scope.Write(t.Context(), addTag(name))
			if err != nil && !store.Unavailable(err) {
				t.Fatalf("not told as an outage: %v", err)
			}
			return err == nil
		})
		if !tags(t, scope)[name] {
			t.Fatal("not kept")
		}
	}
}

func TestACommitThatFailsIsToldAndSurvived(t *testing.T) {
	url := migrated.Postgres(t)
	_, scope := open(t, url, t.TempDir())
	direct(t, url, `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'bad' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
		CREATE CONSTRAINT TRIGGER late AFTER INSERT ON tags DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()`)
	for range 5 { // each of the writing connections
		if err := scope.Write(t.Context(), addTag("bad")); !store.Unavailable(err) {
			t.Fatalf("got %v", err)
		}
	}
	if err := scope.Write(t.Context(), addTag("good")); err != nil {
		t.Fatal(err)
	}
	if kept := tags(t, scope); kept["bad"] || !kept["good"] {
		t.Fatalf("kept %v", kept)
	}
}

// Two writers that lock the same rows in opposite order both come through.
func TestWritersThatDeadlockAreTriedAgain(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		agents := make([]canon.ID, 2)
		for i := range agents {
			err := scope.Write(t.Context(), func(tx *store.Tx) error {
				a, err := tx.AddAgent(t.Context(), core.Agent{Email: fmt.Sprintf("a%d@example.com", i), Name: "A", Role: core.RoleAgent, Language: "en", MaxLoad: 10}, "x", canon.ID{})
				agents[i] = a.ID
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		for i := range 60 {
			all.Add(1)
			go func() {
				defer all.Done()
				err := scope.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.Take(agents[i%2]); err != nil {
						return err
					}
					time.Sleep(time.Millisecond) // so that the other is in between
					return tx.Take(agents[1-i%2])
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
		for _, id := range agents {
			if a, err := scope.Agent(t.Context(), id); err != nil || a.Load != 60 {
				t.Fatalf("load %d %v", a.Load, err)
			}
		}
	})
}

func TestTheFeedIsNumberedWithoutGapsUnderConcurrentWriters(t *testing.T) {
	eachStore(t, func(t *testing.T, s *store.Store, scope store.Scope, _ string) {
		const writers, each = 16, 25
		over := make(chan struct{})
		var numbering sync.WaitGroup
		if s.Dialect() == store.Postgres {
			for range 3 { // more than one must do no harm
				numbering.Add(1)
				go func() {
					defer numbering.Done()
					for {
						select {
						case <-over:
							return
						default:
						}
						if _, _, err := scope.Sequence(t.Context(), 7); err != nil {
							t.Error(err)
							return
						}
					}
				}()
			}
		}
		// A reader never sees a number before all below it.
		numbering.Add(1)
		go func() {
			defer numbering.Done()
			last := int64(0)
			for {
				entries, err := scope.FeedSince(t.Context(), last, 50)
				if err != nil {
					t.Error(err)
					return
				}
				for _, e := range entries {
					if e.Seq != last+1 {
						t.Errorf("entry %d after %d", e.Seq, last)
						return
					}
					last = e.Seq
				}
				select {
				case <-over:
					return
				default:
				}
			}
		}()
		var writing sync.WaitGroup
		for w := range writers {
			writing.Add(1)
			go func() {
				defer writing.Done()
				for i := range each {
					err := scope.Write(t.Context(), func(tx *store.Tx) error {
						for range 1 + (w+i)%3 {
							tx.Feed(core.FeedEntry{Kind: core.FeedSettings, Subject: canon.NewID()})
						}
						if i%5 == 0 {
							return errors.New("rolled back") // its entries never were
						}
						return nil
					})
					if (err != nil) != (i%5 == 0) {
						t.Errorf("write %d: %v", i, err)
					}
				}
			}()
		}
		writing.Wait()
		if s.Dialect() == store.Postgres {
			for {
				_, n, err := scope.Sequence(t.Context(), 100)
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
			}
		}
		close(over)
		numbering.Wait()
		want := int64(0)
		for w := range writers {
			for i := range each {
				if i%5 != 0 {
					want += int64(1 + (w+i)%3)
				}
			}
		}
		last, oldest, err := scope.FeedSeq(t.Context())
		if err != nil || last != want || oldest != 1 {
			t.Fatalf("numbered %d to %d, want 1 to %d: %v", oldest, last, want, err)
		}
	})
}
