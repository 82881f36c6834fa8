package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/internal/bench/load"
	"parley/internal/bench/rig"
)

// what a customer writes in all benches.
const question = "你好，请问这个多少钱？什么时候能发货？ How much is it, and when do you ship?"

// known is how many customers write in turn where they are known already.
const known = 5000

// benchAccept measures how many callbacks a second are accepted, which means
// durable, at 1, 16 and 64 clients, and what a burst leaves behind.
func benchAccept(ctx context.Context, s *session) error {
	echo, err := startHelper(ctx, s.binary, roleEcho)
	if err != nil {
		return err
	}
	defer echo.stop()
	for _, database := range s.databases() {
		if err := s.acceptOn(ctx, database, echo.addr); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) acceptOn(ctx context.Context, database, echo string) error {
	sub, err := s.hub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	link, err := sub.api.Link(ctx, "http", "bench", map[string]string{"secret": secret}, "")
	if err != nil {
		return err
	}
	plan := load.Plan{Addr: sub.Addr, Path: link.HookPath(), Secret: secret, Text: question, Customers: known, Seconds: s.seconds(3, 1.5)}
	// Everybody has written once: the rounds measure customers who are known.
	first := plan
	first.Conns, first.Requests, first.Seconds, first.Run = 16, known, 120, "first"
	if _, err := drive(ctx, s.binary, first); err != nil {
		return err
	}
	if _, err := s.drained(ctx, sub, 5*time.Minute); err != nil {
		return err
	}
	for _, clients := range []int{1, 16, 64} {
		if err := s.acceptRounds(ctx, sub, database, echo, plan, clients); err != nil {
			return err
		}
	}
	if err := s.acceptOneByOne(ctx, sub, database, plan); err != nil {
		return err
	}
	return s.burst(ctx, sub, database, echo, plan)
}

// seconds is how long a step lasts.
func (s *session) seconds(full, quick float64) float64 {
	if s.quick {
		return quick
	}
	return full
}

// acceptRounds measures one number of clients, the references in between.
func (s *session) acceptRounds(ctx context.Context, sub *subject, database, echo string, plan load.Plan, clients int) error {
	plan.Conns = clients
	var hub, echoed, single, p99 []float64
	var bytes int
	for round := range s.rounds {
		e := plan
		e.Addr, e.Path, e.Run = echo, "/", fmt.Sprintf("e%d-%d", clients, round)
		reference, err := drive(ctx, s.binary, e)
		if err != nil {
			return err
		}
		echoed = append(echoed, reference.PerSecond())
		n, err := s.commitOne(ctx, sub, clients, plan.Seconds/2)
		if err != nil {
			return err
		}
		single = append(single, n)
		h := plan
		h.Run = fmt.Sprintf("a%d-%d", clients, round)
		got, err := drive(ctx, s.binary, h)
		if err != nil {
			return err
		}
		if got.Broken > 0 || len(got.Refused) > 0 {
			return fmt.Errorf("%d connections broke, refused %v: %s", got.Broken, got.Refused, got.Trouble)
		}
		hub, p99, bytes = append(hub, got.PerSecond()), append(p99, got.Latency.P99), got.BodyBytes
		if _, err := s.drained(ctx, sub, 5*time.Minute); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("accept.%s.%d", database, clients)
	conditions := fmt.Sprintf("%d clients keep-alive, signed callbacks of %d bytes from %d known customers, %.1f s × %d rounds [%s], backlog drained between rounds; answer p99 %.1f ms; %s",
		clients, bytes, known, plan.Seconds, s.rounds, spread(hub), median(p99), machine())
	return errors.Join(
		s.report.add(Result{Name: name, Value: median(hub), Unit: "1/s", Reference: median(echoed), Target: acceptTarget(database, clients), Conditions: "beside a bare echo: " + conditions}),
		s.report.add(Result{Name: name + ".rows", Value: median(hub), Unit: "1/s", Reference: median(single), Conditions: fmt.Sprintf("beside one row per commit from %d clients [%s]: same rounds", clients, spread(single))}),
	)
}

func acceptTarget(database string, clients int) string {
	switch {
	case clients != 64:
		return ""
	case database == "sqlite":
		return "≥ 0.30 × echo"
	}
	return "≥ 0.20 × echo"
}

// commitOne measures the database alone: one row per commit.
func (s *session) commitOne(ctx context.Context, sub *subject, clients int, seconds float64) (float64, error) {
	dir, err := os.MkdirTemp(s.dir, "rows-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	r, err := openRows(ctx, sub.Database, dir, clients)
	if err != nil {
		return 0, err
	}
	defer r.close()
	return r.commitEach(ctx, clients, question+question+question+question, seconds)
}

// acceptOneByOne compares the time of one answer with a handler that does the
// same and commits one row.
func (s *session) acceptOneByOne(ctx context.Context, sub *subject, database string, plan load.Plan) error {
	reference, err := startHelper(ctx, s.binary, roleOneRow, sub.Database)
	if err != nil {
		return err
	}
	defer reference.stop()
	plan.Conns = 1
	var hub, row []float64
	for round := range s.rounds {
		p := plan
		p.Addr, p.Path, p.Run = reference.addr, "/", fmt.Sprintf("r%d", round)
		one, err := drive(ctx, s.binary, p)
		if err != nil {
			return err
		}
		p = plan
		p.Run = fmt.Sprintf("o%d", round)
		got, err := drive(ctx, s.binary, p)
		if err != nil {
			return err
		}
		hub, row = append(hub, got.Latency.P50), append(row, one.Latency.P50)
		if _, err := s.drained(ctx, sub, 5*time.Minute); err != nil {
			return err
		}
	}
	return s.report.add(Result{Name: "accept." + database + ".answer", Value: median(hub), Unit: "ms", Reference: median(row), Target: "≤ 1.5 ×",
		Conditions: fmt.Sprintf("median time of one answer at one client, rounds [%s], beside the same handler committing one row [%s]; %s", spread(hub), spread(row), machine())})
}

// burst measures ten seconds at 64 clients, how long the backlog takes, and
// whether new customers are as fast as known ones.
func (s *session) burst(ctx context.Context, sub *subject, database, echo string, plan load.Plan) error {
	plan.Conns, plan.Seconds = 64, s.seconds(10, 4)
	var rates, echoed, drains, fresh []float64
	offset := known
	for round := range max(1, s.rounds/2) {
		e := plan
		e.Addr, e.Path, e.Run, e.Seconds = echo, "/", fmt.Sprintf("be%d", round), plan.Seconds/2
		reference, err := drive(ctx, s.binary, e)
		if err != nil {
			return err
		}
		echoed = append(echoed, reference.PerSecond())
		p := plan
		p.Run = fmt.Sprintf("b%d", round)
		got, err := drive(ctx, s.binary, p)
		if err != nil {
			return err
		}
		took, err := s.drained(ctx, sub, 5*time.Minute)
		if err != nil {
			return err
		}
		rates, drains = append(rates, got.PerSecond()), append(drains, took.Seconds())
		n := plan
		n.Run, n.Customers, n.First = fmt.Sprintf("n%d", round), 0, offset
		if got, err = drive(ctx, s.binary, n); err != nil {
			return err
		}
		offset += got.Accepted + 1000
		fresh = append(fresh, got.PerSecond())
		if _, err := s.drained(ctx, sub, 5*time.Minute); err != nil {
			return err
		}
	}
	c := fmt.Sprintf("64 clients for %.0f s, rounds [%s]; %s", plan.Seconds, spread(rates), machine())
	return errors.Join(
		s.report.add(Result{Name: "accept." + database + ".burst", Value: median(rates), Unit: "1/s", Reference: median(echoed), Target: acceptTarget(database, 64), Conditions: c}),
		s.report.add(Result{Name: "accept." + database + ".drain", Value: median(drains), Unit: "s", Target: "≤ 30 s", Conditions: "from the end of the burst until every message is handled, " + c}),
		s.report.add(Result{Name: "accept." + database + ".new", Value: median(fresh), Unit: "1/s", Reference: median(rates), Target: "≥ 0.67 ×",
			Conditions: "each message from a customer never seen, beside the burst of known ones; rounds [" + spread(fresh) + "]; " + machine()}),
	)
}

// drained waits until everything accepted is handled, and says how long that
// took.
func (s *session) drained(ctx context.Context, sub *subject, within time.Duration) (time.Duration, error) {
	began := time.Now()
	err := rig.Until(ctx, within, func() (bool, error) {
		n, err := sub.waiting(ctx)
		return err == nil && n == 0, err
	})
	if err != nil {
		return 0, fmt.Errorf("the backlog is not drained: %w", err)
	}
	return time.Since(began), nil
}
