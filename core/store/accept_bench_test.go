package store_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/core/canon"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv"
)

// BenchmarkAccept makes envelopes durable from many callers at once.
func BenchmarkAccept(b *testing.B) {
	for _, db := range []string{"sqlite", "postgres"} {
		for _, clients := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d", db, clients), func(b *testing.B) {
				url := db
				if db == "postgres" {
					url = testenv.Postgres(b)
				}
				s, err := store.Open(b.Context(), store.Options{URL: url, DataDir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				tenant, err := s.EnsureDefaultTenant(b.Context(), secret.NewBox(secret.NewMasterKey()))
				if err != nil {
					b.Fatal(err)
				}
				link, account := canon.NewID(), canon.NewID()
				body := strings.Repeat("x", 600)
				var n atomic.Int64
				var wg sync.WaitGroup
				b.ResetTimer()
				for range clients {
					wg.Add(1)
					go func() {
						defer wg.Done()
						for {
							i := n.Add(1)
							if i > int64(b.N) {
								return
							}
							key := canon.ThreadKey{Account: "main", Peer: canon.RemoteID(fmt.Sprint(i % 1000))}
							e := canon.Envelope{ID: canon.NewID(), Account: "main", Thread: key, EventID: fmt.Sprint("e", i), Event: canon.Posted{Message: canon.TextMessage(body)}}
							if err := s.For(tenant.ID).Accept(b.Context(), link, []store.Arrival{{Link: link, Account: account, Envelope: e, Raw: []byte(body)}}, nil); err != nil {
								b.Error(err)
								return
							}
						}
					}()
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "callbacks/s")
			})
		}
	}
}
