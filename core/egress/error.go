package egress

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// Certainty says what a failure leaves known about the other side.
type Certainty int

const (
	// Unknown: bytes had left; the request may or may not have been taken. The
	// zero value, because guessing otherwise sends twice.
	Unknown Certainty = iota
	// NotSent: nothing was written; the request surely was not taken.
	NotSent
)

func (c Certainty) String() string {
	return [...]string{"unknown", "not sent"}[c]
}

// Kind sorts failures by what there is to do about them.
type Kind int

const (
	// Network: resolving, connecting, TLS, or the connection broke.
	Network Kind = iota
	// Blocked: the policy forbids the address; only the operator can change that.
	Blocked
	// Timeout: one of the time limits passed.
	Timeout
	// TooLarge: the answer is over the size limit.
	TooLarge
	// Canceled: the caller gave up.
	Canceled
)

func (k Kind) String() string {
	return [...]string{"network", "blocked", "timeout", "too large", "canceled"}[k]
}

// Error is every failure of this package. Its text names the host, never the
// path, the query or a credential.
type Error struct {
	Op        string // method or "DIAL"
	Host      string
	Kind      Kind
	Certainty Certainty
	Err       error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Op, e.Host, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Timeout makes Error a net.Error for callers that ask so.
func (e *Error) Timeout() bool { return e.Kind == Timeout }

// Temporary completes net.Error.
func (e *Error) Temporary() bool { return e.Kind == Network || e.Kind == Timeout }

// WroteNothing and Blocked tell the connectors, which do not see this package.
func (e *Error) WroteNothing() bool { return e.Certainty == NotSent }

// Blocked tells that the policy refused the address.
func (e *Error) Blocked() bool { return e.Kind == Blocked }

// CertaintyOf reads the certainty of a failure. An error this package did not
// make is [Unknown].
func CertaintyOf(err error) Certainty {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Certainty
	}
	return Unknown
}

// WroteNothing tells that a failure came before the first written byte of the
// request, so that repeating it cannot do it twice. nil is not a failure: false.
func WroteNothing(err error) bool { return CertaintyOf(err) == NotSent }

// IsBlocked tells that the policy refused the address.
func IsBlocked(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == Blocked
}

// Scrub rewrites an error for logs and screens. The standard client quotes the
// whole address in its errors, and some platforms carry their token there: use
// Scrub on whatever an SDK returns that was given [Doer.Client]. What this
// package or context says stays recognisable to errors.As and errors.Is.
func Scrub(err error, r *Redactor) error {
	if err == nil {
		return nil
	}
	inner, _ := errors.AsType[*Error](err)
	if _, outer := err.(*Error); outer {
		return err
	}
	var rest error
	switch {
	case inner != nil:
		rest = inner
	case errors.Is(err, context.Canceled):
		rest = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		rest = context.DeadlineExceeded
	}
	text := err.Error()
	if u, ok := errors.AsType[*url.Error](err); ok {
		if parsed, bad := url.Parse(u.URL); bad == nil {
			text = u.Op + " " + r.URL(parsed) + ": " + u.Err.Error()
		} else {
			text = u.Op + ": " + u.Err.Error()
		}
	}
	return &scrubbed{r.Text(text), rest}
}

type scrubbed struct {
	text string
	err  error
}

func (s *scrubbed) Error() string { return s.text }
func (s *scrubbed) Unwrap() error { return s.err }
