package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"parley/core/canon"
)

// inboxPlan is what the browser is told; bench.mjs reads it.
type inboxPlan struct {
	Chromium string  `json:"chromium"`
	URL      string  `json:"url"`
	Email    string  `json:"email"`
	Password string  `json:"password"`
	Account  string  `json:"account"`  // whose customers write while an agent types
	Rounds   int     `json:"rounds"`   // first loads
	Warm     int     `json:"warm"`     // switches that are timed
	Switches int     `json:"switches"` // switches the heap is weighed over
	Seconds  float64 `json:"seconds"`  // of typing
}

// inboxReport is what it measured, in milliseconds and bytes.
type inboxReport struct {
	Version string `json:"version"`
	Loads   []struct {
		First   float64  `json:"first"`
		Largest float64  `json:"largest"`
		Code    float64  `json:"code"` // page, scripts, styles and fonts as they came over the wire
		Data    float64  `json:"data"` // everything else
		Files   []string `json:"files"`
	} `json:"loads"`
	Gzipped    float64   `json:"gzipped"` // code, to a browser that takes gzip alone
	Bare       []float64 `json:"bare"`
	Fresh      []float64 `json:"fresh"`
	Warm       []float64 `json:"warm"`
	HeapBefore float64   `json:"heapBefore"`
	HeapAfter  float64   `json:"heapAfter"`
	Different  int       `json:"different"`
	Busy       typed     `json:"busy"`
	Calm       typed     `json:"calm"`
}

// typed is a stretch of typing into the composer.
type typed struct {
	Frames  []float64 `json:"frames"`
	Keys    []float64 `json:"keys"` // to the letter on the screen, where it took 16 ms or more
	Pressed int       `json:"pressed"`
}

// benchInbox measures the application as an agent has it: in Chromium, with
// 10,000 conversations stored.
func benchInbox(ctx context.Context, s *session) error {
	chromium, err := findChromium()
	if err != nil {
		return err
	}
	sub, crowd, err := s.chatHub(ctx, "sqlite")
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	who := map[string]any{"email": "inbox@example.com", "name": "Bench", "role": "owner", "language": "en", "password": "a horse of the bench"}
	var agent struct {
		ID canon.ID `json:"id"`
	}
	if err := sub.api.Call(ctx, http.MethodPost, "/agents", who, &agent); err != nil {
		return err
	}
	conversations := 10_000
	if err := s.stored(ctx, sub, agent.ID, conversations); err != nil {
		return err
	}
	crowd.Sockets, crowd.Agents, crowd.Posts = 25, 1, 50
	plan := inboxPlan{
		Chromium: chromium, URL: sub.URL(), Email: who["email"].(string), Password: who["password"].(string), Account: crowd.Account,
		Rounds: s.rounds, Warm: 100, Switches: 2000, Seconds: s.seconds(20, 6),
	}
	if s.quick {
		plan.Warm, plan.Switches = 30, 200
	}
	crowd.Seconds = plan.Seconds + 8 // the screen is opened meanwhile
	browser, err := driveBrowser(ctx, "bench.mjs", plan)
	if err != nil {
		return err
	}
	r, seen, err := s.inboxIn(ctx, browser, crowd)
	if err != nil {
		return err
	}
	return s.reportInbox(plan, r, crowd, seen, fmt.Sprintf("%d conversations stored on sqlite; Chromium %s without a screen or a graphics card, 1440×900; %s", conversations, r.Version, machine()))
}

// stored fills a hub with conversations, twenty messages each, that are all
// searched: nothing is left to do in the background.
func (s *session) stored(ctx context.Context, sub *subject, agent canon.ID, conversations int) error {
	if err := sub.Stop(); err != nil {
		return err
	}
	stock, err := openStock(ctx, sub, canon.NewID(), agent)
	if err != nil {
		return err
	}
	err = stock.talk(ctx, 20*conversations)
	if err := errors.Join(err, stock.db.Close()); err != nil {
		return err
	}
	if err := sub.Start(ctx); err != nil {
		return err
	}
	return searchable(ctx, sub.api)
}

// inboxIn runs the browser, and the crowd when it asks for it.
func (s *session) inboxIn(ctx context.Context, browser *driven, plan crowdPlan) (r inboxReport, seen crowdReport, err error) {
	if err := browser.await("typing"); err != nil {
		return r, seen, err
	}
	g, err := s.gather(ctx, plan)
	if err != nil {
		return r, seen, errors.Join(err, browser.end(nil))
	}
	if err := browser.tell(); err != nil {
		return r, seen, errors.Join(err, g.stop(), browser.end(nil))
	}
	seen, err = g.act()
	if err := errors.Join(err, g.stop()); err != nil {
		return r, seen, errors.Join(err, browser.end(nil))
	}
	if err := browser.await("typed"); err != nil {
		return r, seen, err
	}
	if err := browser.tell(); err != nil {
		return r, seen, errors.Join(err, browser.end(nil))
	}
	return r, seen, browser.report(&r)
}

func (s *session) reportInbox(plan inboxPlan, r inboxReport, crowd crowdPlan, seen crowdReport, c string) error {
	var code, data, first, largest []float64
	files := 0
	for _, l := range r.Loads {
		code, data = append(code, l.Code/1e3), append(data, l.Data/1e3)
		first, largest, files = append(first, l.First), append(largest, l.Largest), len(l.Files)
	}
	if len(code) == 0 || r.Gzipped == 0 || len(r.Warm) == 0 || len(r.Fresh) == 0 || len(r.Busy.Frames) == 0 || len(r.Calm.Frames) == 0 {
		return fmt.Errorf("the browser measured nothing: %+v", r)
	}
	if seen.Lost > 0 || seen.Posted < int(crowd.Posts*plan.Seconds) {
		return fmt.Errorf("%d messages were sent while the agent typed, %d sockets lost: %s", seen.Posted, seen.Lost, seen.Trouble)
	}
	bare := median(r.Bare)
	frames := func(t typed) string {
		over := 0
		for _, f := range t.Frames {
			if f > 50 {
				over++
			}
		}
		return fmt.Sprintf("%d frames, median %.1f ms, p99 %.1f ms, %d over 50 ms; %d keys, %.0f ms from a key to its letter at p95 of the %d slowest", len(t.Frames), quantile(t.Frames, 0.5), quantile(t.Frames, 0.99), over, t.Pressed, quantile(t.Keys, 0.95), len(t.Keys))
	}
	grown := (r.HeapAfter - r.HeapBefore) / 1e6
	return errors.Join(
		s.report.add(Result{Name: "inbox.load", Value: r.Gzipped / 1e3, Unit: "kB", Target: "≤ 350 kB",
			Conditions: fmt.Sprintf("page, scripts, styles and fonts of the first load as they come over the wire, gzipped, headers included, %d files, one language, until nothing more is fetched; to a browser that takes brotli %.1f kB [%s]; data and pictures besides: %.1f kB; %s", files, median(code), spread(code), median(data), c)}),
		s.report.add(Result{Name: "inbox.paint.first", Value: median(first), Unit: "ms", Reference: bare, Target: "< 1000 ms",
			Conditions: fmt.Sprintf("first contentful paint with an empty cache, rounds [%s]; reference: a page of one word; %s", spread(first), c)}),
		s.report.add(Result{Name: "inbox.paint.largest", Value: median(largest), Unit: "ms", Reference: bare, Target: "< 1500 ms",
			Conditions: fmt.Sprintf("largest contentful paint, rounds [%s]; reference: a page of one word; %s", spread(largest), c)}),
		s.report.add(Result{Name: "inbox.switch", Value: quantile(r.Warm, 0.95), Unit: "ms", Target: "p95 < 100 ms",
			Conditions: fmt.Sprintf("p95 (median %.1f ms) from the key press to the next thread painted, %d conversations that were open before; %s", quantile(r.Warm, 0.5), len(r.Warm), c)}),
		s.report.add(Result{Name: "inbox.switch.new", Value: quantile(r.Fresh, 0.95), Unit: "ms", Reference: quantile(r.Warm, 0.95),
			Conditions: fmt.Sprintf("the same (median %.1f ms) with %d that were not, so that the hub is asked; reference: inbox.switch; %s", quantile(r.Fresh, 0.5), len(r.Fresh), c)}),
		s.report.add(Result{Name: "inbox.heap", Value: grown, Unit: "MB", Target: "< 10 MB over 2,000 switches",
			Conditions: fmt.Sprintf("what the heap grew by over %d switches, up and down %d conversations, garbage collected before and after (%.1f MB before); %s", plan.Switches, r.Different, r.HeapBefore/1e6, c)}),
		s.report.add(Result{Name: "inbox.typing", Value: slices.Max(r.Busy.Frames), Unit: "ms", Reference: slices.Max(r.Calm.Frames), Target: "no frame > 50 ms",
			Conditions: fmt.Sprintf("longest frame while an agent types twelve letters a second for %.0f s and %.0f messages/s of %d customers arrive (%s); reference: while nobody writes (%s); %s", plan.Seconds, crowd.Posts, crowd.Sockets, frames(r.Busy), frames(r.Calm), c)}),
	)
}

// quantile of some figures; 0 of none.
func quantile(all []float64, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
