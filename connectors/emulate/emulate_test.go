package emulate_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
)

func TestDeliveryRepeatsOnItsScheduleUntilTheAnswerIsGood(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int
		waits   []time.Duration
		last    int
	}{
		{"taken at once", []int{200}, nil, 200},
		{"taken the third time", []int{500, 503, 204}, []time.Duration{time.Second, 5 * time.Second}, 204},
		{"never taken", []int{500, 500, 500, 500}, []time.Duration{time.Second, 5 * time.Second}, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tries []string
			hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(c.answers[len(tries)])
				tries = append(tries, r.Header.Get("Try"))
			}))
			defer hub.Close()
			var waits []time.Duration
			d := emulate.Delivery{Schedule: []time.Duration{time.Second, 5 * time.Second}, Sleep: func(_ context.Context, wait time.Duration) error {
				waits = append(waits, wait)
				return nil
			}}
			reply, err := d.Post(t.Context(), func(try int) (*http.Request, error) {
				req, err := http.NewRequest(http.MethodPost, hub.URL, strings.NewReader("{}"))
				req.Header.Set("Try", string(rune('0'+try)))
				return req, err
			})
			if err != nil || reply.Status != c.last || !slices.Equal(waits, c.waits) || len(tries) != len(c.waits)+1 {
				t.Errorf("answered %d, %v; waited %v, tried %v", reply.Status, err, waits, tries)
			}
		})
	}
}

func TestFaultsServeTheCallTheyAreMeantFor(t *testing.T) {
	var q emulate.Faults
	q.Misbehave(emulate.Fault{Op: "send", Status: 500}, emulate.Fault{Status: 429})
	if f, ok := q.Take("upload"); !ok || f.Status != 429 {
		t.Errorf("an upload met %+v, %v", f, ok)
	}
	if f, ok := q.Take("send"); !ok || f.Status != 500 {
		t.Errorf("a send met %+v, %v", f, ok)
	}
	if f, ok := q.Take("send"); ok {
		t.Errorf("a fault is left: %+v", f)
	}
}

func TestFaultsEndCalls(t *testing.T) {
	for kind, broken := range map[emulate.FaultKind]bool{emulate.Answer: false, emulate.HangUp: true, emulate.LoseAnswer: true} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			emulate.Fault{Kind: kind, Status: http.StatusTeapot, Body: []byte("x")}.End(w, r)
		}))
		resp, err := srv.Client().Get(srv.URL)
		if (err != nil) != broken || err == nil && resp.StatusCode != http.StatusTeapot {
			t.Errorf("kind %d: %v", kind, err)
		}
		if err == nil {
			_ = resp.Body.Close()
		}
		srv.Close()
	}
}

// Callbacks brought twice, and overtaken.
func TestThePostmanMisdelivers(t *testing.T) {
	var mu sync.Mutex
	var got []string
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Method+string(body))
	}))
	defer hub.Close()
	post := &emulate.Postman{}
	client := &http.Client{Transport: post}
	say := func(method, words string) {
		req, err := http.NewRequestWithContext(t.Context(), method, hub.URL, strings.NewReader(words))
		if err != nil {
			t.Error(err)
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
	}
	post.Misdeliver(emulate.Redeliver, emulate.Reorder)
	say("PUT", "0") // no callback
	say("POST", "1")
	held := make(chan struct{})
	go func() {
		defer close(held)
		say("POST", "2")
	}()
	for !post.Holds() {
		runtime.Gosched()
	}
	say("POST", "3")
	<-held
	say("POST", "4")
	if want := []string{"PUT0", "POST1", "POST1", "POST3", "POST2", "POST4"}; !slices.Equal(got, want) || post.Carried() != 5 {
		t.Errorf("the hub got %q, %d callbacks", got, post.Carried())
	}
}

// Tokens are ended before the call that meets it, and the next fault counts for
// the same call.
func TestTokensEndBeforeACall(t *testing.T) {
	var q emulate.Faults
	q.Misbehave(emulate.Fault{Kind: emulate.ExpiredToken, Op: "send"}, emulate.Fault{Status: 503})
	if q.Expires() {
		t.Error("nobody said how tokens end")
	}
	ended := 0
	q.Tokens(func() { ended++ })
	if f, ok := q.Take("send"); !ok || f.Status != 503 || ended != 1 {
		t.Errorf("%+v %v, ended %d times", f, ok, ended)
	}
	if _, ok := q.Take("send"); ok || ended != 1 {
		t.Error("one fault served twice")
	}
}
