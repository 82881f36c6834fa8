package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/core/canon"
	"parley/internal/bench/load"
	"parley/internal/bench/rig"
)

// benchContacts measures lists, searches and pages of contacts with ever more of
// them stored.
func benchContacts(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.contactsOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (s *session) contactsOn(ctx context.Context, database string) error {
	sizes := []int{10_000, 100_000, 1_000_000}
	if s.quick {
		sizes = []int{2_000, 20_000}
	}
	sub, err := s.hub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	if err := sub.Stop(); err != nil {
		return err
	}
	stock, err := openStock(ctx, sub, canon.NewID(), canon.NewID())
	if err != nil {
		return err
	}
	defer stock.db.Close()
	have := 0
	var smallest [4]float64
	for _, size := range sizes {
		if err := stock.people(ctx, have, size); err != nil {
			return err
		}
		if have == 0 {
			if err := stock.regular(ctx); err != nil {
				return err
			}
		}
		have = size
		if err := sub.Start(ctx); err != nil {
			return err
		}
		began := time.Now()
		if err := stock.termed(ctx); err != nil {
			return err
		}
		fmt.Fprintf(s.log, "contacts: the words of %d contacts on %s kept in %.1f s\n", size, database, time.Since(began).Seconds())
		if smallest, err = s.contactsAt(ctx, sub.api, stock, database, size, smallest); err != nil {
			return err
		}
		if err := sub.Stop(); err != nil {
			return err
		}
	}
	return nil
}

// contactsAt measures one size beside the smallest, whose figures it returns.
func (s *session) contactsAt(ctx context.Context, api *rig.API, k *stock, database string, size int, smallest [4]float64) ([4]float64, error) {
	text := func(id []byte) string { return canon.ID(id).String() }
	tag, rare, account := "tag="+text(k.tag), "tag="+text(k.rare()), "account="+text(k.accounts[1])
	foreign := "account=" + text(k.accounts[0])
	list := []string{"", tag, rare, account, tag + "&" + account, rare + "&" + foreign, "tag=" + canon.NewID().String()}
	var search []string
	for _, q := range []string{"王", "王伟", "欧阳", "欧阳鳄梨", "鼹鼠", "wang", "wang7", "user4321@example.com", "example.com", "13800004321", "4321", "ext-4321", "王 shop1.example"} {
		search = append(search, "q="+url.QueryEscape(q))
	}
	search = append(search, "q="+url.QueryEscape("王")+"&"+tag, "q="+url.QueryEscape("王")+"&"+rare, "q=wang&"+account)
	middle := text(numbered(size / 2))
	page := []string{"", "/identities", "/notes", "/duplicates", "/conversations"}

	const times = 20
	listed, err := measureContacts(ctx, api, list, times)
	if err != nil {
		return smallest, err
	}
	searched, err := measureContacts(ctx, api, search, times)
	if err != nil {
		return smallest, err
	}
	var pages, rounds load.Histogram
	for i := range times * 3 {
		for _, part := range page {
			if err := timed(ctx, api, "/contacts/"+middle+part, i >= 3, &pages); err != nil {
				return smallest, err
			}
		}
		if err := timed(ctx, api, "/contacts/"+text(numbered(0))+"/conversations?limit=50", i >= 3, &rounds); err != nil {
			return smallest, err
		}
	}
	now := [4]float64{listed.P95, searched.P95, pages.Summary().P95, rounds.Summary().P95}
	was := smallest
	if smallest[0] == 0 {
		smallest = now
	}
	name := fmt.Sprintf("contacts.%s.%d", database, size)
	c := func(what string, sum load.Summary) string {
		return fmt.Sprintf("p95 (median %.2f ms, p99 %.2f ms) of %s, %d contacts, through the API, one client, %d requests; reference: the same at the smallest size; %s", sum.P50, sum.P99, what, size, sum.N, machine())
	}
	slowest := func(l lists) string {
		return fmt.Sprintf("; slowest kind by its median: %.2f ms %q", l.worst, l.slowest)
	}
	pageSum, roundSum := pages.Summary(), rounds.Summary()
	return smallest, errors.Join(
		s.report.add(Result{Name: name, Value: now[0], Unit: "ms", Reference: was[0], Target: "p95 < 100 ms", Conditions: c(fmt.Sprintf("%d kinds of lists by tag and account, first page and 10 pages deep", listed.kinds), listed.Summary) + slowest(listed)}),
		s.report.add(Result{Name: name + ".search", Value: now[1], Unit: "ms", Reference: was[1], Target: "p95 < 300 ms", Conditions: c(fmt.Sprintf("%d kinds of searches by name, address and number, frequent, rare and none", searched.kinds), searched.Summary) + slowest(searched)}),
		s.report.add(Result{Name: name + ".page", Value: now[2], Unit: "ms", Reference: was[2], Target: "p95 < 100 ms", Conditions: c("each of the requests of one contact's page", pageSum)}),
		s.report.add(Result{Name: name + ".regular", Value: now[3], Unit: "ms", Reference: was[3], Target: "p95 < 100 ms", Conditions: c(fmt.Sprintf("50 of the %d conversations of one contact", regulars), roundSum)}),
	)
}

// measureContacts reads each list some times, the first page and a deep one.
func measureContacts(ctx context.Context, api *rig.API, kinds []string, times int) (out lists, err error) {
	var total load.Histogram
	for _, kind := range kinds {
		var own load.Histogram
		path, cursor := "/contacts?limit=50&"+kind, ""
		for range 10 {
			var page rig.Page[struct{}]
			if err := api.Call(ctx, http.MethodGet, path+cursor, nil, &page); err != nil {
				return out, err
			}
			if page.Next == "" {
				break
			}
			cursor = "&cursor=" + url.QueryEscape(page.Next)
		}
		for i := range times + 3 {
			if err := timed(ctx, api, path, i >= 3, &own); err != nil {
				return out, err
			}
			if cursor == "" {
				continue // the list has one page
			}
			if err := timed(ctx, api, path+cursor, i >= 3, &own); err != nil {
				return out, err
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

// timed makes a request and counts how long it took.
func timed(ctx context.Context, api *rig.API, path string, count bool, into *load.Histogram) error {
	began := time.Now()
	if err := api.Call(ctx, http.MethodGet, path, nil, nil); err != nil {
		return err
	}
	if count { // the first ones warm up
		into.Add(time.Since(began))
	}
	return nil
}

// regulars is how many conversations the first contact has.
const regulars = 2000

// people adds contacts number from to to, each with an identity; one in ten has
// the common tag.
func (s *stock) people(ctx context.Context, from, to int) error {
	at := s.base.UnixMilli()
	if err := s.bulk(ctx, "contacts", "tenant, id, name, phone, email, external, created, updated", to-from, func(i int) []any {
		n := from + i
		return []any{s.tenant, numbered(n), nameOf(n), "138" + fmt.Sprintf("%08d", n), fmt.Sprintf("user%d@shop%d.example.com", n, n%50), "ext-" + strconv.Itoa(n), at, at}
	}); err != nil {
		return err
	}
	if err := s.bulk(ctx, "identities", "tenant, id, contact, account, remote_id, created", to-from, func(i int) []any {
		n := from + i
		return []any{s.tenant, numbered(n), numbered(n), s.accounts[n%len(s.accounts)], "remote" + strconv.Itoa(n), at}
	}); err != nil {
		return err
	}
	var tagged []int
	for n := from; n < to; n++ {
		if n%10 == 0 || n == rareTag%2000 {
			tagged = append(tagged, n)
		}
	}
	if err := s.bulk(ctx, "contact_tags", "tenant, contact, tag", len(tagged), func(i int) []any {
		tag := s.tag
		if tagged[i] == rareTag%2000 {
			tag = s.rare()
		}
		return []any{s.tenant, numbered(tagged[i]), tag}
	}); err != nil {
		return err
	}
	last := "ANALYZE"
	if !s.postgres {
		last = "PRAGMA wal_checkpoint(TRUNCATE)"
	}
	_, err := s.db.ExecContext(ctx, last)
	return err
}

// nameOf is a name as frequent as names are: a tenth are called 王, one is 欧阳鳄梨.
func nameOf(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 5))
	switch {
	case n == 1234:
		return "欧阳鳄梨"
	case n%7 == 3:
		return []string{"Wang", "Li", "Smith", "García", "Müller"}[r.IntN(5)] + strconv.Itoa(r.IntN(100)) + " " + []string{"Anna", "Wei", "José", "Kim"}[r.IntN(4)]
	}
	family := []rune("王李张刘陈杨黄赵吴周")[r.IntN(10)]
	given := []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂欣怡")
	return string([]rune{family, given[r.IntN(len(given))], given[r.IntN(len(given))]})
}

// regular gives the first contact many conversations.
func (s *stock) regular(ctx context.Context) error {
	at := s.base.UnixMilli()
	return s.bulk(ctx, "conversations", "tenant, id, thread, account, contact, status, owner, lease, last_at, last_text, created, reason, shelf", regulars, func(i int) []any {
		return []any{s.tenant, numbered(i), numbered(i), s.accounts[0], numbered(0), 3, s.agents[1], 1, at + int64(i), "…", at + int64(i), `{"code":"taken"}`, 1}
	})
}

// termed waits until the words of all contacts are kept.
func (s *stock) termed(ctx context.Context) error {
	for {
		var n int
		if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM contacts WHERE termed = 0 LIMIT 1) x").Scan(&n); err != nil {
			return fmt.Errorf("look whether the contacts are kept: %w", err)
		}
		if n == 0 {
			return nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
