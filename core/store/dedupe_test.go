package store

import (
	"bytes"
	"testing"
)

func TestNumberedEventsAreRememberedBesideEachOther(t *testing.T) {
	for _, c := range []struct{ what, id, next string }{
		{"digits first", "871234567/m:55", "871234631/m:2"},
		{"digits last", "m:23847561234567890", "m:23847561234567999"},
		{"more digits than a number holds", "23847561234567890123", "23847561234567890999"},
		{"UUID version 7", "0190f3a2-7c1e-7abc-8def-0123456789ab", "0190f3a2-7d1e-7000-8def-0123456789ab"},
		{"ULID", "01FZ74A0TDDPYRVKNK77XKC3ZR", "01FZ74A5TD0000000000000000"},
	} {
		a, b := dedupeKey(c.id), dedupeKey(c.next)
		if bytes.Compare(a, b) >= 0 {
			t.Errorf("%s: %s is not kept before %s", c.what, c.id, c.next)
		}
		if !bytes.Equal(a[:4], b[:4]) {
			t.Errorf("%s: %s is kept far from %s", c.what, c.id, c.next)
		}
	}
}

func TestNoTwoEventsAreTakenForOne(t *testing.T) {
	ids := []string{"", "1", "01", "123456", "0123456", "a123456", "b123456", "123456/a", "123456/b", "e:00ff", "01FZ74A0TDDPYRVKNK77XKC3ZR", "01FZ74A0TDDPYRVKNK77XKC3ZS"}
	seen := map[string]string{}
	for _, id := range ids {
		key := string(dedupeKey(id))
		if len(key) != dedupeSize {
			t.Errorf("the key of %q has %d bytes, want %d", id, len(key), dedupeSize)
		}
		if other, ok := seen[key]; ok {
			t.Errorf("%q and %q have the same key", id, other)
		}
		seen[key] = id
	}
}
