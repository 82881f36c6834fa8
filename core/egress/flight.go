package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"
)

// transport is the http.RoundTripper behind a [Doer]: one call of RoundTrip is
// one hop.
type transport struct{ *Doer }

// TellsWhatWasWritten says that its errors have WroteNothing() bool.
func (t *transport) TellsWhatWasWritten() {}

// RoundTrip checks, times, traces and classifies one request.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.admit(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	f := t.takeoff(req)
	resp, err := t.owner.pools[t.class].RoundTrip(f.req)
	if err != nil {
		return nil, f.crash(err)
	}
	return f.land(resp), nil
}

// admit refuses what need not be dialled to be known as wrong.
func (t *transport) admit(req *http.Request) error {
	refuse := func(err error) error {
		return &Error{Op: req.Method, Host: hostOf(req.URL), Kind: Blocked, Certainty: certaintyBefore(req), Err: plain(err)}
	}
	if err := t.owner.policy.checkURL(t.class, req.URL); err != nil {
		return refuse(err)
	}
	redirected := req.Response != nil
	if len(t.hosts) > 0 && !redirected && !slices.ContainsFunc(t.hosts, func(h string) bool {
		return strings.EqualFold(h, req.URL.Host) || strings.EqualFold(h, req.URL.Hostname())
	}) {
		return refuse(&blockedError{"the account's credentials are for another host"})
	}
	return nil
}

// certaintyBefore is what is known before a hop writes anything: nothing left,
// unless an earlier hop of the same call carried an act (a POST answered with a
// redirect may well have been taken).
func certaintyBefore(req *http.Request) Certainty {
	for r := req; r.Response != nil && r.Response.Request != nil; {
		r = r.Response.Request
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return Unknown
		}
	}
	return NotSent
}

// call is what the hops of one call share.
type call struct{ deadline time.Time }

type callKey struct{}

// flight is one hop under way.
type flight struct {
	t      *transport
	req    *http.Request
	before Certainty
	cancel context.CancelCauseFunc
	total  *time.Timer // nil without limit

	mu       sync.Mutex // httptrace's hooks come from several goroutines
	conn     *countedConn
	base     int64 // conn's writes when it was given to us
	wrote    bool  // an earlier attempt of this hop wrote something
	first    *time.Timer
	answered bool

	rec       Recorder
	redactor  *Redactor
	x         Exchange
	sent, got capture
	whole     bool // sent is what was to be sent, whether it was or not
	written   bool // the request was, to its end
}

var (
	errTotal     = errors.New("time limit passed")
	errFirstByte = errors.New("no answer in time")
	errIdle      = errors.New("the answer stalled")
)

func (t *transport) takeoff(req *http.Request) *flight {
	f := &flight{t: t, before: certaintyBefore(req), rec: recorder(req.Context())}
	shared := &call{}
	if req.Response != nil && req.Response.Request != nil {
		if c, ok := req.Response.Request.Context().Value(callKey{}).(*call); ok {
			shared = c
		}
	}
	if limit := t.limits.Total; limit > 0 && shared.deadline.IsZero() {
		shared.deadline = time.Now().Add(limit)
	}
	ctx, cancel := context.WithCancelCause(context.WithValue(req.Context(), callKey{}, shared))
	f.cancel = cancel
	if !shared.deadline.IsZero() {
		f.total = time.AfterFunc(time.Until(shared.deadline), func() { cancel(errTotal) })
	}
	f.x.Start = time.Now()
	f.req = req.WithContext(httptrace.WithClientTrace(ctx, f.hooks()))
	if f.req.Header.Get("User-Agent") == "" {
		f.req.Header = f.req.Header.Clone()
		if f.req.Header == nil {
			f.req.Header = http.Header{}
		}
		f.req.Header.Set("User-Agent", t.owner.agent)
	}
	if f.rec != nil {
		f.redactor = both(t.redactor, redactorOf(req.Context()))
		f.sent.limit = TraceBody + f.redactor.longest()
		f.got.limit = f.sent.limit
		f.tee()
	}
	return f
}

// tee captures the request's body: of one that can be had again a copy is read,
// for net/http writes a body it knows to be in memory together with the header,
// and one in other clothes in a write of its own. Any other is captured while it
// is sent.
func (f *flight) tee() {
	if f.req.Body == nil || f.req.Body == http.NoBody {
		return
	}
	if f.peek() {
		return
	}
	f.req.Body = &teeBody{f.req.Body, f}
	if again := f.req.GetBody; again != nil {
		f.req.GetBody = func() (io.ReadCloser, error) {
			body, err := again()
			if err != nil {
				return nil, err
			}
			f.mu.Lock()
			f.sent.buf, f.sent.total = f.sent.buf[:0], 0
			f.mu.Unlock()
			return &teeBody{body, f}, nil
		}
	}
}

// peek reads the beginning of a body that can be had again.
func (f *flight) peek() bool {
	if f.req.GetBody == nil || f.req.ContentLength <= 0 {
		return false
	}
	body, err := f.req.GetBody()
	if err != nil {
		return false
	}
	defer body.Close()
	f.sent.buf = make([]byte, min(int64(f.sent.limit), f.req.ContentLength))
	n, err := io.ReadFull(body, f.sent.buf)
	if err != nil {
		f.sent.buf = nil
		return false
	}
	f.sent.buf, f.sent.total, f.whole = f.sent.buf[:n], f.req.ContentLength, true
	return true
}

type teeBody struct {
	io.ReadCloser
	f *flight
}

func (b *teeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.f.mu.Lock()
	b.f.sent.add(p[:n])
	b.f.mu.Unlock()
	return n, err
}

func (f *flight) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.conn != nil && f.conn.seal() > f.base {
				f.wrote = true // the transport tries again after a kept connection failed
			}
			f.conn = info.Conn.(*countedConn) // the pools' dialers make no other
			f.base = f.conn.writes()
			if f.rec != nil {
				f.x.Connected, f.x.Reused = time.Since(f.x.Start), info.Reused
				f.x.Remote = info.Conn.RemoteAddr().String()
			}
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.x.Wrote = time.Since(f.x.Start)
			f.written = info.Err == nil
			if limit := f.t.limits.FirstByte; info.Err == nil && limit > 0 && !f.answered && f.first == nil {
				f.first = time.AfterFunc(limit, func() { f.cancel(errFirstByte) })
			}
		},
		GotFirstResponseByte: func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.x.FirstByte = time.Since(f.x.Start)
		},
	}
}

// crash turns the failure of a hop into an *[Error].
func (f *flight) crash(err error) error {
	cause := context.Cause(f.req.Context())
	f.mu.Lock()
	certainty := f.before
	if f.conn != nil && f.conn.seal() > f.base || f.wrote {
		certainty = Unknown
	}
	f.mu.Unlock()
	failure := f.failure(err, cause)
	failure.Certainty = certainty
	f.finish(failure)
	return failure
}

// failure names what went wrong: our own limits first, for the transport
// reports them as a canceled context.
func (f *flight) failure(err, cause error) *Error {
	e := &Error{Op: f.req.Method, Host: f.req.URL.Host}
	switch cause {
	case errTotal, errFirstByte, errIdle:
		e.Kind, e.Err = Timeout, cause
	default:
		e.Kind, e.Err = kindOf(f.req.Context(), err), plain(err)
	}
	if cause == errTotal {
		e.Err = fmt.Errorf("%w (%s)", errTotal, f.t.limits.Total)
	}
	return e
}

// land hands the answer on, its body bounded.
func (f *flight) land(resp *http.Response) *http.Response {
	f.mu.Lock()
	f.answered = true
	if f.first != nil {
		f.first.Stop()
	}
	f.x.Status = resp.StatusCode
	f.x.ResponseHeader = resp.Header
	f.mu.Unlock()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// From here on it is a socket; its user bounds it.
		if f.total != nil {
			f.total.Stop()
		}
		f.record(nil)
		return resp
	}
	left := f.t.limits.Body
	if left < 0 {
		left = 1<<63 - 2
	}
	resp.Body = &boundBody{
		inner: resp.Body, f: f, left: left,
		over:  f.req.Method != http.MethodHead && resp.ContentLength > left,
		short: resp.ContentLength > 0 && resp.ContentLength <= drain,
	}
	return resp
}

// finish ends the hop: timers, context, record.
func (f *flight) finish(err error) {
	f.record(err)
	if f.total != nil {
		f.total.Stop()
	}
	f.mu.Lock()
	f.answered = true
	if f.first != nil {
		f.first.Stop()
	}
	f.mu.Unlock()
	f.cancel(nil)
}

func (f *flight) record(err error) {
	if f.rec == nil {
		return
	}
	f.mu.Lock()
	x := f.x
	x.Total = time.Since(x.Start)
	x.Method, x.URL = f.req.Method, f.redactor.URL(f.req.URL)
	x.RequestBytes, x.ResponseBytes = f.sent.total, f.got.total
	if f.whole && !f.written && x.Status == 0 {
		x.RequestBytes = 0
	}
	x.RequestBody = f.sent.text(f.req.Header.Get("Content-Type"), f.redactor)
	x.ResponseBody = f.got.text(x.ResponseHeader.Get("Content-Type"), f.redactor)
	x.RequestHeader = f.redactor.Header(f.req.Header)
	if x.ResponseHeader != nil {
		x.ResponseHeader = f.redactor.Header(x.ResponseHeader)
	}
	f.mu.Unlock()
	if err != nil {
		x.Err = f.redactor.Text(err.Error())
		x.Certainty = CertaintyOf(err)
	}
	f.rec.Record(x)
}
