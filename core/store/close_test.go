package store_test

import (
	"errors"
	"log/slog"
	"testing"

	"parley/core/canon"
	"parley/core/store"
)

func TestAClosedStoreRefusesAtOnce(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	err = s.For(canon.NewID()).Write(t.Context(), func(*store.Tx) error { return nil })
	if !errors.Is(err, store.ErrClosed) {
		t.Fatalf("got %v", err)
	}
}
