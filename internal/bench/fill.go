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
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
)

// shelf writes conversations straight into the database of a hub that is
// stopped: by its callbacks a million of them would take most of an hour.
type shelf struct {
	db       *sql.DB
	postgres bool
	tenant   []byte
	base     time.Time

	accounts, teams, agents [][]byte
	bot                     []byte
}

// openShelf opens the database beside the hub.
func openShelf(ctx context.Context, sub *subject) (*shelf, error) {
	s := &shelf{postgres: sub.Database != "sqlite", base: time.Now().Add(-24 * time.Hour)}
	driver, address := "pgx", sub.Database
	if !s.postgres {
		driver, address = "sqlite", "file:"+(&url.URL{Path: filepath.Join(sub.Dir, "parley.db")}).EscapedPath()+"?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)"
	}
	var err error
	if s.db, err = sql.Open(driver, address); err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	if err := s.db.QueryRowContext(ctx, "SELECT id FROM tenants").Scan(&s.tenant); err != nil {
		return nil, errors.Join(fmt.Errorf("find the tenant: %w", err), s.db.Close())
	}
	for range 4 {
		s.accounts = append(s.accounts, id())
	}
	for range 5 {
		s.teams = append(s.teams, id())
	}
	for range 20 {
		s.agents = append(s.agents, id())
	}
	s.bot = id()
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
	binary.BigEndian.PutUint64(v[8:], rand.Uint64()>>2|1<<63)
	return v[:]
}

// placeholders writes the values of rows for the dialect.
func (s *shelf) placeholders(rows, width int) string {
	var b strings.Builder
	for i := range rows * width {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%width == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		if s.postgres {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i + 1))
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteByte(')')
	return b.String()
}

// bulk inserts rows in chunks of one transaction each.
func (s *shelf) bulk(ctx context.Context, table, columns string, n int, row func(i int) []any) error {
	width := strings.Count(columns, ",") + 1
	const chunk = 50
	for from := 0; from < n; {
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for end := min(n, from+20_000); from < end; {
			size := min(chunk, end-from)
			args := make([]any, 0, size*width)
			for i := range size {
				args = append(args, row(from+i)...)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" ("+columns+") VALUES "+s.placeholders(size, width), args...); err != nil {
				return errors.Join(fmt.Errorf("fill %s: %w", table, err), tx.Rollback())
			}
			from += size
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("fill %s: %w", table, err)
		}
	}
	return nil
}

// indexes returns how a table's indexes, but not its keys, are made.
func (s *shelf) indexes(ctx context.Context, table string) (map[string]string, error) {
	q := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL"
	if s.postgres {
		q = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT LIKE '%_pkey'"
	}
	rows, err := s.db.QueryContext(ctx, q, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		all[name] = text
	}
	return all, rows.Err()
}

// conversations adds conversations number from to to, one contact each: of ten
// seven are closed, and the others with bots, in queues and with agents.
func (s *shelf) conversations(ctx context.Context, from, to int) error {
	made, err := s.indexes(ctx, "conversations")
	if err != nil {
		return err
	}
	for name := range made {
		if _, err := s.db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return err
		}
	}
	if err := s.bulk(ctx, "contacts", "tenant, id, name, created, updated", to-from, func(i int) []any {
		n := from + i
		return []any{s.tenant, contactID(n), "客户 " + strconv.Itoa(n), s.base.UnixMilli(), s.base.UnixMilli()}
	}); err != nil {
		return err
	}
	counts := map[string]int{}
	if err := s.bulk(ctx, "conversations", "tenant, id, thread, account, contact, status, owner, team, lease, last_at, last_from, last_text, waiting, created, reason",
		to-from, func(i int) []any { return s.conversation(from+i, counts) }); err != nil {
		return err
	}
	for _, text := range made {
		if _, err := s.db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	for name, n := range counts {
		if _, err := s.db.ExecContext(ctx, "INSERT INTO tallies (tenant, name, n) VALUES ($1, $2, $3) ON CONFLICT (tenant, name) DO UPDATE SET n = tallies.n + excluded.n", s.tenant, name, n); err != nil {
			return err
		}
	}
	_, err = s.db.ExecContext(ctx, "ANALYZE")
	return err
}

func contactID(n int) []byte {
	var v [16]byte
	binary.BigEndian.PutUint64(v[:], uint64(n)<<16|0x7000)
	v[8] = 0x80
	return v[:]
}

func (s *shelf) conversation(n int, counts map[string]int) []any {
	r := rand.New(rand.NewPCG(uint64(n), 9))
	account := s.accounts[n%len(s.accounts)]
	at := s.base.UnixMilli() + int64(r.IntN(80_000_000))
	var status int
	var owner, team, waiting any
	count := func(names ...string) {
		for _, name := range names {
			counts[name]++
		}
	}
	text := func(id []byte) string { return canon.ID(id).String() }
	switch d := r.IntN(20); {
	case d < 14:
		status, owner = 3, s.agents[r.IntN(len(s.agents))]
		count("status:closed")
	case d < 16:
		status, owner = 0, s.bot
		count("status:bot", "owner:"+text(s.bot), "account:"+text(account))
	case d < 17:
		t := s.teams[r.IntN(len(s.teams))]
		status, team, waiting = 1, t, at
		count("status:queue", "queue:"+text(t), "account:"+text(account))
	default:
		a := s.agents[r.IntN(len(s.agents))]
		status, owner = 2, a
		if r.IntN(2) == 0 {
			team = s.teams[r.IntN(len(s.teams))]
		}
		if r.IntN(2) == 0 {
			waiting = at
		}
		count("status:agent", "owner:"+text(a), "account:"+text(account))
	}
	return []any{s.tenant, numbered(n), numbered(n), account, contactID(n), status, owner, team, 1, at, "customer", "请问什么时候发货？ When does it ship?", waiting, at - 600_000, `{"code":"taken"}`}
}

// thread adds one conversation whose thread has many messages.
func (s *shelf) thread(ctx context.Context, messages int) (conversation canon.ID, err error) {
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
		{"conversations", "tenant, id, thread, account, contact, status, owner, lease, last_at, last_text, created, reason", []any{s.tenant, conv[:], thread[:], account, contact[:], 2, s.agents[0], 1, at, "…", at, `{"code":"taken"}`}},
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
