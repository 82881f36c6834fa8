package connector

import (
	"errors"
	"fmt"
	"time"
)

// Class says what a failure means for the message.
type Class string

// The classes of failure.
const (
	Internal     Class = "internal"     // our own fault; retried, then dead
	Transient    Class = "transient"    // surely not accepted; retried
	RateLimited  Class = "rate_limited" // surely not accepted; retried after the wait, in the scope
	Uncertain    Class = "uncertain"    // may have been accepted; settled, or shown as unconfirmed
	NeedsLogin   Class = "needs_login"  // the link must be signed in again; waits
	WindowClosed Class = "window_closed"
	Gone         Class = "gone" // the customer cannot be reached any more
	Unsupported  Class = "unsupported"
	Invalid      Class = "invalid" // the platform refuses this content
)

// Scope is how far a failure or wait reaches.
type Scope string

// The scopes.
const (
	ScopeMessage Scope = ""
	ScopeThread  Scope = "thread"
	ScopeAccount Scope = "account"
	ScopeLink    Scope = "link"
)

// Error is a failure of a connector.
type Error struct {
	Class      Class
	Code       string // the platform's code, for the catalogue
	Scope      Scope
	RetryAfter time.Duration // as the platform asked; 0 when it did not
	Shown      Text          // sentence and remedy for people
	Err        error         // the cause, without secrets
	// TicketSpent says that the platform refused Request.Ticket, as used before
	// or as over: nothing left by this call. The core sends without it, unless an
	// earlier attempt by that ticket may have arrived.
	TicketSpent bool
}

// Error never contains credentials; connectors must not put any into Err.
func (e *Error) Error() string {
	msg := string(e.Class)
	if e.Code != "" {
		msg += " (" + e.Code + ")"
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", msg, e.Err)
	}
	if e.Shown.EN != "" {
		return msg + ": " + e.Shown.EN
	}
	return msg
}

func (e *Error) Unwrap() error { return e.Err }

// Retryable reports whether sending again may help and cannot double.
func (e *Error) Retryable() bool {
	return e.Class == Transient || e.Class == RateLimited || e.Class == Internal
}

// AsError returns err as an *Error. One that says nothing of certainty is
// Uncertain: the careful reading.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Class: Uncertain, Err: err}
}

// Harmless makes the failure of a call no customer sees the effect of one that may
// be tried again: where whether it arrived is not known, doing it twice does no harm.
func Harmless(err error) error {
	e := AsError(err)
	if e == nil || e.Class != Uncertain {
		return err
	}
	again := *e
	again.Class = Transient
	return &again
}
