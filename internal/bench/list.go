package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core/canon"
	"parley/internal/bench/load"
	"parley/internal/bench/rig"
)

// benchList measures lists of conversations with ever more of them stored, and
// a thread of ten thousand messages.
func benchList(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.listOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) listOn(ctx context.Context, database string) error {
	sizes := []int{10_000, 100_000, 1_000_000}
	if s.quick {
		sizes = sizes[:2]
	}
	sub, err := s.hub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	if err := sub.Stop(); err != nil {
		return err
	}
	shelf, err := openShelf(ctx, sub)
	if err != nil {
		return err
	}
	defer shelf.db.Close()
	long, err := shelf.thread(ctx, 10_000)
	if err != nil {
		return err
	}
	var smallest float64
	have := 0
	for _, size := range sizes {
		if err := shelf.conversations(ctx, have, size); err != nil {
			return err
		}
		have = size
		if err := sub.Start(ctx); err != nil {
			return err
		}
		p99, err := s.listAt(ctx, sub, shelf, database, size, smallest)
		if err != nil {
			return err
		}
		if smallest == 0 {
			smallest = p99
		}
		if size == sizes[len(sizes)-1] {
			if err := s.threadOf(ctx, sub, database, long); err != nil {
				return err
			}
		}
		if err := sub.Stop(); err != nil {
			return err
		}
	}
	return nil
}

// listAt measures every state × filter × order, on the first page and deep in
// the list, and combinations no index fits.
func (s *session) listAt(ctx context.Context, sub *subject, shelf *shelf, database string, size int, smallest float64) (float64, error) {
	agent, account, team := canon.ID(shelf.agents[3]).String(), canon.ID(shelf.accounts[1]).String(), canon.ID(shelf.teams[2]).String()
	var plain []string
	for _, status := range []string{"open", "bot", "queue", "agent", "closed"} {
		for _, filter := range []string{"", "&owner=" + agent, "&account=" + account, "&team=" + team} {
			for _, sort := range []string{"newest", "waiting"} {
				plain = append(plain, "status="+status+filter+"&sort="+sort)
			}
		}
	}
	times := 40
	all, worst, slowest, err := measureLists(ctx, sub.api, plain, times)
	if err != nil {
		return 0, err
	}
	combos := []string{
		"status=open&owner=" + agent + "&account=" + account, "status=open&owner=" + agent + "&team=" + team + "&sort=waiting",
		"status=queue&account=" + account + "&team=" + team, "status=open&team=none&account=" + account,
		"status=open&tag=" + canon.NewID().String(), "status=closed&tag=" + canon.NewID().String() + "&account=" + account,
		"status=closed&owner=" + canon.NewID().String() + "&team=" + team, "status=open&owner=" + agent + "&tag=" + canon.NewID().String(),
	}
	other, _, slowestCombo, err := measureLists(ctx, sub.api, combos, times)
	if err != nil {
		return 0, err
	}
	name := fmt.Sprintf("list.%s.%d", database, size)
	c := fmt.Sprintf("50 of %d conversations through the API, %d kinds of list, first page and 10 pages deep, %d requests; worst kind by its median: %.1f ms %s; %s", size, len(plain), all.N, worst, slowest, machine())
	return all.P99, errors.Join(
		s.report.add(Result{Name: name, Value: all.P99, Unit: "ms", Reference: smallest, Target: "p99 < 5 ms, flat within 1.5 ×", Conditions: fmt.Sprintf("p99 (median %.2f ms) of %s; reference: the same at the smallest size", all.P50, c)}),
		s.report.add(Result{Name: name + ".other", Value: other.P99, Unit: "ms", Target: "< 100 ms", Conditions: fmt.Sprintf("p99 (median %.2f ms, slowest kind %s) of combinations no index fits, most without a match; %s", other.P50, slowestCombo, machine())}),
	)
}

// measureLists reads each list some times, first page and deep, and also
// returns the kind with the worst median.
func measureLists(ctx context.Context, api *rig.API, kinds []string, times int) (all load.Summary, worst float64, slowest string, err error) {
	var total load.Histogram
	for _, kind := range kinds {
		var own load.Histogram
		for _, cursor := range []string{"", "deep"} {
			if cursor == "deep" {
				if cursor, err = deep(ctx, api, kind); err != nil {
					return all, 0, "", err
				}
				if cursor == "" {
					continue // the list is not that long
				}
			}
			path := "/conversations?limit=50&" + kind
			if cursor != "" {
				path += "&cursor=" + url.QueryEscape(cursor)
			}
			for i := range times + 3 {
				began := time.Now()
				if err := api.Call(ctx, http.MethodGet, path, nil, nil); err != nil {
					return all, 0, "", err
				}
				if i >= 3 { // the first ones warm what everyday use keeps warm
					own.Add(time.Since(began))
				}
			}
		}
		if m := own.Summary().P50; m > worst {
			worst, slowest = m, kind
		}
		total.Merge(&own)
	}
	return total.Summary(), worst, slowest, nil
}

// deep is the cursor ten pages into a list, "" when it is shorter.
func deep(ctx context.Context, api *rig.API, kind string) (string, error) {
	cursor := ""
	for range 10 {
		path := "/conversations?limit=50&" + kind
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		var page struct {
			Next string `json:"next"`
		}
		if err := api.Call(ctx, http.MethodGet, path, nil, &page); err != nil {
			return "", err
		}
		if page.Next == "" {
			return "", nil
		}
		cursor = page.Next
	}
	return cursor, nil
}

// threadOf measures opening a thread of ten thousand messages.
func (s *session) threadOf(ctx context.Context, sub *subject, database string, conversation canon.ID) error {
	var h load.Histogram
	for i := range 200 {
		path := "/conversations/" + conversation.String() + "/messages?limit=50"
		if i%2 == 1 {
			path += fmt.Sprintf("&before=%d", 100+i*45) // somewhere in the middle
		}
		began := time.Now()
		var page rig.Page[struct{}]
		if err := sub.api.Call(ctx, http.MethodGet, path, nil, &page); err != nil {
			return err
		}
		if len(page.Items) != 50 {
			return fmt.Errorf("%s has %d messages", strings.TrimPrefix(path, "/"), len(page.Items))
		}
		h.Add(time.Since(began))
	}
	sum := h.Summary()
	return s.report.add(Result{Name: "list." + database + ".thread", Value: sum.P99, Unit: "ms", Target: "p99 < 5 ms",
		Conditions: fmt.Sprintf("p99 (median %.2f ms) of 50 messages of a thread of 10,000, the newest and in the middle; %s", sum.P50, machine())})
}
