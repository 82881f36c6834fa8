package emulate_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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
