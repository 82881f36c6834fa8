package ingest

import (
	"errors"
	"net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/reply"
)

// hold registers a callback whose response can carry a message; nil when it is
// answered at once.
func (d *Door) hold(line Line, raw connector.Raw, envelopes []canon.Envelope) *reply.Try {
	replier, ok := line.Conn.(connector.Replier)
	if !ok || len(envelopes) != 1 || envelopes[0].Ticket == nil {
		return nil
	}
	e := envelopes[0]
	account, ok := line.Account(e.Account)
	if !ok {
		return nil
	}
	return d.o.Open.Hold(reply.Lane{Account: account, Key: e.Thread}, e.EventID, replier, raw)
}

// await answers a callback with a message of its thread, or with the plain
// answer once it is clear that none comes in time. One that the platform repeats
// when it is left alone is left alone: then the answer may ride on the next.
func (d *Door) await(w http.ResponseWriter, r *http.Request, try *reply.Try, began time.Time, plain connector.Reply) {
	answer, ok := try.Await(r.Context(), time.Until(began.Add(try.Limit())))
	if !ok {
		try.Linger(r.Context())
		_ = write(w, plain) // the platform hung up: it will repeat, and find it stored
		return
	}
	if r.Context().Err() != nil {
		answer.Wrote(reply.Unwritten)
		return
	}
	err := write(w, answer.Reply)
	if err == nil {
		// Until it is flushed it has not left.
		err = http.NewResponseController(w).Flush()
	}
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		answer.Wrote(reply.Unknown)
		return
	}
	answer.Wrote(reply.Written)
}
