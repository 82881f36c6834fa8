package store_test

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"parley/core/canon"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv"
)

// Callbacks go first, but never so that what waits does not come about, and
// neither loses the other.
func TestWorkThatCanWaitComesAboutWhileCallbacksKeepComing(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			url := db
			if db == "postgres" {
				url = testenv.Postgres(t)
			}
			s, err := store.Open(t.Context(), store.Options{URL: url, DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			tenant, err := s.EnsureDefaultTenant(t.Context(), secret.NewBox(secret.NewMasterKey()))
			if err != nil {
				t.Fatal(err)
			}
			scope := s.For(tenant.ID)
			link, account := canon.NewID(), canon.NewID()
			var over atomic.Bool
			var accepted atomic.Int64
			var callers sync.WaitGroup
			for range 32 {
				callers.Go(func() {
					for !over.Load() {
						n := accepted.Add(1)
						e := canon.Envelope{ID: canon.NewID(), Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: "p"}, EventID: fmt.Sprint("e", n), Event: canon.Posted{Message: canon.TextMessage("hello")}}
						if err := scope.Accept(t.Context(), link, []store.Arrival{{Link: link, Account: account, Envelope: e}}, nil); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			ran := 0
			for range 5 {
				if err := scope.WriteLater(t.Context(), func(*store.Tx) error { ran++; return nil }); err != nil {
					t.Error(err)
				}
			}
			over.Store(true)
			callers.Wait()
			if ran < 5 {
				t.Errorf("%d of 5 pieces of work came about", ran)
			}
			waiting := int64(0)
			for after := int64(0); ; {
				rows, err := scope.Waiting(t.Context(), after, 500)
				if err != nil {
					t.Fatal(err)
				}
				waiting += int64(len(rows))
				if len(rows) < 500 {
					break
				}
				after = rows[len(rows)-1].N
			}
			if waiting != accepted.Load() {
				t.Errorf("%d callbacks were accepted, %d are stored", accepted.Load(), waiting)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
