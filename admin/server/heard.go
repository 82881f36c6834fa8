package server

import (
	"io"
	"net/http"
	"time"
)

const (
	// small bodies are read to their end by net/http itself.
	small = 256 << 10
	// patience bounds how much of a refused body is read, in bytes, and for how
	// long.
	patience    = 64 << 20
	patientTime = 30 * time.Second
)

// heard lets somebody who sends too much learn why: a connection that is closed
// while they still send reaches them as broken, without the answer. What was
// refused as too large is read on, into nothing, before it is answered.
func heard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength >= 0 && r.ContentLength <= small {
			next.ServeHTTP(w, r)
			return
		}
		body := r.Body
		r.Body = io.NopCloser(body) // whoever closes it would end the reading too
		next.ServeHTTP(&draining{w, body}, r)
	})
}

// draining reads the rest of the body before an answer of 413.
type draining struct {
	http.ResponseWriter
	body io.Reader
}

// WriteHeader answers.
func (d *draining) WriteHeader(status int) {
	if status == http.StatusRequestEntityTooLarge {
		// Without a deadline, or with a body that breaks off, the answer goes out
		// all the same.
		_ = http.NewResponseController(d.ResponseWriter).SetReadDeadline(time.Now().Add(patientTime))
		_, _ = io.CopyN(io.Discard, d.body, patience)
	}
	d.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (d *draining) Unwrap() http.ResponseWriter { return d.ResponseWriter }
