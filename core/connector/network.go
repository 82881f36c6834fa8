package connector

import (
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// NetworkError classes a failure of the network: before the first written byte
// of the request it is Transient, after it Uncertain. The address of the
// request, which may carry a credential, is taken out of the cause.
func NetworkError(err error, wrote bool) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	// The client of the hub knows exactly; what it says wins.
	var sure interface{ WroteNothing() bool }
	if errors.As(err, &sure) {
		wrote = !sure.WroteNothing()
	}
	var policy interface{ Blocked() bool }
	if errors.As(err, &policy) && policy.Blocked() {
		return &Error{
			Class: NeedsLogin, Scope: ScopeLink, Code: "blocked", Err: err,
			Shown: Text{
				EN: "The hub may not connect to this address. Whoever runs it can allow it with PARLEY_EGRESS_ALLOW.",
				ZH: "系统不允许连接此地址。管理员可通过 PARLEY_EGRESS_ALLOW 放行。",
			},
		}
	}
	if wrote {
		return &Error{Class: Uncertain, Code: "network", Err: err}
	}
	return &Error{Class: Transient, Code: "network", Err: err}
}

// Do sends the request and classes a failure with NetworkError. It counts a
// request as begun from the moment it has a connection: a client that knows
// better, as the hub's does, has a transport with TellsWhatWasWritten() and says
// so with errors that have WroteNothing() bool.
func Do(client *http.Client, req *http.Request) (*http.Response, error) {
	var wrote atomic.Bool
	if _, tells := client.Transport.(interface{ TellsWhatWasWritten() }); !tells {
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { wrote.Store(true) },
		}))
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, NetworkError(err, wrote.Load())
	}
	return resp, nil
}

// RetryAfter reads the Retry-After header: seconds or a date; 0 when there is
// none or it is past.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil {
		return min(max(0, time.Duration(n)), 366*24*3600) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
