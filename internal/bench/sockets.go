package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// gathering is the running crowd process.
type gathering struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err strings.Builder
}

// gather starts a crowd and returns when everybody is connected.
func (s *session) gather(ctx context.Context, plan crowdPlan) (*gathering, error) {
	g := &gathering{cmd: exec.CommandContext(ctx, s.binary, "bench", roleCrowd)}
	var err error
	if g.in, err = g.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	g.out, g.cmd.Stderr = bufio.NewReader(out), &g.err
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the crowd: %w", err)
	}
	raw, err := json.Marshal(plan)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(g.in, "%s\n", raw); err != nil {
		return nil, errors.Join(err, g.stop())
	}
	line, err := g.out.ReadString('\n')
	if err != nil || line != "connected\n" {
		_ = g.stop() // it has ended, or says what cannot be used: why is in its words
		return nil, fmt.Errorf("connect the crowd: %w: %s%s", err, line, g.err.String())
	}
	return g, nil
}

// act lets the crowd act and returns what it saw.
func (g *gathering) act() (crowdReport, error) {
	var r crowdReport
	if _, err := io.WriteString(g.in, "go\n"); err != nil {
		return r, err
	}
	if err := json.NewDecoder(g.out).Decode(&r); err != nil {
		return r, fmt.Errorf("read the crowd's report: %w: %s", err, g.err.String())
	}
	return r, nil
}

func (g *gathering) stop() error {
	_ = g.in.Close()
	_, _ = io.Copy(io.Discard, g.out) // until it ends
	return g.cmd.Wait()
}

// chatHub starts a hub with a site linked.
func (s *session) chatHub(ctx context.Context, database string) (*subject, crowdPlan, error) {
	sub, err := s.hub(ctx, database)
	if err != nil {
		return nil, crowdPlan{}, err
	}
	link, err := sub.api.Link(ctx, "web", "bench", map[string]string{"name": "bench"}, "")
	if err != nil {
		return nil, crowdPlan{}, errors.Join(err, sub.close())
	}
	plan := crowdPlan{Addr: sub.Addr, Account: link.ID, Tokens: []string{sub.api.Token}}
	for range 9 { // one token may hold only so many sockets
		printed, err := sub.Command(ctx, "token", "create", "--tenant", "default", "--role", "owner")
		words := strings.Fields(printed)
		if err != nil || len(words) == 0 {
			return nil, crowdPlan{}, errors.Join(fmt.Errorf("make a token for an agent: %w", err), sub.close())
		}
		plan.Tokens = append(plan.Tokens, words[len(words)-1])
	}
	return sub, plan, nil
}

// benchTyping measures a visitor's key press until it is on an agent's socket,
// while messages keep coming.
func benchTyping(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.typingOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) typingOn(ctx context.Context, database string) error {
	sub, plan, err := s.chatHub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	plan.Sockets, plan.Agents, plan.Typers, plan.Posts, plan.Seconds = 200, 4, 60, 200, s.seconds(20, 6)
	g, err := s.gather(ctx, plan)
	if err != nil {
		return err
	}
	r, err := g.act()
	if err := errors.Join(err, g.stop()); err != nil {
		return err
	}
	if r.Lost > 0 || r.Typing.N < r.Pressed*9/10 || r.Lines.N < r.Posted*9/10 {
		return fmt.Errorf("%d sockets were lost, %d presses on %d screens arrived %d times, %d posts %d times: %s", r.Lost, r.Pressed, plan.Agents, r.Typing.N, r.Posted, r.Lines.N, r.Trouble)
	}
	c := fmt.Sprintf("%d visitors at three presses a second each, %.0f messages/s beside, %d agents' sockets (let go as too slow %d times), %.0f s; %s", plan.Typers, plan.Posts, plan.Agents, r.LetGo, plan.Seconds, machine())
	return errors.Join(
		s.report.add(Result{Name: "typing." + database, Value: r.Typing.P95, Unit: "ms", Target: "p95 < 50 ms", Conditions: fmt.Sprintf("p95 from a visitor's key press to an agent's socket (median %.1f ms, p99 %.1f ms): %s", r.Typing.P50, r.Typing.P99, c)}),
		s.report.add(Result{Name: "typing." + database + ".message", Value: r.Lines.P95, Unit: "ms", Conditions: fmt.Sprintf("p95 from a visitor's post to an agent's socket (median %.1f ms, p99 %.1f ms): %s", r.Lines.P50, r.Lines.P99, c)}),
	)
}

// benchSockets weighs thousands of idle visitors and measures delivery among
// them.
func benchSockets(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.socketsOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) socketsOn(ctx context.Context, database string) error {
	sub, plan, err := s.chatHub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	// A small crowd first: what is made once is not charged to the sockets.
	plan.Sockets, plan.Agents = 50, 2
	g, err := s.gather(ctx, plan)
	if err != nil {
		return err
	}
	_ = g.stop() // it ends when its input does
	settle := time.Duration(s.seconds(20, 8) * float64(time.Second))
	before, err := s.restingBytes(ctx, sub, settle)
	if err != nil {
		return err
	}
	plan.Sockets, plan.Agents, plan.Posts, plan.Seconds = 5000, 50, 100, s.seconds(20, 6)
	began := time.Now()
	if g, err = s.gather(ctx, plan); err != nil {
		return err
	}
	defer func() { _ = g.stop() }()
	took := time.Since(began)
	after, err := s.restingBytes(ctx, sub, settle)
	if err != nil {
		return err
	}
	c := fmt.Sprintf("%d visitors' sockets handshaken in %.1f s and %d agents' on %s; resident %d MB before, %d MB after, each settled for %s; %s",
		plan.Sockets, took.Seconds(), plan.Agents, database, before>>20, after>>20, settle, machine())
	if err := s.report.add(Result{Name: "sockets." + database + ".memory", Value: float64(after-before) / float64(plan.Sockets) / 1000, Unit: "kB", Target: "≤ 30 kB a socket", Conditions: c}); err != nil {
		return err
	}
	hub, err1 := cpuSeconds(sub.PID())
	own, err2 := cpuSeconds(g.cmd.Process.Pid)
	r, err := g.act()
	if err := errors.Join(err, err1, err2); err != nil {
		return err
	}
	if r.Lost > 0 || r.Lines.N != r.Posted*plan.Agents {
		return fmt.Errorf("%d sockets were lost, %d posts arrived %d times on %d screens: %s", r.Lost, r.Posted, r.Lines.N, plan.Agents, r.Trouble)
	}
	hubAfter, err1 := cpuSeconds(sub.PID())
	ownAfter, err2 := cpuSeconds(g.cmd.Process.Pid)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	return s.report.add(Result{Name: "sockets." + database + ".delivery", Value: r.Lines.P99, Unit: "ms", Target: "p99 < 100 ms",
		Conditions: fmt.Sprintf("p99 from a visitor's post, each of a new customer, to each of %d agents' sockets, %.0f messages/s for %.0f s (median %.1f ms, p95 %.1f ms, sockets let go as too slow %d times; %d frames of %d bytes; processor time: hub %.1f s, visitors and agents %.1f s): %s",
			plan.Agents, plan.Posts, plan.Seconds, r.Lines.P50, r.Lines.P95, r.LetGo, r.Frames, r.Bytes/max(r.Frames, 1), hubAfter-hub, ownAfter-own, c)})
}

// restingBytes is the hub's resident memory once it has come to rest.
func (s *session) restingBytes(ctx context.Context, sub *subject, settle time.Duration) (int64, error) {
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return residentBytes(sub.PID())
}
