package load

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// maxMissing is how long answers that are still on their way are waited for
// after the time has passed.
const maxMissing = 30 * time.Second

// sink plays the platform: it takes the hub's calls and gives the customers
// their answers.
type sink struct {
	since []atomic.Int64 // by customer: when the question was posted (nanoseconds from began), +1; 0: none waits
	began time.Time
	end   time.Time
	free  chan struct{} // one place for each customer in flight

	mu       sync.Mutex
	lag      Histogram
	answered int
	late     int
	extra    int
	halves   [2]int
}

func (s *sink) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed: the run is over
		}
		go s.take(c)
	}
}

var taken = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"state\":\"sent\"}")

func (s *sink) take(c net.Conn) {
	defer c.Close()
	r, start, body := bufio.NewReaderSize(c, 8192), make([]byte, 0, 256), make([]byte, 0, 4096)
	for {
		line, length, err := readHead(r, start)
		if err != nil {
			return
		}
		start = line
		if body, err = readBody(r, length, body); err != nil {
			return
		}
		s.answer(body, time.Now())
		if _, err := c.Write(taken); err != nil {
			return
		}
	}
}

func (s *sink) answer(body []byte, now time.Time) {
	if !bytes.Contains(body, []byte(`"op":"post"`)) {
		return // typing, read marks
	}
	customer := customerOf(body)
	var asked int64
	if customer >= 0 && customer < len(s.since) {
		asked = s.since[customer].Swap(0)
	}
	s.mu.Lock()
	if asked == 0 {
		s.extra++
	} else {
		s.answered++
		s.lag.Add(now.Sub(s.began) - time.Duration(asked-1))
		switch {
		case now.After(s.end):
			s.late++
		case now.After(s.began.Add(s.end.Sub(s.began) / 2)):
			s.halves[1]++
		default:
			s.halves[0]++
		}
	}
	s.mu.Unlock()
	if asked != 0 {
		<-s.free
	}
}

// way lets customers ask and wait for their answers until the time has passed.
func (p Plan) way(ctx context.Context) (Report, error) {
	if p.Customers < 4*p.InFlight || p.InFlight < 1 {
		return Report{}, fmt.Errorf("the load needs at least four customers for each of %d in flight", p.InFlight)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.Listen)
	if err != nil {
		return Report{}, fmt.Errorf("play the platform: %w", err)
	}
	defer l.Close()
	conns, err := p.dial(ctx)
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	s := &sink{
		since: make([]atomic.Int64, p.First+p.Customers), began: began,
		end: began.Add(time.Duration(p.Seconds * float64(time.Second))), free: make(chan struct{}, p.InFlight),
	}
	go s.serve(l)
	over, cancel := context.WithDeadline(ctx, s.end)
	defer cancel()
	var next atomic.Int64
	tallies := make([]tally, p.Conns)
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() {
			defer c.Close()
			s.ask(over, p, c, &next, &tallies[i])
		})
	}
	all.Wait()
	for stop := time.Now().Add(maxMissing); len(s.free) > 0 && time.Now().Before(stop) && ctx.Err() == nil; {
		time.Sleep(5 * time.Millisecond)
	}
	out, err := p.report(tallies, s.end.Sub(began))
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Answered, out.Late, out.Extra, out.Lag, out.Halves = s.answered, s.late, s.extra, s.lag.Summary(), s.halves
	out.Missing = len(s.free)
	return out, err
}

// ask posts one customer's question after another.
func (s *sink) ask(over context.Context, p Plan, c net.Conn, next *atomic.Int64, t *tally) {
	req, err := newRequest(p)
	if err != nil {
		t.fail(err)
		return
	}
	r, scratch := bufio.NewReaderSize(c, 4096), make([]byte, 1024)
	for over.Err() == nil {
		n := int(next.Add(1)) - 1
		if p.Requests > 0 && n >= p.Requests {
			return
		}
		if p.Rate > 0 {
			time.Sleep(time.Until(s.began.Add(time.Duration(float64(n) / p.Rate * float64(time.Second)))))
		}
		select {
		case s.free <- struct{}{}:
		case <-over.Done():
			return
		}
		customer := p.First + n%p.Customers
		now := time.Now()
		if !s.since[customer].CompareAndSwap(0, int64(now.Sub(s.began))+1) {
			<-s.free // still waits for an earlier answer
			continue
		}
		before := t.accepted
		if err := t.post(c, r, req.fill(n, customer, now), now, scratch); err != nil {
			t.fail(err)
			return
		}
		if t.accepted == before && s.since[customer].Swap(0) != 0 {
			<-s.free // refused: nobody will answer
		}
	}
}
