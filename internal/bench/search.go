package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/load"
	"parley/internal/bench/rig"
)

// benchSearch measures the search in a million messages.
func benchSearch(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.searchOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) searchOn(ctx context.Context, database string) error {
	messages := 1_000_000
	if s.quick {
		messages = 100_000
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
	if err := stock.talk(ctx, messages); err != nil {
		return err
	}
	if _, err := stock.db.ExecContext(ctx, "DELETE FROM search_progress"); err != nil { // as in a database of before
		return err
	}
	before, err := stock.size(ctx)
	if err != nil {
		return err
	}
	if err := sub.Start(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := searchable(ctx, sub.api); err != nil {
		return err
	}
	took := time.Since(began)
	if err := stock.termed(ctx); err != nil { // or each search for people would keep the words of some
		return err
	}
	after, err := stock.size(ctx)
	if err != nil {
		return err
	}
	name := "search." + database
	if err := errors.Join(
		s.report.add(Result{Name: name + ".ready", Value: took.Seconds(), Unit: "s", Conditions: fmt.Sprintf("until %d messages of before are searched to the last, in the background, resting in between; %s", messages, machine())}),
		s.report.add(Result{Name: name + ".size", Value: float64(after-before) / 1e6, Unit: "MB", Reference: float64(before) / 1e6, Conditions: fmt.Sprintf("what the database grew by; beside: its size with %d messages of 30 characters", messages)}),
	); err != nil {
		return err
	}
	const target = "p95 < 300 ms"
	var all load.Histogram
	for _, kind := range searches {
		one, found, err := measureSearch(ctx, sub.api, kind.q)
		if err != nil {
			return err
		}
		all.Merge(one)
		sum := one.Summary()
		if err := s.report.add(Result{Name: name + "." + kind.name, Value: sum.P95, Unit: "ms", Target: target,
			Conditions: fmt.Sprintf("p95 (median %.1f ms) of %q, %d found on the page; %s", sum.P50, kind.q, found, machine())}); err != nil {
			return err
		}
	}
	var own load.Histogram
	for _, kind := range searches[:4] {
		one, _, err := measureSearch(ctx, limited, kind.q)
		if err != nil {
			return err
		}
		own.Merge(one)
	}
	a, o := all.Summary(), own.Summary()
	return errors.Join(
		s.report.add(Result{Name: name, Value: a.P95, Unit: "ms", Target: target, Conditions: fmt.Sprintf("p95 (median %.1f ms, p99 %.1f ms) of %d searches of %d kinds in %d messages through the API, one client; %s", a.P50, a.P99, a.N, len(searches), messages, machine())}),
		s.report.add(Result{Name: name + ".limited", Value: o.P95, Unit: "ms", Target: target, Conditions: fmt.Sprintf("the same (median %.1f ms) as an agent searches who sees one conversation in twenty; a page may be short and go on; %s", o.P50, machine())}),
	)
}

// searches are the mix that is measured.
var searches = []struct{ name, q string }{
	{"rare", "鳄梨"},
	{"frequent", "发货"},
	{"none", "鼹鼠"},
	{"apart", "退款 鼹"},
	{"both", "发货 退款"},
	{"single", "货"},
	{"latin", "refu"},
	{"number", "88004321"},
	{"from", "发货 from:客户4321"},
	{"in", "退款 in:门店"},
	{"dates", "退款 after:2020-01-01 before:2030-01-01"},
	{"past", "退款 before:2020-01-01"},
}

// measureSearch asks the same some times, each time for the first page.
func measureSearch(ctx context.Context, api *rig.API, q string) (*load.Histogram, int, error) {
	h, found := &load.Histogram{}, 0
	for i := range 43 {
		var page struct {
			Items []struct{} `json:"items"`
		}
		began := time.Now()
		if err := api.Call(ctx, http.MethodGet, "/search?q="+url.QueryEscape(q), nil, &page); err != nil {
			return nil, 0, fmt.Errorf("search %s: %w", q, err)
		}
		if found = len(page.Items); i >= 3 { // what everyday use keeps warm
			h.Add(time.Since(began))
		}
	}
	return h, found, nil
}

// searchable waits until all messages are searched.
func searchable(ctx context.Context, api *rig.API) error {
	for {
		var page struct {
			Reach time.Time `json:"reach"`
		}
		if err := api.Call(ctx, http.MethodGet, "/search?limit=1&q=%E9%BC%B9%E9%BC%A0", nil, &page); err != nil {
			return err
		}
		if page.Reach.IsZero() {
			return nil
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// talk stores messages, twenty to a conversation, as they would have come: one
// here, one there. Each fifth says 发货, one of them all 鳄梨.
func (s *stock) talk(ctx context.Context, messages int) error {
	const each = 20
	rounds := messages / each
	if err := s.conversations(ctx, 0, rounds); err != nil {
		return err
	}
	at := s.base.UnixMilli()
	for i, account := range s.accounts {
		link := id()
		if err := s.bulk(ctx, "links", "tenant, id, kind, name, config, secrets, created", 1, func(int) []any {
			return []any{s.tenant, link, "web", fmt.Sprintf("店 %d", i), "{}", "{}", at}
		}); err != nil {
			return err
		}
		if err := s.bulk(ctx, "accounts", "tenant, id, link, kind, name, remote_id, paused, created", 1, func(int) []any {
			return []any{s.tenant, account, link, "web", fmt.Sprintf("门店 %d", i), fmt.Sprint(i), 1, at}
		}); err != nil {
			return err
		}
	}
	if err := s.bulk(ctx, "threads", "tenant, id, account, lane, key, identity, contact, pos, rev", rounds, func(i int) []any {
		return []any{s.tenant, numbered(i), s.accounts[i%len(s.accounts)], numbered(i), `{"account":"bench","peer":"x"}`, numbered(i), numbered(i), each, each}
	}); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(3, 9))
	return s.bulk(ctx, "messages", "tenant, id, thread, conversation, pos, rev, sender_kind, sender, at, content", messages, func(i int) []any {
		round, turn := i%rounds, i/rounds
		from, by := core.FromCustomer, numbered(round)
		if turn%2 == 1 {
			from, by = core.FromAgent, s.agents[round%len(s.agents)]
		}
		m := canon.TextMessage(sentence(r, i, messages))
		m.ID = canon.NewID()
		content, err := json.Marshal(m)
		if err != nil {
			content = []byte("{}") // a text always encodes
		}
		return []any{s.tenant, m.ID[:], numbered(round), numbered(round), turn + 1, turn + 1, string(from), by, at + int64(i)*60, string(content)}
	})
}

// sentence is thirty characters of words as frequent as words are, in one message
// of eight Latin ones.
func sentence(r *rand.Rand, i, of int) string {
	var b strings.Builder
	word := func(most float64) int { return int(math.Pow(most, r.Float64())) - 1 }
	switch {
	case i == of/3:
		return "请问鳄梨还有货吗？订单 88004321"
	case i%8 == 7:
		for range 8 {
			n := word(30_000)
			fmt.Fprintf(&b, "%s%s ", []string{"order", "refund", "ship", "where", "please", "size", "return", "parcel"}[n%8], strings.Repeat(string(rune('a'+n/8%26)), n/8%4))
		}
		return b.String()
	}
	if r.IntN(5) == 0 {
		b.WriteString("什么时候发货？")
	}
	if r.IntN(20) == 0 {
		b.WriteString("我要退款，")
	}
	for range 12 { // two characters each, of a thousand
		n := word(40_000)
		b.WriteRune(rune(0x5000 + n*7919%1000))
		b.WriteRune(rune(0x6000 + n*104729%1000))
	}
	if r.IntN(4) == 0 {
		fmt.Fprintf(&b, "，订单 %d", 20_000_000+r.IntN(60_000_000))
	}
	return b.String()
}

// size is how many bytes the database takes.
func (s *stock) size(ctx context.Context) (n int64, err error) {
	q := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if s.postgres {
		q = "SELECT pg_database_size(current_database())"
	}
	err = s.db.QueryRowContext(ctx, q).Scan(&n)
	return n, err
}
