package emulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Reply is what a hub answered to a callback.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Delivery posts callbacks as a platform does: the same event again after each
// wait of Schedule until the hub's answer is Good, then never more.
type Delivery struct {
	Client   *http.Client
	Schedule []time.Duration // waits before the second, third… try
	Timeout  time.Duration   // of one try; 0: none
	// Good tells whether an answer ends it; nil: any 2xx.
	Good func(Reply) bool
	// Sleep waits between tries; nil: real time. Tests give their own.
	Sleep func(context.Context, time.Duration) error
}

// Post delivers. request makes a fresh, freshly signed request for each try,
// counted from 1. It returns the answer of the last try; an error only when no
// try was answered or the context ended.
func (d Delivery) Post(ctx context.Context, request func(try int) (*http.Request, error)) (Reply, error) {
	var last Reply
	var lastErr error
	for try := 1; ; try++ {
		last, lastErr = d.once(ctx, try, request)
		if lastErr == nil && d.good(last) || try > len(d.Schedule) {
			return last, lastErr
		}
		if err := d.wait(ctx, d.Schedule[try-1]); err != nil {
			return last, err
		}
	}
}

func (d Delivery) good(r Reply) bool {
	if d.Good != nil {
		return d.Good(r)
	}
	return r.Status/100 == 2
}

func (d Delivery) wait(ctx context.Context, wait time.Duration) error {
	if d.Sleep != nil {
		return d.Sleep(ctx, wait)
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d Delivery) once(ctx context.Context, try int, request func(int) (*http.Request, error)) (Reply, error) {
	if d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	req, err := request(try)
	if err != nil {
		return Reply{}, fmt.Errorf("write a callback: %w", err)
	}
	client := d.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return Reply{}, fmt.Errorf("post a callback: %w", err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return Reply{}, fmt.Errorf("read the answer to a callback: %w", err)
	}
	return Reply{resp.StatusCode, resp.Header, body.Bytes()}, nil
}
