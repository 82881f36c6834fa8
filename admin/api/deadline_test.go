package api

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// timed is a connection that notes its deadlines for reading.
type timed struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (w *timed) SetReadDeadline(at time.Time) error {
	w.deadlines = append(w.deadlines, at)
	return nil
}

// A call may take longer than its body may: a phone scans its code when it does.
func TestTheDeadlineOfABodyEndsNoCall(t *testing.T) {
	r := newRig(t, sqliteURL)
	ask := httptest.NewRequest("POST", prefix+"/session", strings.NewReader(`{"email":"nobody@example.com","password":"something-long-enough"}`))
	ask.Header.Set("Content-Type", "application/json")
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	r.api.ServeHTTP(w, ask)
	if len(w.deadlines) < 2 || w.deadlines[0].IsZero() {
		t.Fatalf("the body had no deadline: %v (%d %s)", w.deadlines, w.Code, w.Body)
	}
	if last := w.deadlines[len(w.deadlines)-1]; !last.IsZero() {
		t.Errorf("while the call was carried out, the deadline %v stood", last)
	}
}
