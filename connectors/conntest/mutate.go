package conntest

import (
	"bytes"
	"context"
	"iter"
	"math/rand"
	"runtime"
	"strings"
	"testing"

	"parley/core/connector"
)

// allocated is how many bytes f made the process allocate.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// odd are pieces that parsers stumble over.
var odd = []string{
	"null", "0", "-1", "1e999", "9223372036854775808", "true", `""`, "[]", "{}", "[null]", `{"":""}`, `"\ud800"`, `"\u0000"`, "\x00", "\xff\xfe",
	"<![CDATA[", "]]>", "<a>", "&x;", "%00", "%zz", "=", "&", ",", ":", `"`, "\\", "\r\n\r\n", "../", "0001-01-01T00:00:00Z", "99999-01-01", "👩‍👩‍👧",
}

// mutations yields n altered bodies of the table, always the same ones.
func mutations(w *Webhook, n int) iter.Seq[[]byte] {
	var corpus [][]byte
	for _, c := range w.In {
		corpus = append(corpus, c.Body)
	}
	for _, c := range w.Malformed {
		corpus = append(corpus, c.Body)
	}
	return func(yield func([]byte) bool) {
		fixed := [][]byte{
			nil, []byte(" "), []byte("null"), []byte("[]"), []byte("{}"), []byte(`""`), []byte("0"), []byte("<xml></xml>"), []byte("\xef\xbb\xbf{}"),
			[]byte(strings.Repeat("[", 100_000)), []byte(strings.Repeat(`{"a":`, 100_000)), []byte(strings.Repeat("<a>", 100_000)),
			[]byte(`"` + strings.Repeat("\\u0041", 50_000) + `"`), []byte("[" + strings.Repeat("0,", 100_000) + "0]"),
		}
		for _, body := range fixed {
			if !yield(body) {
				return
			}
		}
		if len(corpus) == 0 {
			return
		}
		rnd := rand.New(rand.NewSource(1))
		for range n {
			body := bytes.Clone(corpus[rnd.Intn(len(corpus))])
			for range 1 + rnd.Intn(3) {
				body = mutate(rnd, body, corpus)
			}
			if !yield(body) {
				return
			}
		}
	}
}

func mutate(rnd *rand.Rand, body []byte, corpus [][]byte) []byte {
	if len(body) == 0 {
		return []byte(odd[rnd.Intn(len(odd))])
	}
	at := rnd.Intn(len(body))
	end := min(len(body), at+1+rnd.Intn(16))
	switch rnd.Intn(8) {
	case 0: // turn a bit
		body[at] ^= 1 << rnd.Intn(8)
	case 1: // break off
		return body[:at]
	case 2: // leave something out
		return append(body[:at:at], body[end:]...)
	case 3: // say something twice
		return append(body[:end:end], body[at:]...)
	case 4: // put something odd in
		return append(body[:at:at], append([]byte(odd[rnd.Intn(len(odd))]), body[at:]...)...)
	case 5: // replace a value by something odd
		if from := bytes.IndexAny(body[at:], ":>="); from >= 0 {
			from += at + 1
			to := bytes.IndexAny(body[from:], ",}]<&")
			if to < 0 {
				to = len(body) - from
			}
			return append(body[:from:from], append([]byte(odd[rnd.Intn(len(odd))]), body[from+to:]...)...)
		}
	case 6: // go on with another body
		other := corpus[rnd.Intn(len(corpus))]
		if len(other) > 0 {
			return append(body[:at:at], other[rnd.Intn(len(other)):]...)
		}
	case 7: // make it long
		return append(body[:at:at], append(bytes.Repeat(body[at:end], 1+rnd.Intn(2000)), body[at:]...)...)
	}
	return body
}

// Fuzz feeds go test's fuzzer with the tables of a suite: no signed body may
// make Unseal, Decode or Ack panic, and one that is refused is answered 4xx.
func Fuzz(f *testing.F, s Suite) {
	f.Helper()
	l := &lab{suite: s, rule: "malformed", clock: newClock(), log: &logbook{}}
	if !l.open() {
		f.Fatal(l.findings)
	}
	f.Cleanup(l.close)
	for _, c := range s.Webhook.In {
		f.Add(c.Body)
	}
	for _, c := range s.Webhook.Malformed {
		f.Add(c.Body)
	}
	hook := l.conn.(connector.Webhook)
	f.Fuzz(func(t *testing.T, body []byte) {
		raw := l.signed(body)
		opened, err := hook.Unseal(raw)
		if err != nil || opened.Answer != nil {
			return
		}
		outcome := connector.Committed
		if _, err := hook.Decode(context.Background(), connector.Seal(raw, opened)); err != nil {
			outcome = connector.Refused
		}
		if reply := hook.Ack(raw, outcome); outcome == connector.Refused && reply.Status/100 != 4 {
			t.Errorf("refused with %d", reply.Status)
		}
	})
}
