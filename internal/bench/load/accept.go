package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// tally is what one connection saw.
type tally struct {
	accepted int
	refused  map[int]int
	broken   int
	trouble  string
	latency  Histogram
	halves   [2]int
}

func (t *tally) fail(err error) {
	t.broken++
	if t.trouble == "" {
		t.trouble = err.Error()
	}
}

// post writes one request and reads the answer.
func (t *tally) post(c net.Conn, r *bufio.Reader, raw []byte, began time.Time, scratch []byte) error {
	if _, err := c.Write(raw); err != nil {
		return err
	}
	line, length, err := readHead(r, scratch)
	if err != nil {
		return err
	}
	status, err := statusOf(line)
	if err != nil {
		return err
	}
	body, err := readBody(r, length, scratch[:0])
	if err != nil {
		return err
	}
	t.latency.Add(time.Since(began))
	if status/100 == 2 {
		t.accepted++
		return nil
	}
	if t.refused == nil {
		t.refused = map[int]int{}
	}
	t.refused[status]++
	if t.trouble == "" {
		t.trouble = fmt.Sprintf("answered %d: %.300s", status, body)
	}
	return nil
}

// accept posts from all connections until the time has passed.
func (p Plan) accept(ctx context.Context) (Report, error) {
	conns, err := p.dial(ctx)
	if err != nil {
		return Report{}, err
	}
	var next atomic.Int64
	tallies := make([]tally, p.Conns)
	began := time.Now()
	end := began.Add(time.Duration(p.Seconds * float64(time.Second)))
	middle := began.Add(end.Sub(began) / 2)
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() {
			t := &tallies[i]
			defer c.Close()
			req, err := newRequest(p)
			if err != nil {
				t.fail(err)
				return
			}
			r, scratch := bufio.NewReaderSize(c, 4096), make([]byte, 1024)
			for {
				n := int(next.Add(1)) - 1
				if p.Requests > 0 && n >= p.Requests {
					return
				}
				if p.Rate > 0 {
					time.Sleep(time.Until(began.Add(time.Duration(float64(n) / p.Rate * float64(time.Second)))))
				}
				now := time.Now()
				if now.After(end) || ctx.Err() != nil {
					return
				}
				customer := p.First + n
				if p.Customers > 0 {
					customer = p.First + n%p.Customers
				}
				before := t.accepted
				if err := t.post(c, r, req.fill(n, customer, now), now, scratch); err != nil {
					t.fail(err)
					return
				}
				half := 0
				if now.After(middle) {
					half = 1
				}
				t.halves[half] += t.accepted - before
			}
		})
	}
	all.Wait()
	return p.report(tallies, time.Since(began))
}

func (p Plan) dial(ctx context.Context) ([]net.Conn, error) {
	conns := make([]net.Conn, 0, p.Conns)
	for range p.Conns {
		c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", p.Addr)
		if err != nil {
			for _, c := range conns {
				c.Close()
			}
			return nil, fmt.Errorf("connect the load client: %w", err)
		}
		conns = append(conns, c)
		if err := c.SetDeadline(time.Now().Add(time.Duration(p.Seconds*float64(time.Second)) + time.Minute)); err != nil {
			return nil, err
		}
	}
	return conns, nil
}

func (p Plan) report(tallies []tally, took time.Duration) (Report, error) {
	out := Report{Seconds: took.Seconds()}
	var latency Histogram
	for i := range tallies {
		t := &tallies[i]
		out.Accepted += t.accepted
		out.Broken += t.broken
		for status, n := range t.refused {
			if out.Refused == nil {
				out.Refused = map[int]int{}
			}
			out.Refused[status] += n
		}
		if out.Trouble == "" {
			out.Trouble = t.trouble
		}
		out.Halves[0] += t.halves[0]
		out.Halves[1] += t.halves[1]
		latency.Merge(&t.latency)
	}
	out.Latency = latency.Summary()
	req, err := newRequest(p)
	if err != nil {
		return out, err
	}
	out.BodyBytes = len(req.body)
	return out, nil
}
