package canon

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestIDsAscendAcrossGoroutines(t *testing.T) {
	const workers, each = 8, 2000
	made := make([][]ID, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				made[w] = append(made[w], NewID())
			}
		})
	}
	wg.Wait()
	seen := map[ID]bool{}
	for _, ids := range made {
		if !slices.IsSortedFunc(ids, func(a, b ID) int { return slices.Compare(a[:], b[:]) }) {
			t.Error("ids of one goroutine do not ascend")
		}
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s was given twice", id)
			}
			seen[id] = true
			if id[6]>>4 != 7 || id[8]>>6 != 0b10 {
				t.Fatalf("%s is no UUID version 7", id)
			}
		}
	}
}

func TestIDForms(t *testing.T) {
	before := time.Now().Truncate(time.Millisecond)
	id := NewID()
	// Ids made in a burst run ahead of the clock, by less than their number in milliseconds.
	if at := id.Time(); at.Before(before) || at.After(time.Now().Add(time.Minute)) || at.Location() != time.UTC {
		t.Errorf("made at %s, not between %s and now", at, before)
	}
	if got := sampleID.Time().Format(time.RFC3339Nano); got != "2024-07-27T10:00:30.494Z" {
		t.Errorf("time of %s: %s", sampleID, got)
	}
	back, err := ParseID(id.String())
	if err != nil || back != id {
		t.Errorf("parsed %s, %v", back, err)
	}
	for _, bad := range []string{
		"", "x", "0190f3a27c1e7abc8def0123456789ab", "0190f3a2-7c1e-7abc-8def-0123456789a", "0190f3a2-7c1e-7abc-8def-0123456789abc",
		"0190f3a2-7c1e-7abc-8def-0123456789ag", "0190f3a2-7c1e-7abc-8def-01234567-9ab", "{190f3a2-7c1e-7abc-8def-0123456789ab", "0190f3a2-7c1e-7abc-8def-0123456789\u00e9",
	} {
		if id, err := ParseID(bad); !errors.Is(err, ErrID) {
			t.Errorf("%q parsed as %s, %v", bad, id, err)
		}
	}
}

func TestZeroIDIsNone(t *testing.T) {
	var zero ID
	if zero.String() != "" || !zero.IsZero() {
		t.Errorf("zero is shown as %q", zero)
	}
	if raw := must(json.Marshal(zero)); string(raw) != `""` {
		t.Errorf("zero is written as %s", raw)
	}
	id := sampleID
	if err := json.Unmarshal([]byte(`""`), &id); err != nil || !id.IsZero() {
		t.Errorf("empty text read as %s, %v", id, err)
	}
	if v, err := zero.Value(); v != nil || err != nil {
		t.Errorf("zero is stored as %v, %v", v, err)
	}
}

func TestIDInTheDatabase(t *testing.T) {
	v := must(sampleID.Value())
	var back ID
	if err := back.Scan(v); err != nil || back != sampleID {
		t.Errorf("scanned %s, %v", back, err)
	}
	if err := back.Scan(nil); err != nil || !back.IsZero() {
		t.Errorf("NULL scanned as %s, %v", back, err)
	}
	for _, bad := range []any{[]byte{1, 2}, "text", int64(3)} {
		if err := back.Scan(bad); err == nil {
			t.Errorf("%v was taken for an id", bad)
		}
	}
}
