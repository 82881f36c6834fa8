package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
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
	team, agent, limited, err := limitedAgent(ctx, sub)
	if err != nil {
		return err
	}
	if err := sub.Stop(); err != nil {
		return err
	}
	stock, err := openStock(ctx, sub, team, agent)
	if err != nil {
		return err
	}
	defer stock.db.Close()
	long, err := stock.thread(ctx, 10_000)
	if err != nil {
		return err
	}
	var smallest, smallestOther float64
	have := 0
	for _, size := range sizes {
		began := time.Now()
		if err := stock.conversations(ctx, have, size); err != nil {
			return err
		}
		fmt.Fprintf(s.log, "list: %d conversations stored on %s in %.1f s\n", size-have, database, time.Since(began).Seconds())
		have = size
		if err := sub.Start(ctx); err != nil {
			return err
		}
		p99, other, err := s.listAt(ctx, sub, limited, stock, database, size, smallest, smallestOther)
		if err != nil {
			return err
		}
		if smallest == 0 {
			smallest, smallestOther = p99, other
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

// limitedAgent makes an agent who sees own conversations and those of one team
// alone, signed in.
func limitedAgent(ctx context.Context, sub *subject) (team, agent canon.ID, signedIn *rig.API, err error) {
	var made struct {
		ID canon.ID `json:"id"`
	}
	if err := sub.api.Call(ctx, http.MethodPost, "/teams", map[string]any{"name": "Bench"}, &made); err != nil {
		return team, agent, nil, err
	}
	team = made.ID
	who := map[string]any{"email": "bench@example.com", "name": "Bench", "role": "limited", "password": "a horse of the bench", "teams": []canon.ID{team}}
	if err := sub.api.Call(ctx, http.MethodPost, "/agents", who, &made); err != nil {
		return team, agent, nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return team, agent, nil, err
	}
	signedIn = &rig.API{Base: sub.api.Base, HTTP: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	return team, made.ID, signedIn, signedIn.Call(ctx, http.MethodPost, "/session", map[string]any{"email": who["email"], "password": who["password"]}, nil)
}

// listAt measures every state × filter × order, on the first page and deep in
// the list, and combinations of filters with many, few and no matches.
func (s *session) listAt(ctx context.Context, sub *subject, limited *rig.API, k *stock, database string, size int, smallest, smallestOther float64) (p99, p99Other float64, err error) {
	text := func(id []byte) string { return canon.ID(id).String() }
	owner, account, team := "&owner="+text(k.agents[3]), "&account="+text(k.accounts[1]), "&team="+text(k.teams[2])
	var plain, other []string
	for _, status := range []string{"open", "bot", "queue", "agent", "snoozed", "closed"} {
		status = "status=" + status
		for _, sort := range []string{"&sort=newest", "&sort=waiting"} {
			for _, filter := range []string{"", owner, account, team} {
				plain = append(plain, status+filter+sort)
			}
			foreign := "&team=" + text(k.teams[4]) // serves no conversation of the account but a rare one of another
			for _, filter := range []string{
				owner + account, owner + team, account + team, owner + account + team, account + foreign, "&account=" + text(k.accounts[rareTeam%4]) + "&team=" + text(k.teams[(rareTeam%4+3)%5]),
				"&team=none" + account, "&team=none" + owner, owner + "&tag=" + text(k.tag), account + team + "&tag=" + text(k.tag),
				"&tag=" + text(k.tag), "&tag=" + text(k.rare()), account + "&tag=" + text(k.rare()), "&tag=" + canon.NewID().String(), account + "&tag=" + canon.NewID().String(),
				"&owner=" + canon.NewID().String() + team,
				"&language=zh", "&language=fr", "&language=xx", "&language=zh,en,xx" + account, "&language=fr" + account + team,
				"&language=en&tag=" + text(k.tag), "&language=fr&tag=" + text(k.tag), "&wait=1", "&wait=5" + account, "&wait=500000&language=zh",
				"&account=" + text(k.accounts[0]) + "," + text(k.accounts[1]), "&team=none," + text(k.teams[2]) + owner,
			} {
				other = append(other, status+filter+sort)
			}
		}
	}
	const times = 40
	all, err := measureLists(ctx, sub.api, plain, times)
	if err != nil {
		return 0, 0, err
	}
	rest, err := measureLists(ctx, sub.api, other, times/4)
	if err != nil {
		return 0, 0, err
	}
	own, err := measureLists(ctx, limited, append(plain[:len(plain):len(plain)], "status=open&tag="+text(k.tag), "status=closed&tag="+text(k.rare())), times/4)
	if err != nil {
		return 0, 0, err
	}
	counts, err := measureLists(ctx, sub.api, []string{"tallies"}, times*4)
	if err != nil {
		return 0, 0, err
	}
	name := fmt.Sprintf("list.%s.%d", database, size)
	c := func(l lists) string {
		return fmt.Sprintf("p99 (median %.2f ms) of 50 of %d conversations through the API, one client, %d requests of %d kinds, first page and 10 pages deep; slowest kind by its median: %.2f ms %s; %s", l.P50, size, l.N, l.kinds, l.worst, l.slowest, machine())
	}
	return all.P99, rest.P99, errors.Join(
		s.report.add(Result{Name: name, Value: all.P99, Unit: "ms", Reference: smallest, Target: "p99 < 5 ms, flat within 1.5 ×", Conditions: c(all) + "; reference: the same at the smallest size"}),
		s.report.add(Result{Name: name + ".other", Value: rest.P99, Unit: "ms", Reference: smallestOther, Target: "< 100 ms", Conditions: "several filters, with many matches, one and none: " + c(rest)}),
		s.report.add(Result{Name: name + ".limited", Value: own.P99, Unit: "ms", Target: "< 100 ms", Conditions: "as an agent sees it who sees only own conversations and those of a team: " + c(own)}),
		s.report.add(Result{Name: name + ".counts", Value: counts.P99, Unit: "ms", Conditions: fmt.Sprintf("p99 (median %.2f ms) of the counts of all views; %s", counts.P50, machine())}),
	)
}

// lists is what measureLists measured.
type lists struct {
	load.Summary
	kinds   int
	worst   float64 // median of the slowest kind
	slowest string
}

// measureLists reads each list some times, first page and deep.
func measureLists(ctx context.Context, api *rig.API, kinds []string, times int) (out lists, err error) {
	var total load.Histogram
	for _, kind := range kinds {
		var own load.Histogram
		for _, cursor := range []string{"", "deep"} {
			path := "/conversations?limit=50&" + kind
			switch {
			case kind == "tallies" && cursor != "":
				continue
			case kind == "tallies":
				path = "/conversations/tallies"
			case cursor != "":
				if cursor, err = deep(ctx, api, kind); err != nil {
					return out, err
				}
				if cursor == "" {
					continue // the list is not that long
				}
				path += "&cursor=" + url.QueryEscape(cursor)
			}
			const warm = 3 // what everyday use keeps warm
			for i := range times + warm {
				began := time.Now()
				if err := api.Call(ctx, http.MethodGet, path, nil, nil); err != nil {
					return out, err
				}
				if i >= warm {
					own.Add(time.Since(began))
				}
			}
		}
		if m := own.Summary().P50; m > out.worst {
			out.worst, out.slowest = m, kind
		}
		total.Merge(&own)
	}
	out.Summary, out.kinds = total.Summary(), len(kinds)
	return out, nil
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
