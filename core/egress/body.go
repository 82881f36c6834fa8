package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// boundBody reads an answer within its limits of size and idleness and ends the
// exchange at the end, at the first failure, or when it is closed.
type boundBody struct {
	inner io.ReadCloser
	f     *flight
	left  int64
	over  bool // the answer announces more than is allowed
	short bool // the answer announces so little that it is read rather than dropped
	read  atomic.Bool
	idle  *time.Timer
	err   error
	once  sync.Once
}

func (b *boundBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	if b.err != nil {
		return 0, b.err
	}
	if b.over {
		return 0, b.end(b.tooLarge())
	}
	if len(p) == 0 {
		return 0, nil
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed shows that there is more
	}
	n, err := b.timedRead(p)
	if int64(n) > b.left {
		n, err = int(b.left), b.tooLarge()
	}
	b.left -= int64(n)
	b.f.mu.Lock()
	b.f.got.add(p[:n])
	b.f.mu.Unlock()
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, b.end(io.EOF)
	}
	return n, b.end(err)
}

func (b *boundBody) timedRead(p []byte) (int, error) {
	limit := b.f.t.limits.Idle
	if limit <= 0 {
		return b.inner.Read(p)
	}
	if b.idle == nil {
		b.idle = time.AfterFunc(limit, func() { b.f.cancel(errIdle) })
	} else {
		b.idle.Reset(limit)
	}
	n, err := b.inner.Read(p)
	b.idle.Stop()
	return n, err
}

func (b *boundBody) tooLarge() error {
	return &Error{Op: b.f.req.Method, Host: b.f.req.URL.Host, Kind: TooLarge,
		Err: fmt.Errorf("the answer is larger than %d bytes", b.f.t.limits.Body)}
}

// end remembers the outcome and closes; the request's fate after an answer has
// begun is never better than unknown.
func (b *boundBody) end(err error) error {
	var failure error
	if err != io.EOF {
		if e, ok := errors.AsType[*Error](err); ok {
			failure = e
		} else {
			failure = b.f.failure(err, context.Cause(b.f.req.Context()))
		}
		err = failure
	}
	b.err = err
	b.once.Do(func() {
		b.f.finish(failure)
		b.inner.Close()
	})
	return err
}

// drain is how much of an unread answer is read on closing, to keep the
// connection.
const drain = 4 << 10

// Close ends the exchange. A short answer nobody looked at is read first, which
// keeps the connection and completes the trace; otherwise what was not read is
// dropped with its connection. Close may be called while a Read is under way.
func (b *boundBody) Close() error {
	if b.short && !b.read.Load() {
		io.Copy(io.Discard, b) // a failure is the exchange's and recorded; the caller did not want the rest
	}
	err := error(nil)
	b.once.Do(func() {
		b.f.finish(nil)
		err = b.inner.Close()
	})
	return err
}
