package bench

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"parley/core"
	"parley/core/canon"
)

// stock writes conversations straight into the database of a hub that is
// stopped: by its callbacks a million of them would take most of an hour.
type stock struct {
	db       *sql.DB
	postgres bool
	tenant   []byte
	base     time.Time

	accounts, teams, agents [][]byte
	bot, tag                []byte
	shelves                 map[string]int64 // their numbers, by what stands on them
}

// The few rare ones: a conversation with the tag that few have, and one of an
// account in a team that does not serve it.
const (
	rareTag  = 4321
	rareTeam = 1234
)

// openStock opens the database beside the hub. The team and the agent are stored
// ones.
func openStock(ctx context.Context, sub *subject, team, agent canon.ID) (*stock, error) {
	s := &stock{postgres: sub.Database != "sqlite", base: time.Now().Add(-23 * time.Hour), bot: id(), tag: id(), shelves: map[string]int64{}}
	driver, address := "pgx", sub.Database
	if !s.postgres {
		driver, address = "sqlite", "file:"+(&url.URL{Path: filepath.Join(sub.Dir, "parley.db")}).EscapedPath()+"?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)&_pragma=temp_store(MEMORY)"
	}
	var err error
	if s.db, err = sql.Open(driver, address); err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	if err := s.db.QueryRowContext(ctx, "SELECT id FROM tenants").Scan(&s.tenant); err != nil {
		return nil, errors.Join(fmt.Errorf("find the tenant: %w", err), s.db.Close())
	}
	s.teams, s.agents = [][]byte{team[:]}, [][]byte{agent[:]}
	for range 4 {
		s.accounts, s.teams = append(s.accounts, id()), append(s.teams, id())
	}
	for range 19 {
		s.agents = append(s.agents, id())
	}
	return s, nil
}

func id() []byte {
	v := canon.NewID()
	return v[:]
}

// numbered is an id whose order is that of a number.
func numbered(n int) []byte {
	var v [16]byte
	binary.BigEndian.PutUint64(v[:], uint64(n)<<16|0x7000)
	v[8] = 0x80
	return v[:]
}

// conversations adds conversations number from to to, one contact and thread each:
// of ten seven are closed, and the others with bots, in queues and with agents. Each
// account is served by three of five teams, but for one conversation.
func (s *stock) conversations(ctx context.Context, from, to int) error {
	counts := map[string]*[7]any{}
	rows := func(i int) []any { return s.conversation(from+i, counts) }
	tagged := map[int][]any{}
	if err := s.bulk(ctx, "contacts", "tenant, id, name, created, updated, termed", to-from, func(i int) []any {
		return []any{s.tenant, numbered(from + i), "客户 " + strconv.Itoa(from+i), s.base.UnixMilli(), s.base.UnixMilli(), 1}
	}); err != nil {
		return err
	}
	if err := s.bulk(ctx, "threads", "tenant, id, account, lane, key, identity, contact, conversation", to-from, func(i int) []any {
		n := from + i
		return []any{s.tenant, numbered(n), s.accounts[n%len(s.accounts)], numbered(n), `{"account":"bench","peer":"` + strconv.Itoa(n) + `"}`, numbered(n), numbered(n), numbered(n)}
	}); err != nil {
		return err
	}
	if err := s.bulk(ctx, "conversations", "tenant, id, thread, account, contact, status, owner, team, lease, last_at, last_from, last_text, waiting, created, reason, shelf, marked, locale, lang", to-from, func(i int) []any {
		row := rows(i)
		if n := from + i; n%10 == 0 || n == rareTag {
			row[16] = 1
			tagged[len(tagged)] = []any{s.tenant, row[1], s.tagOf(n), row[15], row[9], row[12], languageOf(n)}
		}
		return append(row, languageOf(from+i), languageOf(from+i))
	}); err != nil {
		return err
	}
	if err := s.bulk(ctx, "conversation_tags", "tenant, conversation, tag, shelf, last_at, waiting, lang", len(tagged), func(i int) []any { return tagged[i] }); err != nil {
		return err
	}
	for _, row := range counts {
		if _, err := s.db.ExecContext(ctx, "INSERT INTO shelves (tenant, shelf, status, account, team, owner, n) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, shelf) DO UPDATE SET n = shelves.n + excluded.n", row[:]...); err != nil {
			return fmt.Errorf("fill shelves: %w", err)
		}
	}
	last := "VACUUM ANALYZE" // as a database is that was not filled a moment ago
	if !s.postgres {         // where the hub gathers no statistics, and keeps the log short
		last = "PRAGMA wal_checkpoint(TRUNCATE)"
	}
	_, err := s.db.ExecContext(ctx, last)
	return err
}

// languageOf is the language of a conversation: of ten six speak one, three
// another, the tenth none that is known; and one alone a third.
func languageOf(n int) string {
	switch {
	case n == rareTag:
		return "fr"
	case n%10 < 6:
		return "zh"
	case n%10 < 9:
		return "en"
	}
	return ""
}

// tagOf is the tag of a conversation that has one: one in ten has the common
// tag, and one alone another.
func (s *stock) tagOf(n int) []byte {
	if n == rareTag {
		return s.rare()
	}
	return s.tag
}

// rare is the tag that one conversation alone has.
func (s *stock) rare() []byte { return append([]byte{s.tag[0] ^ 1}, s.tag[1:]...) }

func (s *stock) conversation(n int, counts map[string]*[7]any) []any {
	r := rand.New(rand.NewPCG(uint64(n), 9))
	account := n % len(s.accounts)
	at := s.base.UnixMilli() + int64(r.IntN(80_000_000))
	team := s.teams[(account+r.IntN(3))%len(s.teams)]
	if n == rareTeam {
		team = s.teams[(account+3)%len(s.teams)]
	}
	var status int
	var owner, held, waiting any
	switch d := r.IntN(20); {
	case n == rareTeam, d < 1:
		status, held, waiting = 1, team, at
	case d < 15:
		status, owner = 3, s.agents[r.IntN(len(s.agents))]
	case d < 17:
		status, owner = 0, s.bot
	case d == 17 && r.IntN(4) == 0:
		status, owner = 4, s.agents[r.IntN(len(s.agents))] // snoozed, until a message comes
	default:
		status, owner = 2, s.agents[r.IntN(len(s.agents))]
		if r.IntN(2) == 0 {
			held = team
		}
		if r.IntN(2) == 0 {
			waiting = at
		}
	}
	key := fmt.Sprint(status, account, held, owner)
	if s.shelves[key] == 0 {
		s.shelves[key] = int64(1000 + len(s.shelves)) // any number will do
	}
	if counts[key] == nil {
		counts[key] = &[7]any{s.tenant, s.shelves[key], status, s.accounts[account], held, owner, int64(0)}
	}
	c := counts[key]
	c[6] = c[6].(int64) + 1
	return []any{s.tenant, numbered(n), numbered(n), s.accounts[account], numbered(n), status, owner, held, 1, at, "customer", "请问什么时候发货？ When does it ship?", waiting, at - 600_000, `{"code":"taken"}`, c[1], 0}
}

// thread adds one conversation whose thread has many messages.
func (s *stock) thread(ctx context.Context, messages int) (conversation canon.ID, err error) {
	thread, conv, contact, account := canon.NewID(), canon.NewID(), canon.NewID(), s.accounts[0]
	key, err := json.Marshal(canon.ThreadKey{Account: "bench", Peer: canon.RemoteID(contact.String())})
	if err != nil {
		return conv, err
	}
	at := s.base.UnixMilli()
	lane := id()
	for _, one := range []struct {
		table, columns string
		row            []any
	}{
		{"contacts", "tenant, id, name, created, updated", []any{s.tenant, contact[:], "长谈的客户", at, at}},
		{"threads", "tenant, id, account, lane, key, identity, contact, pos, rev, conversation", []any{s.tenant, thread[:], account, lane, string(key), id(), contact[:], messages, messages, conv[:]}},
		{"conversations", "tenant, id, thread, account, contact, status, owner, lease, last_at, last_text, created, reason, shelf", []any{s.tenant, conv[:], thread[:], account, contact[:], 2, s.agents[1], 1, at, "…", at, `{"code":"taken"}`, 1}},
		{"shelves", "tenant, shelf, status, account, owner, n", []any{s.tenant, 1, 2, account, s.agents[1], 1}},
	} {
		if err := s.bulk(ctx, one.table, one.columns, 1, func(int) []any { return one.row }); err != nil {
			return conv, err
		}
	}
	return conv, s.bulk(ctx, "messages", "tenant, id, thread, conversation, pos, rev, sender_kind, sender, at, content", messages, func(i int) []any {
		m := canon.TextMessage("第 " + strconv.Itoa(i) + " 条消息 of a long thread")
		m.ID = canon.NewID()
		content, err := json.Marshal(m)
		if err != nil {
			content = []byte("{}") // a text always encodes
		}
		return []any{s.tenant, m.ID[:], thread[:], conv[:], i + 1, i + 1, string(core.FromCustomer), contact[:], at + int64(i), string(content)}
	})
}
