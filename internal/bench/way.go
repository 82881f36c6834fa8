package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/bots/rules"
	"parley/internal/bench/load"
	"parley/internal/bench/rig"
)

// benchWay measures the whole way of a message: a customer's question comes in
// by a callback, a rule of a bot answers it, and the answer arrives at the
// platform.
func benchWay(ctx context.Context, s *session) error {
	echo, err := startHelper(ctx, s.binary, roleEcho)
	if err != nil {
		return err
	}
	defer echo.stop()
	for _, database := range s.databases() {
		if err := s.wayOn(ctx, database, echo.addr); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

// answerer is a bot with a hundred rules that answers the question of the
// benches, however often it is asked.
func answerer() rules.Content {
	c := rules.Content{Version: rules.Version, Basics: rules.Basics{Name: "Bench", Language: "zh"}}
	for i := range 100 {
		c.Rules = append(c.Rules, rules.Rule{
			ID: fmt.Sprintf("r%d", i), Name: fmt.Sprintf("rule %d", i), On: true, Match: rules.MatchKeyword, Repeatable: true,
			Patterns: []string{fmt.Sprintf("词语%d号", i)}, Answers: []rules.Reply{rules.Text(fmt.Sprintf("回答 %d", i))},
		})
	}
	c.Rules[50].Patterns = append(c.Rules[50].Patterns, "多少钱")
	c.Rules[50].Answers = []rules.Reply{rules.Text("这件 199 元，今天下单明天发货。It is 199 and ships tomorrow.")}
	return c
}

func (s *session) wayOn(ctx context.Context, database, echo string) error {
	sub, err := s.hub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	listen, err := rig.FreeAddr()
	if err != nil {
		return err
	}
	bot, err := sub.api.Bot(ctx, "rules", "bench", answerer())
	if err != nil {
		return err
	}
	link, err := sub.api.Link(ctx, "http", "bench", map[string]string{"secret": secret, "api_base": "http://" + listen}, bot)
	if err != nil {
		return err
	}
	plan := load.Plan{Addr: sub.Addr, Path: link.HookPath(), Secret: secret, Text: question, Conns: 64, Customers: known, InFlight: 1024, Listen: listen}
	first := plan
	first.Run, first.Requests, first.Seconds = "first", known, 120
	if _, err := drive(ctx, s.binary, first); err != nil {
		return err
	}
	// The echo is measured before and after, by as many clients: it is
	// the same reference as of the accept bench.
	var echoed []float64
	reference := func(run string) error {
		e := plan
		e.Listen, e.Conns, e.Seconds, e.Run, e.Addr, e.Path = "", 64, s.seconds(3, 1.5), run, echo, "/"
		got, err := drive(ctx, s.binary, e)
		if err == nil {
			echoed = append(echoed, got.PerSecond())
		}
		return err
	}
	if err := errors.Join(reference("e1"), reference("e2")); err != nil {
		return err
	}
	long := plan
	long.Run, long.Seconds = "long", s.seconds(60, 10)
	got, err := drive(ctx, s.binary, long)
	if err != nil {
		return err
	}
	if err := reference("e3"); err != nil {
		return err
	}
	if got.Missing > 0 || got.Broken > 0 || len(got.Refused) > 0 {
		return fmt.Errorf("%d answers never came, %d connections broke, refused %v: %s", got.Missing, got.Broken, got.Refused, got.Trouble)
	}
	target := ""
	if database == "sqlite" {
		target = "≥ 0.08 × echo"
	}
	c := fmt.Sprintf("%.0f s sustained, %d callers, at most %d customers of %d waiting for an answer, bot with 100 rules, first half %d answers, second half %d; %s",
		long.Seconds, long.Conns, long.InFlight, known, got.Halves[0], got.Halves[1], machine())
	err = errors.Join(
		s.report.add(Result{Name: "way." + database, Value: got.AnsweredPerSecond(), Unit: "1/s", Reference: median(echoed), Target: target, Conditions: c}),
		s.report.add(Result{Name: "way." + database + ".lag.p50", Value: got.Lag.P50, Unit: "ms", Conditions: "question posted to answer received, at full load: " + c}),
		s.report.add(Result{Name: "way." + database + ".lag.p99", Value: got.Lag.P99, Unit: "ms", Target: "< 1000 ms", Conditions: "question posted to answer received, at full load: " + c}),
	)
	if err != nil {
		return err
	}
	// The same at a load that leaves air: what a customer feels.
	calm := plan
	calm.Run, calm.Seconds, calm.Rate = "calm", s.seconds(10, 4), 100
	time.Sleep(time.Second) // what the load before left is swept up
	if got, err = drive(ctx, s.binary, calm); err != nil {
		return err
	}
	return s.report.add(Result{Name: "way." + database + ".calm.p99", Value: got.Lag.P99, Unit: "ms",
		Conditions: fmt.Sprintf("question posted to answer received at 100 messages/s (median %.1f ms); %s", got.Lag.P50, machine())})
}
